#pragma once

#include <string>
#include <string_view>

namespace imapferry::sync {

/// A UTF-8 name with its letters in lower case (Latin, Greek, Cyrillic, Armenian; of the full width forms too): names
/// that differ in their case only become the same. Bytes that are no UTF-8 stay.
[[nodiscard]] std::string fold_case(std::string_view name);

/// The same without accents, whether they are letters of their own or combining marks: "Éléments" in either form, and
/// "Удалённые" as "удаленные". Only for comparing names, never for making one.
[[nodiscard]] std::string fold_accents(std::string_view name);

}  // namespace imapferry::sync
