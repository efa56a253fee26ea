#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::bench {

/// A message of a corpus: its bytes lie in the mapped file.
struct CorpusMessage {
  std::int64_t internal_date = 0;  ///< seconds since 1970
  std::uint8_t flags = 0;          ///< bits: see flag_list
  std::string_view bytes;
};

/// A file made by make_corpus.py, mapped into memory: the line "IMAPFERRY-CORPUS 1", then for each message its length
/// (uint32), date (int64) and flags (uint8), little endian, and its bytes.
class Corpus {
 public:
  /// Throws std::runtime_error when the file cannot be read or is not whole.
  explicit Corpus(const std::string& path);
  Corpus(const Corpus&) = delete;
  Corpus& operator=(const Corpus&) = delete;
  ~Corpus();

  [[nodiscard]] const std::vector<CorpusMessage>& messages() const noexcept { return messages_; }

 private:
  void index(std::string_view file);

  void* mapping_ = nullptr;
  std::size_t size_ = 0;
  std::vector<CorpusMessage> messages_;
};

/// The IMAP flag list for a corpus message's bits: "(\Seen \Flagged)".
[[nodiscard]] std::string flag_list(std::uint8_t bits);

/// The IMAP date-time in UTC, without its quotes: "07-Nov-2023 10:00:00 +0000".
[[nodiscard]] std::string date_time(std::int64_t seconds);

}  // namespace imapferry::bench
