#pragma once

namespace imapferry::app {

/// The whole program: reads the command line, runs what it asks for, and returns the exit code.
int run(int argc, char** argv);

}  // namespace imapferry::app
