#include "sync/account_sync.hpp"

#include "imap/proto/mailbox_name.hpp"
#include "sync/index_reader.hpp"
#include "sync/message/message_selection.hpp"

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using core::Fault;

namespace {

// Commands of some 60 bytes, whose answers are read meanwhile.
constexpr std::size_t states_in_flight = 1000;

ListedMailbox listed(const imap::ListEntry& entry) {
  ListedMailbox mailbox;
  mailbox.wire = entry.wire;
  mailbox.name = imap::proto::from_wire(entry.wire).utf8;
  mailbox.delimiter = entry.delimiter;
  mailbox.attributes = entry.attributes;
  mailbox.special_use = entry.special_use;
  mailbox.is_subscribed = entry.is_subscribed;
  return mailbox;
}

/// What STATUS tells of a mailbox that is not opened (RFC 8438).
MailboxWeight weight_of(const std::map<std::string, imap::MailboxStatus>& states, const std::string& wire) {
  const auto found = states.find(wire);
  if (found == states.end()) return {};
  if (found->second.messages == 0) return {0, 0};
  return {found->second.size, std::nullopt};
}

/// --prefix1, --sep1, ... in place of what the server says.
void apply_given_names(Side side, const config::FolderRules& rules, NameSpace& name_space) {
  const bool is_source = side == Side::source;
  const std::optional<std::string>& prefix = is_source ? rules.source_prefix : rules.destination_prefix;
  const std::optional<char>& separator = is_source ? rules.source_separator : rules.destination_separator;
  if (prefix) name_space.prefix = as_utf8(*prefix);
  if (separator) name_space.delimiter = *separator;
}

}  // namespace

AccountSync::AccountSync(const Context& context) : context_(context), lanes_(context), jobs_(context, lanes_) {}

awaitable<AccountOutcome> AccountSync::run() {
  AccountOutcome outcome;
  try {
    co_await synchronise();
  } catch (const core::Error& error) {
    outcome.failure = error.failure();
  }
  outcome.side = failed_side_ ? failed_side_ : lanes_.lost_side();
  if (jobs_.failure() && !outcome.failure) {
    outcome.failure = jobs_.failure();
    outcome.side = Side::destination;
  }
  outcome.was_stopped = was_cut_short_ || jobs_.were_cut_short();
  co_return outcome;
}

awaitable<void> AccountSync::synchronise() {
  Lane lane;
  co_await open(lane);
  if (context_.rules.just_login) {
    co_await lanes_.close(lane);
    co_return;
  }
  if (context_.rules.just_folder_lists) {
    tell_list(Side::source);
    tell_list(Side::destination);
    co_await lanes_.close(lane);
    co_return;
  }
  if (context_.rules.folders.skip_empty) co_await find_empty(*lane.source);
  map_both();
  if (context_.rules.just_automap) {
    co_await lanes_.close(lane);
    co_return;
  }
  if (context_.rules.just_folder_sizes) {
    co_await weigh(*lane.source, Side::source);
    co_await weigh(*lane.destination, Side::destination);
    co_await lanes_.close(lane);
    co_return;
  }
  if (context_.rules.weigh_first) {
    co_await weigh(*lane.source, Side::source);
    co_await weigh(*lane.destination, Side::destination);
  }
  if (can_carry_labels(lane)) name_labels();
  if (!context_.rules.dry) co_await make_mailboxes(lane);
  if (context_.rules.just_folders) {
    co_await lanes_.close(lane);
  } else {
    co_await ask_missing_states(lane);
    tell_room();
    tell_selection(Side::source);
    tell_selection(Side::destination);
    add_jobs();
    co_await jobs_.run(std::move(lane));
  }
  co_await delete_mailboxes();
}

