#pragma once

#include "store/sqlite.hpp"

namespace imapferry::store {

/// Brings a file's tables to what this program works with: makes them, or turns older ones into ours. Throws Trouble
/// for what is no store and for one of a newer imapferry.
void bring_up_to_date(sqlite::Database& database);

}  // namespace imapferry::store
