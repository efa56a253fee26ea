#pragma once

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace imapferry::net {

/// How a server is named in messages: "imap.example.org:993", "[::1]:993".
std::string peer_label(std::string_view host, std::uint16_t port);

/// The operating system's or OpenSSL's words as a clause of ours: "connection refused".
std::string clause_of(const boost::system::error_code& error);

}  // namespace imapferry::net
