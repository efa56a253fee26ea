#include "app/process.hpp"

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace imapferry::app {

void forbid_core_files() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  // Neither may another process of the user look into this one.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void keep_freed_memory() {
#ifdef __GLIBC__
  // What is larger than any batch, such as the index of a huge mailbox, still comes from the system and goes back to
  // it.
  mallopt(M_MMAP_THRESHOLD, 5 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  // The threads beside the loop work now and then: what one has freed the others shall use.
  mallopt(M_ARENA_MAX, 1);
#endif
}

std::uint64_t peak_memory() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace imapferry::app
