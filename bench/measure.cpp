// Runs a command and writes what it cost. A small process of its own, because Linux counts the memory of the process
// that started a command into that command's peak: started from Python, nothing would ever use less than Python does.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>

namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: bench_measure RESULT.json COMMAND [ARGUMENT...]\n", stderr);
    return 2;
  }
  const double start = now();
  const pid_t child = fork();
  if (child < 0) {
    std::perror("bench_measure: fork");
    return 1;
  }
  if (child == 0) {
    execvp(argv[2], argv + 2);
    std::perror("bench_measure: exec");
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) return 1;
  }
  const double wall = now() - start;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  std::FILE* result = std::fopen(argv[1], "w");
  if (result == nullptr) {
    std::perror("bench_measure: result file");
    return 1;
  }
  std::fprintf(result, "{\"exit\": %d, \"wall\": %.6f, \"user\": %.6f, \"system\": %.6f, \"peak_rss_kib\": %ld}\n",
               code, wall, seconds_of(usage.ru_utime), seconds_of(usage.ru_stime), usage.ru_maxrss);
  return std::fclose(result) == 0 ? 0 : 1;
}
