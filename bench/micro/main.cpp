#include "app/process.hpp"

#include <benchmark/benchmark.h>

int main(int argc, char** argv) {
  // As the program does it; without it buffers of a batch's size cost several times as much.
  imapferry::app::keep_freed_memory();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
