#include "app/process.hpp"

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <thread>

namespace imapferry::app {

void forbid_core_files() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  // Neither may another process of the user look into this one.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void die_by(int signal) {
  std::fflush(nullptr);
  std::signal(signal, SIG_DFL);
  sigset_t only_this;
  sigemptyset(&only_this);
  sigaddset(&only_this, signal);
  pthread_sigmask(SIG_UNBLOCK, &only_this, nullptr);
  ::raise(signal);
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

std::uint64_t resident_memory() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  if (!(file >> total >> resident)) return 0;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

double cpu_seconds() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string load_average() {
  std::ifstream file("/proc/loadavg");
  std::string line;
  if (!std::getline(file, line)) return "unknown";
  // The last word is the number of the newest process.
  return line.substr(0, line.rfind(' '));
}

unsigned processors() { return std::max(1U, std::thread::hardware_concurrency()); }

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

}  // namespace imapferry::app
