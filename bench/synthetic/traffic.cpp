#include "traffic.hpp"

#include <nlohmann/json.hpp>

namespace imapferry::bench::synthetic {

void Traffic::describe(nlohmann::ordered_json& report) const {
  report["connections"] = connections;
  report["connections_open"] = open;
  report["connections_most"] = most_open;
  report["connections_lost"] = lost_connections;
  report["logins"] = logins;
  report["bytes_in"] = bytes_in;
  report["bytes_out"] = bytes_out;
  report["protocol_errors"] = protocol_errors;
  report["listed"] = listed;
  report["headers_sent"] = headers_sent;
  report["bodies_sent"] = bodies_sent;
  report["appended"] = appended;
  auto by_kind = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < verbs; ++i) {
    if (commands[i] > 0) by_kind[std::string(name_of(static_cast<Verb>(i)))] = commands[i];
  }
  report["commands"] = std::move(by_kind);
}

}  // namespace imapferry::bench::synthetic
