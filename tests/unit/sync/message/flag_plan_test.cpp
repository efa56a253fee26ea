#include "sync/message/flag_plan.hpp"

#include <doctest/doctest.h>

using namespace imapferry;
using namespace imapferry::sync;
using imap::proto::flags_from;

namespace {

/// Source messages 1, 2, ... whose copies are 101, 102, ...
struct Scene {
  void add(const char* source_flags, const char* destination_flags) {
    const auto position = static_cast<std::uint32_t>(source.size());
    MailboxIndex::Entry entry;
    entry.uid = position + 1;
    source.add(entry, flags_from(source_flags));
    entry.uid = position + 101;
    destination.add(entry, flags_from(destination_flags));
    matches.pairs.push_back({position, position});
  }

  MailboxIndex source;
  MailboxIndex destination;
  Matches matches;
  imap::proto::PermanentFlags permanent;
};

std::string text_of(const FlagPlan& plan) {
  std::string text;
  for (const auto& [item, planned] : plan) text += item + " of " + planned.uids.to_string() + "; ";
  return text;
}

}  // namespace

TEST_CASE("flag plan: replacements, those that are alike together") {
  Scene scene;
  scene.add("\\Seen", "");
  scene.add("\\Seen", "\\Seen");
  scene.add("\\Seen", "\\Draft Mine");
  scene.add("", "\\Flagged");
  const FlagPlan plan =
      plan_replacements(scene.matches, scene.source, scene.destination, FlagTranslator({}, scene.permanent));
  CHECK(text_of(plan) == "FLAGS.SILENT () of 104; FLAGS.SILENT (\\Seen) of 101,103; ");
  CHECK(size_of(plan) == 3);
}

TEST_CASE("flag plan: what the destination cannot hold is no difference") {
  Scene scene;
  scene.permanent.known = true;
  scene.permanent.flags = flags_from("\\Seen");
  scene.add("\\Seen Work", "\\Seen");
  scene.add("\\Flagged", "");
  CHECK(plan_replacements(scene.matches, scene.source, scene.destination, FlagTranslator({}, scene.permanent)).empty());
}

TEST_CASE("flag plan: merges do what was done on the source and nothing else") {
  Scene scene;
  scene.add("\\Flagged", "\\Seen \\Answered");  // \Seen taken away, \Flagged set
  scene.add("\\Seen", "Mine");                  // unchanged on the source
  scene.add("\\Seen Work", "\\Draft");          // not known before: only gains
  scene.add("\\Seen \\Flagged", "\\Flagged");   // \Flagged set on both sides
  const FlagsBefore before = {{1, flags_from("\\Seen")}, {4, flags_from("\\Seen")}};
  imap::proto::UidSet remembered;
  for (const imap::proto::Uid uid : {1U, 2U, 4U}) remembered.add(uid);
  const FlagPlan plan = plan_merges(scene.matches, scene.source, scene.destination, FlagTranslator({}, scene.permanent),
                                    before, remembered);
  CHECK(text_of(plan) ==
        "+FLAGS.SILENT (\\Flagged) of 101; +FLAGS.SILENT (\\Seen Work) of 103; -FLAGS.SILENT (\\Seen) of 101; ");
}
