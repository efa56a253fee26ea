#include "core/sip_hash.hpp"

#include <bit>

namespace imapferry::core {

namespace {

std::uint64_t load_little_endian(const char* bytes) noexcept {
  std::uint64_t word = 0;
  for (unsigned i = 0; i < 8; ++i) {
    word |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
  }
  return word;
}

}  // namespace

// The four constants spell "somepseudorandomlygeneratedbytes"; 0xEE tells the 128-bit variant from the 64-bit one.
SipHasher::SipHasher(const HashKey& key) noexcept
    : state_{key.bits[0] ^ 0x736f6d6570736575U, key.bits[1] ^ 0x646f72616e646f6dU ^ 0xEEU,
             key.bits[0] ^ 0x6c7967656e657261U, key.bits[1] ^ 0x7465646279746573U} {}

inline void SipHasher::State::rounds(int count) noexcept {
  for (int i = 0; i < count; ++i) {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
}

inline void SipHasher::State::absorb(std::uint64_t word) noexcept {
  v3 ^= word;
  rounds(2);
  v0 ^= word;
}

void SipHasher::update(std::string_view bytes) noexcept {
  State state = state_;
  total_size_ += bytes.size();
  while (tail_size_ != 0 && !bytes.empty()) {
    tail_ |= std::uint64_t{static_cast<std::uint8_t>(bytes.front())} << (8 * tail_size_);
    bytes.remove_prefix(1);
    if (++tail_size_ == 8) {
      state.absorb(tail_);
      tail_ = 0;
      tail_size_ = 0;
    }
  }
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) state.absorb(load_little_endian(bytes.data()));
  for (const char byte : bytes) {
    tail_ |= std::uint64_t{static_cast<std::uint8_t>(byte)} << (8 * tail_size_);
    ++tail_size_;
  }
  state_ = state;
}

Hash128 SipHasher::finish() noexcept {
  State state = state_;
  const auto fold = [&state] { return state.v0 ^ state.v1 ^ state.v2 ^ state.v3; };
  Hash128 out;
  state.absorb(tail_ | (total_size_ << 56));
  state.v2 ^= 0xEEU;
  state.rounds(4);
  out.bits[0] = fold();
  state.v1 ^= 0xDDU;
  state.rounds(4);
  out.bits[1] = fold();
  return out;
}

Hash128 sip_hash(const HashKey& key, std::string_view bytes) {
  SipHasher hasher(key);
  hasher.update(bytes);
  return hasher.finish();
}

}  // namespace imapferry::core
