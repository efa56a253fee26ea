#include "sync/message/label_plan.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace imapferry;
using namespace imapferry::sync;

namespace {

using Labels = std::vector<std::string_view>;

/// Source messages 1, 2, ... whose copies are 101, 102, ...
struct Scene {
  explicit Scene(std::size_t messages) : source_labels(messages), destination_labels(messages) {
    for (std::uint32_t i = 0; i < messages; ++i) {
      MailboxIndex::Entry entry;
      entry.uid = i + 101;
      destination.add(entry, {});
      pairs.push_back({i, i});
      copies.push_back({i, i + 101});
    }
  }
  void set(std::size_t i, const Labels& here, const Labels& there) {
    CHECK(source_labels.set(i, here));
    CHECK(destination_labels.set(i, there));
  }
  [[nodiscard]] LabelPlan replacements() const {
    return plan_replacements(pairs, source_labels, destination, destination_labels, translate);
  }

  LabelNames names;
  LabelTranslator translate{names, "Here"};
  MailboxIndex destination;
  std::vector<Matches::Pair> pairs;
  std::vector<LabelledCopy> copies;
  LabelIndex source_labels, destination_labels;
};

std::string text_of(const LabelPlan& plan) {
  std::string text;
  for (const auto& [label, messages] : plan.labels) {
    text += label;
    if (!messages.added.empty()) text += " +" + messages.added.to_string();
    if (!messages.removed.empty()) text += " -" + messages.removed.to_string();
    text += "; ";
  }
  return text;
}

}  // namespace

TEST_CASE("label index: a set is one, whatever its order, its repeats and its case") {
  LabelIndex index(5);
  CHECK_FALSE(index.is_known(0));
  CHECK(index.set(0, Labels{"b", "a", "b"}));
  CHECK(index.set(1, Labels{"a", "b"}));
  CHECK(index.set(2, Labels{}));
  CHECK(index.set(3, Labels{"A", "a"}));
  CHECK(index.number(0) == index.number(1));
  CHECK(index.labels(index.number(0)) == std::vector<std::string>{"a", "b"});
  CHECK(index.is_known(2));
  CHECK(index.labels(index.number(2)).empty());
  CHECK(index.labels(index.number(3)).size() == 1);
  CHECK_FALSE(index.is_known(4));
}

TEST_CASE("label index: labels without end are refused") {
  LabelIndex index(2);
  const std::string large(LabelIndex::most_bytes / 2, 'x');
  CHECK(index.set(0, Labels{large}));
  CHECK(index.set(1, Labels{large}));
  const std::string other(LabelIndex::most_bytes / 2, 'y');
  CHECK_FALSE(index.set(1, Labels{other}));
  CHECK(index.number(1) == index.number(0));
}

TEST_CASE("label plan: copies get labels and lose none, messages of one label together") {
  Scene scene(4);
  scene.set(0, {"a", "\\Inbox"}, {});
  scene.set(1, {"a", "\\Starred", "Here"}, {});
  scene.set(2, {}, {});
  const LabelPlan plan = plan_additions(scene.copies, scene.source_labels, scene.translate);
  CHECK(text_of(plan) == "\\Inbox +101; a +101:102; ");
  CHECK(plan.messages == 2);
}

TEST_CASE("label plan: replacements give what is missing and take what is superfluous") {
  Scene scene(6);
  scene.set(0, {"a", "b"}, {"B", "A"});
  scene.set(1, {"a"}, {"b", "\\Starred"});
  scene.set(2, {}, {"b", "\\Inbox"});
  scene.set(3, {"\\Starred"}, {});
  scene.set(4, {"a"}, {"b"});
  const LabelPlan plan = scene.replacements();
  CHECK(text_of(plan) == "\\Inbox -103; a +102,105; b -102:103,105; ");
  CHECK(plan.messages == 3);
}

TEST_CASE("label plan: what a server has not told is left as it is") {
  Scene scene(2);
  CHECK(scene.source_labels.set(0, Labels{}));
  CHECK(scene.destination_labels.set(1, Labels{"a"}));
  CHECK(scene.replacements().labels.empty());
  CHECK(plan_additions(std::span(scene.copies).subspan(1), scene.source_labels, scene.translate).labels.empty());
}