awaitable<void> AccountSync::open(Lane& lane) {
  imap::Place source_place = co_await lanes_.pool(Side::source).reserve();
  imap::Place destination_place = co_await lanes_.pool(Side::destination).reserve();
  if (context_.stop.is_requested) {
    was_cut_short_ = true;
    throw core::Error(Fault::cancelled, "stopped before it began");
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup both(executor);
  both.spawn(open_side(Side::source, std::move(source_place), lane));
  both.spawn(open_side(Side::destination, std::move(destination_place), lane));
  if (context_.store != nullptr) both.spawn(recall());
  co_await both.join();
  // The side that was first may have been closed while the other one was still being opened.
  co_await lanes_.revive(lane);
}

awaitable<void> AccountSync::recall() {
  std::vector<store::MailboxRecord> records;
  const auto work = [&](store::Backend& backend) { records = backend.mailboxes(context_.account_number); };
  const bool is_read = co_await context_.store->run(work);
  if (!is_read) co_return;
  for (store::MailboxRecord& record : records) {
    std::pair<std::string, std::string> names(record.source, record.destination);
    known_.emplace(std::move(names), std::move(record));
  }
}

const store::MailboxRecord* AccountSync::known(const MailboxPair& pair) const {
  const auto found = known_.find({pair.source.wire, pair.destination_wire});
  return found == known_.end() ? nullptr : &found->second;
}

/// Where LIST did not tell the states of mailboxes that nothing was left to do for: a STATUS for each, all in a few
/// flights.
awaitable<void> AccountSync::ask_missing_states(Lane& lane) {
  const auto executor = co_await boost::asio::this_coro::executor;
  for (std::size_t next = 0; next < map_.pairs.size();) {
    core::TaskGroup flight(executor);
    for (std::size_t n = 0; n < states_in_flight && next < map_.pairs.size(); ++next) {
      const MailboxPair& pair = map_.pairs[next];
      const store::MailboxRecord* record = known(pair);
      if (record == nullptr || record->settled_for.empty()) continue;
      if (!source_states_.contains(record->source)) {
        flight.spawn(ask_state(Side::source, *lane.source, record->source));
        ++n;
      }
      if (!destination_states_.contains(record->destination)) {
        flight.spawn(ask_state(Side::destination, *lane.destination, record->destination));
        ++n;
      }
    }
    co_await flight.join();
  }
}

awaitable<void> AccountSync::ask_state(Side side, imap::Session& session, std::string mailbox) {
  core::Result<imap::MailboxStatus> status = co_await session.status(mailbox);
  if (!status) co_return;
  (side == Side::source ? source_states_ : destination_states_).emplace(std::move(mailbox), *status);
}

bool AccountSync::is_unchanged(const MailboxPair& pair, const store::MailboxRecord& record) const {
  const auto is_equal = [this](const States& states, const std::string& wire, const store::SideState& last) {
    const auto found = states.find(wire);
    if (found == states.end()) return false;
    const imap::MailboxStatus& now = found->second;
    // Without modification sequences flags may have changed unnoticed; a server that keeps none may tell 1 for ever.
    const bool has_same_flags = context_.rules.flags.present == config::FlagRules::Present::keep ||
                                (now.mod_seq > 1 && now.mod_seq == last.mod_seq);
    return last.uid_validity != 0 && now.uid_validity == last.uid_validity && now.uid_next != 0 &&
           now.uid_next == last.uid_next && now.messages == last.messages && has_same_flags;
  };
  return !record.settled_for.empty() && record.identified_by == context_.identity.text() &&
         record.settled_for == settling_rules(context_.rules) &&
         is_equal(source_states_, pair.source.wire, record.source_state) &&
         is_equal(destination_states_, pair.destination_wire, record.destination_state);
}

void AccountSync::tell_nothing_to_do(const MailboxPair& pair, const store::MailboxRecord& record) {
  MailboxPlanned planned;
  planned.source = pair.source.name;
  planned.destination = pair.destination;
  planned.source_messages = record.source_state.messages;
  planned.destination_messages = record.destination_state.messages;
  planned.already_there = record.counts.pairs;
  planned.source_duplicates = record.counts.source_duplicates;
  planned.destination_duplicates = record.counts.destination_duplicates;
  planned.destination_only = record.counts.destination_only;
  planned.source_weight = weight_of(source_states_, pair.source.wire);
  planned.destination_weight = weight_of(destination_states_, pair.destination_wire);
  if (planned.source_messages == 0) {
    planned.bytes_already_there = 0;
    // An empty mailbox is compared with nothing: whatever the destination holds only it has.
    const auto there = destination_states_.find(pair.destination_wire);
    if (there != destination_states_.end()) planned.destination_messages = there->second.messages;
    planned.destination_only = planned.destination_messages;
  } else if (planned.already_there == planned.source_messages) {
    planned.bytes_already_there = planned.source_weight.bytes;
  }
  planned.dry = context_.rules.dry;
  context_.observer.on(planned);
  context_.observer.on(MailboxDone{pair.source.name, pair.destination});
}

awaitable<void> AccountSync::open_side(Side side, imap::Place place, Lane& lane) {
  core::Failure failure;
  imap::Lease& slot = side == Side::source ? lane.source : lane.destination;
  slot = imap::Lease(nullptr, std::move(place));
  const imap::Pool& pool = lanes_.pool(side);
  for (bool is_again = false;; is_again = true) {
    const std::uint64_t times_closed = pool.times_closed();
    try {
      co_await lanes_.open(side, slot);
      if (is_again) context_.observer.on(Reconnected{side});
      co_await read_names(side, *slot);
      tell_connected(side, *slot);
      co_return;
    } catch (const core::Error& error) {
      failure = slot ? error.failure().within("listing mailboxes").within(slot->address()) : error.failure();
    }
    // What the user has closed is to be opened anew; anything else ends an account that has not even begun.
    const bool was_wished = failure.fault == Fault::closed && pool.times_closed() != times_closed;
    if (!was_wished || context_.stop.is_requested) break;
  }
  if (!failed_side_) failed_side_ = side;
  throw core::Error(failure);
}

void AccountSync::tell_connected(Side side, const imap::Session& session) {
  context_.observer.on(
      Connected{side, session.address(), session.protection(), session.greeting(), session.software()});
}

/// Everything that needs no earlier answer goes in one flight.
awaitable<void> AccountSync::read_names(Side side, imap::Session& session) {
  const auto executor = co_await boost::asio::this_coro::executor;
  SideNames names;
  imap::Namespaces namespaces;
  core::TaskGroup flight(executor);
  if (lanes_.pool(side).server().send_id) flight.spawn(session.introduce());
  flight.spawn(read_namespaces(session, namespaces));
  flight.spawn(read_list(side, session, names.mailboxes));
  if (side == Side::destination) flight.spawn(read_quota(session));
  co_await flight.join();
  names.name_space = name_space_of(namespaces.personal, names.mailboxes);
  for (const auto& own : namespaces.personal)
    names.personal_prefixes.push_back(imap::proto::from_wire(own.prefix).utf8);
  for (const auto& other : namespaces.foreign)
    names.foreign_prefixes.push_back(imap::proto::from_wire(other.prefix).utf8);
  names.knows_uses = session.has(imap::proto::Capability::create_special_use);
  apply_given_names(side, context_.rules.folders, names.name_space);
  (side == Side::source ? source_names_ : destination_names_) = std::move(names);
}

awaitable<void> AccountSync::read_namespaces(imap::Session& session, imap::Namespaces& namespaces) {
  namespaces = co_await session.namespaces();
}

awaitable<void> AccountSync::read_quota(imap::Session& session) { room_ = co_await session.storage_quota("INBOX"); }

/// By how much the destination will grow, where both servers tell how large mailboxes are: it is an estimate, made
/// before a message is looked at.
std::uint64_t AccountSync::bytes_to_come() const {
  std::uint64_t bytes = 0;
  for (const MailboxPair& pair : map_.pairs) {
    const auto source = source_states_.find(pair.source.wire);
    if (source == source_states_.end()) continue;
    const auto destination = destination_states_.find(pair.destination_wire);
    const std::uint64_t there = destination == destination_states_.end() ? 0 : destination->second.size.value_or(0);
    const std::uint64_t here = source->second.size.value_or(0);
    bytes += here - std::min(there, here);
  }
  return bytes;
}

void AccountSync::tell_room() {
  if (room_.limit == 0) return;
  const std::uint64_t to_come = bytes_to_come();
  const bool is_nearly_full = room_.used >= room_.limit / 10 * 9;
  const bool will_overflow = to_come > room_.limit - std::min(room_.used, room_.limit);
  if (is_nearly_full || will_overflow) context_.observer.on(LittleRoom{room_.used, room_.limit, to_come});
}

awaitable<void> AccountSync::read_list(Side side, imap::Session& session, std::vector<ListedMailbox>& mailboxes) {
  core::Result<std::vector<imap::ListEntry>> entries = co_await session.list();
  if (!entries) throw core::Error(entries.error());
  for (const imap::ListEntry& entry : *entries) {
    mailboxes.push_back(listed(entry));
    if (!entry.status) continue;
    (side == Side::source ? source_states_ : destination_states_)[entry.wire] = *entry.status;
  }
}

void AccountSync::map_both() {
  core::Result<MailboxMap> map = map_mailboxes(source_names_, destination_names_, context_.rules.folders);
  if (!map) throw core::Error(map.error());
  map_ = std::move(*map);
  MailboxesMapped event;
  event.left_out = map_.left_out.size();
  event.empty = map_.empty.size();
  event.is_the_end = context_.rules.just_automap;
  for (const MailboxPair& pair : map_.pairs) event.pairs.push_back({pair.source.name, pair.destination, pair.exists});
  context_.observer.on(event);
  for (const MailboxProblem& problem : map_.problems) {
    context_.observer.on(
        MailboxFailed{problem.source, problem.destination, core::Failure{problem.fault, problem.reason, {}}});
  }
}

awaitable<void> AccountSync::weigh(imap::Session& session, Side side) {
  for (const MailboxPair& pair : map_.pairs) {
    if (side == Side::destination && !pair.exists) continue;
    const std::string& wire = side == Side::source ? pair.source.wire : pair.destination_wire;
    MailboxWeighed event;
    event.side = side;
    event.name = side == Side::source ? pair.source.name : pair.destination;
    core::Result<imap::MailboxState> state = co_await session.select(wire, imap::SelectMode::read_only);
    if (!state) {
      // With --foldersizes the mailbox is opened once more, and fails then.
      if (!context_.rules.just_folder_sizes) continue;
      context_.observer.on(MailboxFailed{pair.source.name, pair.destination, state.error()});
      continue;
    }
    if (state->exists > 0) {
      MailboxIndex index;
      co_await read_index(session, context_.identity, "1:*", IndexDepth::light, state->exists, index);
      event.messages = index.size();
      event.bytes = index.total_bytes();
      for (std::size_t i = 0; i < index.size(); ++i) event.biggest = std::max(event.biggest, index.message_size(i));
    }
    context_.observer.on(event);
  }
}

Forecast AccountSync::forecast_of(const MailboxPair& pair) const {
  Forecast forecast;
  const auto source = source_states_.find(pair.source.wire);
  if (source != source_states_.end()) forecast.source_messages = source->second.messages;
  const auto destination = destination_states_.find(pair.destination_wire);
  if (destination != destination_states_.end()) forecast.destination_messages = destination->second.messages;
  // What this run has just created.
  if (!pair.exists) forecast.destination_messages = 0;
  // And may have filled from another source mailbox.
  if (pair.sources > 1) forecast.destination_messages.reset();
  return forecast;
}

void AccountSync::tell_selection(Side side) const {
  const config::SelectionRules& rules = context_.rules.selection;
  const config::SideSelection& selection = side == Side::source ? rules.source : rules.destination;
  MessagesSelected event;
  event.side = side;
  event.search = search_criteria(rules, selection, context_.begun_at);
  event.searches_ages = event.search != selection.criteria;
  if (selects_by_arrival(rules, selection)) event.arrival = arrival_criteria(rules, context_.begun_at);
  if (!event.search.empty() || !event.arrival.empty()) context_.observer.on(event);
}

void AccountSync::add_jobs() {
  for (const MailboxPair& pair : map_.pairs) {
    if (not_created_.contains(pair.destination_wire)) continue;
    const Forecast forecast = forecast_of(pair);
    store::MailboxRecord record;
    if (const store::MailboxRecord* found = known(pair)) record = *found;
    record.source = pair.source.wire;
    record.destination = pair.destination_wire;
    const bool deletes_there = context_.rules.deletion.touch_destination();
    const bool is_empty = forecast.source_messages == 0U && (!deletes_there || forecast.destination_messages == 0U);
    if (is_empty) {
      tell_nothing_to_do(pair, {});
    } else if (is_unchanged(pair, record)) {
      tell_nothing_to_do(pair, record);
    } else if (context_.store != nullptr) {
      jobs_.add(pair, forecast, std::move(record));
    } else {
      jobs_.add(pair, forecast, std::nullopt);
    }
  }
}

}  // namespace imapferry::sync
