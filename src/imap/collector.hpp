#pragma once

#include "imap/proto/engine.hpp"
#include "imap/proto/response.hpp"

#include <utility>
#include <variant>

namespace imapferry::imap {

/// Hands on what one kind of untagged response brings.
template <class Data, class Function>
class Collector : public proto::ResponseHandler {
 public:
  explicit Collector(Function function) : function_(std::move(function)) {}
  void on(const proto::Response& response) override {
    if (const auto* data = std::get_if<Data>(&response)) function_(*data);
  }
  void done(const proto::CommandResult&) override {}

 private:
  Function function_;
};

template <class Data, class Function>
Collector<Data, Function> collect(Function function) {
  return Collector<Data, Function>(std::move(function));
}

}  // namespace imapferry::imap
