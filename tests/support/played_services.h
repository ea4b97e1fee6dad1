// SPDX-License-Identifier: MPL-2.0
// PlayedServices: a Grafana and a Loki as their HTTP APIs show them, for a FakeKubernetes to proxy
// to: Grafana keeps its password in a database, whatever a Secret says, and hands out sessions;
// Loki gives back what was pushed.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/kubernetes/json_fields.h"
#include "clients/kubernetes/kubernetes.h"

namespace kproto::testing {

class PlayedServices {
 public:
  using Json = nlohmann::json;
  using Request = kubernetes::ServiceRequest;
  using Response = kubernetes::ServiceResponse;

  absl::StatusOr<Response> operator()(const Request& request) {
    std::lock_guard lock(mutex_);
    if (absl::StartsWith(request.service, "grafana") && grafana_up) {
      return Grafana(request);
    }
    if (absl::StartsWith(request.service, "loki") && loki_up) {
      return Loki(request);
    }
    return absl::UnavailableError(
        absl::StrCat("no endpoints available for service \"", request.service, "\""));
  }

  bool grafana_up = true, loki_up = true;
  std::string password;                        // of admin; "": takes the first that is tried
  std::map<std::string, int> datasource_code;  // of its health by uid; else 200
  bool loses_lines = false;
  int logins = 0;

 private:
  static Response Say(int status, const Json& body) { return {status, body.dump(), {}}; }

  Response Grafana(const Request& request) {
    const Json body = Json::parse(request.body, nullptr, false);
    if (request.path == "api/health") {
      return Say(200, {{"database", "ok"}});
    }
    if (request.path == "login") {
      ++logins;
      const std::string tried = kubernetes::StringAt(body, "/password");
      password = password.empty() ? tried : password;
      if (tried != password) {
        return Say(401, {{"message", "Invalid username or password"}});
      }
      Response response = Say(200, {{"message", "Logged in"}});
      session_ = absl::StrCat("grafana_session=", logins);
      response.headers = {{"set-cookie", absl::StrCat(session_, "; Path=/; HttpOnly")}};
      return response;
    }
    const auto cookie = request.headers.find("Cookie");
    if (cookie == request.headers.end() || cookie->second != session_) {
      return Say(401, {{"message", "Unauthorized"}});
    }
    if (request.path == "api/user/password" && request.method == Request::Method::kPut) {
      if (kubernetes::StringAt(body, "/oldPassword") != password) {
        return Say(401, {{"message", "invalid old password"}});
      }
      password = kubernetes::StringAt(body, "/newPassword");
      return Say(200, {{"message", "User password changed"}});
    }
    if (request.path == "api/datasources") {
      return Say(200, Json::array({{{"uid", "loki"}, {"name", "Loki"}, {"type", "loki"}}}));
    }
    if (request.path == "api/datasources/uid/loki/health") {
      const auto code = datasource_code.find("loki");
      return code == datasource_code.end()
                 ? Say(200, {{"status", "OK"}})
                 : Say(code->second, {{"message", "Unable to connect with Loki"}});
    }
    return Say(404, {{"message", "Not found"}});
  }

  Response Loki(const Request& request) {
    if (request.path == "loki/api/v1/push") {
      const Json pushed = Json::parse(request.body);
      for (const Json& stream : pushed["streams"]) {
        for (const Json& value : stream["values"]) {
          lines_.push_back(value[1]);
        }
      }
      return {204, "", {}};
    }
    Json values = Json::array();
    for (const std::string& line : loses_lines ? std::vector<std::string>{} : lines_) {
      if (absl::StrContains(request.path, line.substr(line.find(' ') + 1))) {
        values.push_back({"1", line});
      }
    }
    return Say(200, {{"data", {{"result", Json::array({{{"values", values}}})}}}});
  }

  std::mutex mutex_;
  std::string session_ = "none";
  std::vector<std::string> lines_;
};

}  // namespace kproto::testing
