#pragma once

#include "message.hpp"
#include "origins.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imapferry::bench::synthetic {

/// What a received message turned out to be.
enum class Verdict : std::uint8_t {
  equal,      ///< a made message, byte for byte
  different,  ///< it bears the Message-Id of a made message
  unknown,    ///< none of ours
};

/// Looks at a message while it streams by, and keeps nothing but its header, and that only where it cannot be made
/// again.
class Receiver {
 public:
  /// A header is kept up to here.
  static constexpr std::size_t longest_header = std::size_t{64} << 10;

  struct Received {
    Verdict verdict = Verdict::unknown;
    std::uint32_t origin = 0;  ///< and uid: of the source's message, unless it is unknown
    std::uint32_t uid = 0;
    std::uint64_t size = 0;
    std::string header;  ///< unless it is that of the made message
  };

  explicit Receiver(Origins& origins) : origins_(origins) {}

  void begin(std::uint64_t size);
  void take(std::string_view bytes);
  [[nodiscard]] Received finish();

 private:
  void gather(std::string_view bytes);
  void recognise(std::string_view header);
  void compare(std::string_view bytes);

  Origins& origins_;
  Received received_;
  Message message_;
  std::string gathered_;
  bool is_in_header_ = true;
  std::uint64_t at_ = 0;  // in message_: equal up to here
};

}  // namespace imapferry::bench::synthetic
