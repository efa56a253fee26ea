#pragma once

#include "report/output.hpp"

#include <cstdio>

namespace imapferry::app {

/// Standard output as the reporters see it. What cannot be written (a closed pipe) is dropped: the migration goes on.
class Terminal : public report::Output {
 public:
  Terminal();
  void write(std::string_view text) override;
  [[nodiscard]] bool is_terminal() const override { return is_terminal_; }
  [[nodiscard]] std::size_t width() const override;
  [[nodiscard]] std::size_t height() const override;

 private:
  bool is_terminal_ = false;
};

}  // namespace imapferry::app
