#pragma once

#include "core/failure.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace imapferry::sync {

/// What a command may take.
struct FilterLimits {
  std::chrono::milliseconds time{120'000};
  std::size_t output = std::size_t{64} << 20;
};

/// What `/bin/sh -c command` makes of a text: it is written to the command's input while its output is read. The loop
/// goes on meanwhile. The command sees no descriptor of ours but these, and no password of the environment.
/// Fails (Fault::append) when it cannot be run, ends with another status than 0 or by a signal, writes nothing, or
/// takes more time or writes more than the limits say (then it, and what it has started, is killed); what it has
/// written to its standard error is the failure's text. `command` and `input` live until then.
boost::asio::awaitable<core::Result<std::string>> filter(std::string_view command, std::string_view input,
                                                         FilterLimits limits);

}  // namespace imapferry::sync
