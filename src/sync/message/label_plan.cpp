#include "sync/message/label_plan.hpp"

#include <set>
#include <utility>
#include <vector>

namespace imapferry::sync {

using imap::proto::LabelLess;
using imap::proto::Uid;
using imap::proto::UidSet;

namespace {

using Labels = std::set<std::string, LabelLess>;

/// Makes out once what each set of labels asks for: a mailbox has few different ones.
class Planner {
 public:
  Planner(const LabelIndex& source, const LabelTranslator& translate, LabelPlan& plan)
      : source_(source), translate_(translate), plan_(plan) {}

  void add(std::uint32_t source_set, Uid copy) {
    const auto known = changes_.find({source_set, nothing_there});
    apply(known != changes_.end() ? known->second : make_out(source_set, nothing_there, {}), copy);
  }
  void replace(std::uint32_t source_set, std::uint32_t there, const LabelIndex& destination, Uid copy) {
    const auto known = changes_.find({source_set, there});
    apply(known != changes_.end() ? known->second : make_out(source_set, there, destination.labels(there)), copy);
  }

 private:
  static constexpr std::uint32_t nothing_there = UINT32_MAX;
  using Key = std::pair<std::uint32_t, std::uint32_t>;
  /// The sets of the plan that a message comes into.
  using Changes = std::vector<UidSet*>;

  Labels wanted(std::uint32_t source_set) const {
    Labels labels;
    for (const std::string& label : source_.labels(source_set)) {
      std::string there = translate_(label);
      if (!there.empty()) labels.insert(std::move(there));
    }
    return labels;
  }

  const Changes& make_out(std::uint32_t source_set, std::uint32_t there, const std::vector<std::string>& present) {
    Changes changes;
    const Labels wanted = this->wanted(source_set);
    const Labels has(present.begin(), present.end());
    for (const std::string& label : wanted) {
      if (!has.contains(label)) changes.push_back(&plan_.labels[label].added);
    }
    for (const std::string& label : has) {
      if (!wanted.contains(label) && translate_.is_ours(label)) changes.push_back(&plan_.labels[label].removed);
    }
    return changes_.emplace(Key{source_set, there}, std::move(changes)).first->second;
  }

  void apply(const Changes& changes, Uid copy) {
    for (UidSet* set : changes) set->add(copy);
    if (!changes.empty()) ++plan_.messages;
  }

  const LabelIndex& source_;
  const LabelTranslator& translate_;
  LabelPlan& plan_;
  std::map<Key, Changes> changes_;
};

}  // namespace

LabelPlan plan_additions(std::span<const LabelledCopy> copies, const LabelIndex& source,
                         const LabelTranslator& translate) {
  LabelPlan plan;
  Planner planner(source, translate, plan);
  for (const LabelledCopy& message : copies) {
    if (source.is_known(message.source)) planner.add(source.number(message.source), message.copy);
  }
  return plan;
}

LabelPlan plan_replacements(std::span<const Matches::Pair> pairs, const LabelIndex& source,
                            const MailboxIndex& destination, const LabelIndex& destination_labels,
                            const LabelTranslator& translate) {
  LabelPlan plan;
  Planner planner(source, translate, plan);
  for (const Matches::Pair& pair : pairs) {
    if (!source.is_known(pair.source) || !destination_labels.is_known(pair.destination)) continue;
    planner.replace(source.number(pair.source), destination_labels.number(pair.destination), destination_labels,
                    destination.uid(pair.destination));
  }
  return plan;
}

}  // namespace imapferry::sync
