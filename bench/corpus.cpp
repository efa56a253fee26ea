#include "corpus.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <stdexcept>

namespace imapferry::bench {

static_assert(std::endian::native == std::endian::little, "the corpus file is little endian");

namespace {

constexpr std::string_view magic = "IMAPFERRY-CORPUS 1\n";

template <class Number>
Number take(std::string_view& from) {
  Number value{};
  if (from.size() < sizeof value) throw std::runtime_error("corpus: cut off in a message's head");
  std::memcpy(&value, from.data(), sizeof value);
  from.remove_prefix(sizeof value);
  return value;
}

}  // namespace

Corpus::Corpus(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  const bool opened = file >= 0 && ::fstat(file, &status) == 0 && status.st_size > 0;
  if (opened) {
    size_ = static_cast<std::size_t>(status.st_size);
    mapping_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  }
  if (file >= 0) ::close(file);
  if (!opened || mapping_ == MAP_FAILED) throw std::runtime_error(fmt::format("corpus: cannot read {}", path));
  try {
    index(std::string_view(static_cast<const char*>(mapping_), size_));
  } catch (...) {
    ::munmap(mapping_, size_);
    throw;
  }
}

Corpus::~Corpus() { ::munmap(mapping_, size_); }

void Corpus::index(std::string_view file) {
  if (!file.starts_with(magic)) throw std::runtime_error("corpus: not a corpus file");
  file.remove_prefix(magic.size());
  while (!file.empty()) {
    CorpusMessage message;
    const auto length = take<std::uint32_t>(file);
    message.internal_date = take<std::int64_t>(file);
    message.flags = take<std::uint8_t>(file);
    if (file.size() < length) throw std::runtime_error("corpus: cut off in a message");
    message.bytes = file.substr(0, length);
    file.remove_prefix(length);
    messages_.push_back(message);
  }
}

std::string flag_list(std::uint8_t bits) {
  constexpr std::array<std::string_view, 5> names = {"\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"};
  std::string list = "(";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if ((bits >> i & 1U) == 0) continue;
    if (list.size() > 1) list += ' ';
    list += names[i];
  }
  return list + ")";
}

std::string date_time(std::int64_t seconds) {
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_seconds instant{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(instant - day);
  return fmt::format("{:02}-{}-{:04} {:02}:{:02}:{:02} +0000", static_cast<unsigned>(date.day()),
                     months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

}  // namespace imapferry::bench
