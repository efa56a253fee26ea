#include "sync/label_reader.hpp"

#include "core/task_group.hpp"
#include "imap/proto/refusal.hpp"

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace imapferry::sync {

using boost::asio::awaitable;
using core::Fault;
using imap::proto::FetchResponse;

namespace {

constexpr std::size_t longest_set = 7000;
// Commands of up to 7,000 bytes, whose answers are read meanwhile.
constexpr std::size_t commands_in_flight = 16;

class LabelReader : public imap::proto::ResponseHandler {
 public:
  LabelReader(const MailboxIndex& index, LabelIndex& labels) : index_(index), labels_(labels) {}

  bool accepts(const FetchResponse& fetch) const override { return fetch.has_labels; }
  void on(const imap::proto::Response& response) override {
    const auto* fetch = std::get_if<FetchResponse>(&response);
    if (fetch == nullptr || fetch->uid == 0) return;
    const std::size_t i = index_.find(fetch->uid);
    if (i < index_.size() && !labels_.set(i, fetch->labels)) has_too_many_ = true;
  }
  void done(const imap::proto::CommandResult&) override {}
  [[nodiscard]] bool has_too_many() const noexcept { return has_too_many_; }

 private:
  const MailboxIndex& index_;
  LabelIndex& labels_;
  bool has_too_many_ = false;
};

awaitable<void> read_set(imap::Session& session, std::string set, LabelReader& reader,
                         std::optional<core::Failure>& failure) {
  const imap::proto::CommandResult result = co_await session.uid_fetch(set, "(UID X-GM-LABELS)", reader);
  if (!result.is_ok() && !failure) failure = imap::proto::refusal(result, Fault::labels, "the listing of them");
}

}  // namespace

awaitable<std::optional<core::Failure>> read_labels(imap::Session& session, const MailboxIndex& index,
                                                    const imap::proto::UidSet& uids, LabelIndex& labels) {
  const auto executor = co_await boost::asio::this_coro::executor;
  LabelReader reader(index, labels);
  std::optional<core::Failure> failure;
  std::vector<std::string> sets = uids.to_strings(longest_set);
  for (std::size_t next = 0; next < sets.size() && !failure;) {
    core::TaskGroup flight(executor);
    for (std::size_t n = 0; n < commands_in_flight && next < sets.size(); ++n, ++next) {
      flight.spawn(read_set(session, std::move(sets[next]), reader, failure));
    }
    co_await flight.join();
  }
  if (reader.has_too_many() && !failure) {
    failure =
        core::Failure{Fault::protocol,
                      fmt::format("the server tells more than {} bytes of different labels", LabelIndex::most_bytes),
                      {}};
  }
  co_return failure;
}

}  // namespace imapferry::sync
