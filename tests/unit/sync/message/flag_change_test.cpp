#include "sync/message/flag_change.hpp"

#include <doctest/doctest.h>

using namespace imapferry::sync;
using imapferry::imap::proto::flags_from;
using How = FlagChange::How;

TEST_CASE("flag change: what the command says") {
  CHECK(FlagChange(How::replace, flags_from("\\Seen Work")).item() == "FLAGS.SILENT (\\Seen Work)");
  CHECK(FlagChange(How::replace, {}).item() == "FLAGS.SILENT ()");
  CHECK(FlagChange(How::add, flags_from("\\Flagged")).item() == "+FLAGS.SILENT (\\Flagged)");
  CHECK(FlagChange(How::remove, flags_from("Work")).item() == "-FLAGS.SILENT (Work)");
}

TEST_CASE("flag change: what becomes of a message's flags") {
  const auto before = flags_from("\\Seen Work Home");
  CHECK(FlagChange(How::replace, flags_from("\\Draft")).applied_to(before) == flags_from("\\Draft"));
  CHECK(FlagChange(How::add, flags_from("\\Draft work")).applied_to(before) == flags_from("\\Seen \\Draft Work Home"));
  CHECK(FlagChange(How::remove, flags_from("\\Seen HOME")).applied_to(before) == flags_from("Work"));
}

TEST_CASE("flag sets: difference and intersection, keywords without case, \\Recent never") {
  const auto a = flags_from("\\Seen \\Flagged \\Recent Work Home");
  const auto b = flags_from("\\Flagged WORK");
  CHECK(without(a, b) == flags_from("\\Seen Home"));
  CHECK(common(a, b) == flags_from("\\Flagged Work"));
  CHECK(without(a, a).empty());
  CHECK(common(a, {}).empty());
}
