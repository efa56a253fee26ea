#include "app/app.hpp"

int main(int argc, char** argv) { return imapferry::app::run(argc, argv); }
