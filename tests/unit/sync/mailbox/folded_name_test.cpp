#include "sync/mailbox/folded_name.hpp"

#include <doctest/doctest.h>

using namespace imapferry::sync;

TEST_CASE("folded names: case") {
  CHECK(fold_case("SenT & 1") == "sent & 1");
  CHECK(fold_case("ÉLÉMENTS Ñ Ö ß ÿ Ÿ") == "éléments ñ ö ß ÿ ÿ");
  CHECK(fold_case("ЧЕРНОВИКИ Ё Ђ Ґ") == "черновики ё ђ ґ");
  CHECK(fold_case("ΑΠΕΣΤΑΛΜΈΝΑ ς") == "απεσταλμένα σ");
  CHECK(fold_case("Ł Ś Ž Ő Ș") == "ł ś ž ő ș");
  CHECK(fold_case("送信済み") == "送信済み");
  CHECK(fold_case("÷×") == "÷×");
}

TEST_CASE("folded names: bytes that are no UTF-8 stay") {
  CHECK(fold_case("A\xFF\xC3") == "a\xFF\xC3");
  CHECK(fold_case("A\xE9t\xE9") == "a\xE9t\xE9");
  CHECK(fold_case("\xF0\x9F\x98\x80X") == "\xF0\x9F\x98\x80x");
  CHECK(fold_accents("\xC3") == "\xC3");
  CHECK(fold_accents("").empty());
}

TEST_CASE("folded names: accents, as letters of their own or as marks") {
  CHECK(fold_accents("\u00C9l\u00E9ments envoy\u00E9s") == "elements envoyes");
  CHECK(fold_accents("E\u0301le\u0301ments envoye\u0301s") == "elements envoyes");
  CHECK(fold_accents("Удалённые") == fold_accents("УДАЛЕННЫЕ"));
  CHECK(fold_accents("Й") == fold_accents("и"));
  CHECK(fold_accents("Wysłane") == "wyslane");
  CHECK(fold_case("é") != fold_case("e"));
}
