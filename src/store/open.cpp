#include "store/files.hpp"
#include "store/sqlite_backend.hpp"
#include "store/store.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace imapferry::store {

namespace {

core::Failure cannot_use(const std::string& path, std::string_view why) {
  return core::Failure{
      core::Fault::input,
      fmt::format("cannot use the store {}: {} (--statedir names another directory, --nostate does without)",
                  core::printable(path), why),
      {}};
}

std::unique_ptr<Backend> open_backend(const std::string& path, Locks& locks) {
  const bool must_look = was_left_open(path) && locks.exclude_others();
  if (must_look) locks.share();
  using Check = SqliteBackend::Check;
  return std::make_unique<SqliteBackend>(path, must_look ? Check::thorough : Check::quick);
}

}  // namespace

std::string path_in(const std::string& directory) {
  return (std::filesystem::path(directory) / "imapferry.sqlite").string();
}

core::Result<Store::Opened> Store::open(const std::string& directory) {
  const std::string path = path_in(directory);
  if (const auto problem = make_directory(directory)) return cannot_use(path, *problem);
  core::Result<Locks> locks = Locks::open((std::filesystem::path(directory) / "imapferry.lock").string());
  if (!locks) return cannot_use(path, locks.error().message);
  Opened opened;
  for (int attempt = 1;; ++attempt) {
    make_private_file(path);
    try {
      std::unique_ptr<Backend> backend = open_backend(path, *locks);
      opened.store = std::make_unique<Store>(std::move(backend), std::move(*locks), path);
      return opened;
    } catch (const Trouble& trouble) {
      if (trouble.kind() != Trouble::Kind::damaged || attempt > 1) return cannot_use(path, trouble.what());
      const std::optional<std::string> aside = put_aside(path, *locks);
      if (!aside) return cannot_use(path, fmt::format("{}, and another process uses it", trouble.what()));
      opened.notes.push_back(fmt::format("the store was damaged ({}) and is put aside as {}; a new one is begun, so "
                                         "this run compares all messages",
                                         trouble.what(), core::printable(*aside)));
    }
  }
}

core::Result<std::vector<AccountSummary>> read_accounts(const std::string& directory) {
  const std::string path = path_in(directory);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return core::Failure{core::Fault::input, fmt::format("there is no store in {}", core::printable(directory)), {}};
  }
  try {
    return SqliteBackend(path, SqliteBackend::Check::quick).accounts();
  } catch (const Trouble& trouble) {
    return cannot_use(path, trouble.what());
  }
}

}  // namespace imapferry::store
