#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

namespace {

constexpr double kib = 1024;
constexpr double mib = kib * kib;
constexpr double gib = kib * mib;

Section own_speed() {
  return {Group::speed,
          Origin::own,
          {
              within(1, 10'000,
                     valued("maxconnections#", integer, "N", works,
                            "Connections at once to the source (1) and destination (2), all accounts together.", "64")),
              within(1, 64,
                     valued("lanes", integer, "N", works,
                            "Pairs of connections that work on one account at once, at most.", "4")),
              within(1 * mib, 1024 * gib,
                     valued("memory", size, "SIZE", works,
                            "The memory to work with, about; three eighths of it are for messages in transit, all "
                            "accounts together.",
                            "64M")),
              within(1, 10'000,
                     valued("batchmessages", integer, "N", works,
                            "Messages sent in one APPEND where the server takes several.", "100")),
              within(4 * kib, gib,
                     valued("batchbytes", size, "SIZE", works, "The same in bytes; a sixteenth of --memory at most.",
                            "4M")),
          }};
}

Section speed() {
  return {
      Group::speed,
      Origin::imapsync,
      {
          valued("maxmessagespersecond", number, "N", works,
                 "Messages of one account to copy per second, on the average, at most.", "0, no limit"),
          valued("maxbytespersecond", integer, "N", works,
                 "Bytes of one account to copy per second, on the average, at most.", "0, no limit"),
          valued("maxbytesafter", integer, "BYTES", works, "So much is copied before --maxbytespersecond counts.", "0"),
          within(0, 1e6,
                 valued("maxsleep", number, "SECONDS", works,
                        "The longest pause before a message for the sake of these limits, which it may break.",
                        "none: they hold")),
          within(0, 1e15,
                 valued("exitwhenover", integer, "BYTES", works,
                        "Ends an account when so many bytes were copied, with exit code 118; 0 is no limit.",
                        "0, no limit")),
          because("Commands name as many messages as servers take; --batchmessages and --batchbytes set how many go in "
                  "one.",
                  valued("split#", integer, "N", ignored, "Messages named in one command.")),
          because("As much is read as has come.",
                  valued("buffersize", integer, "BYTES", ignored, "How much is read from a connection at a time.")),
          because("There is one way to read connections, and it is the fast one.",
                  on_off("fastio#", ignored, inherent, "A faster way to read connections.")),
      }};
}

}  // namespace

std::vector<Section> speed_rows() { return {own_speed(), speed()}; }

}  // namespace imapferry::cli
