// SPDX-License-Identifier: MPL-2.0
#include "lab/monitoring/grafana_stand_in.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/log.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

using httplib::Request;
using httplib::Response;
using nlohmann::json;

constexpr char kCookie[] = "grafana_session=";
constexpr size_t kShortestPassword = 4;

constexpr char kPage[] = R"(<!doctype html><title>Grafana (stand-in)</title>
<p>This is not Grafana but its stand-in in a kproto lab, where pods are simulated. It knows the
administrator's password and the datasources: POST login, PUT api/user/password, GET api/health,
api/user, api/datasources, api/datasources/uid/UID/health.</p>
)";

void Say(Response& response, int status, const json& body) {
  response.status = status;
  response.set_content(body.dump(), "application/json");
}

void Tell(Response& response, int status, const std::string& message) {
  Say(response, status, json{{"message", message}});
}

// The session cookie among all cookies of a request; "".
std::string SessionOf(const Request& request) {
  const std::string cookies = request.get_header_value("Cookie");
  for (absl::string_view cookie : absl::StrSplit(cookies, "; ")) {
    if (absl::ConsumePrefix(&cookie, kCookie)) {
      return std::string(cookie);
    }
  }
  return "";
}

// User and password of HTTP's basic authentication; empty without.
std::pair<std::string, std::string> CredentialsOf(const Request& request) {
  const std::string header = request.get_header_value("Authorization");
  absl::string_view encoded = header;
  std::string plain;
  if (!absl::ConsumePrefix(&encoded, "Basic ") || !absl::Base64Unescape(encoded, &plain)) {
    return {};
  }
  return absl::StrSplit(plain, absl::MaxSplits(':', 1));
}

// Grafana's own words about a datasource that does not answer.
std::string Unreachable(const Datasource& datasource, const absl::Status& why) {
  return datasource.type == "loki"
             ? "Unable to connect with Loki. Please check the server logs for more details."
             : absl::StrCat(why.message(),
                            " - There was an error returned querying the Prometheus API.");
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrafanaStandIn>> GrafanaStandIn::Start(Options options) {
  KPROTO_ASSIGN_OR_RETURN(
      GrafanaDatabase database,
      GrafanaDatabase::Open(options.database, options.admin_user, options.admin_password));
  KPROTO_RETURN_IF_ERROR(database.Provision(options.provisioning));
  std::unique_ptr<GrafanaStandIn> grafana(
      new GrafanaStandIn(std::move(options), std::move(database)));
  KPROTO_ASSIGN_OR_RETURN(grafana->listener_, HttpListener::Start(0, [&](httplib::Server& server) {
                            grafana->Serve(server);
                          }));
  return grafana;
}

void GrafanaStandIn::Serve(httplib::Server& server) {
  // One request a connection: were an idle one ended here, the next request of the API server on
  // it would be lost with it.
  server.set_keep_alive_max_count(1);
  const auto page = [](const Request&, Response& response) {
    response.set_content(kPage, "text/html");
  };
  server.Get("/", page);
  server.Get("/login", page);
  server.Get("/api/health", [](const Request&, Response& response) {
    Say(response, 200, json{{"database", "ok"}, {"version", "stand-in of a kproto lab"}});
  });
  server.Post("/login",
              [this](const Request& request, Response& response) { LogIn(request, response); });
  const auto known = [this](auto answer) {
    return [this, answer](const Request& request, Response& response) {
      if (const std::string user = UserOf(request); user.empty()) {
        Tell(response, 401, "Unauthorized");
      } else {
        answer(user, request, response);
      }
    };
  };
  server.Get("/api/user", known([](const std::string& user, const Request&, Response& response) {
               Say(response, 200, json{{"login", user}, {"isGrafanaAdmin", true}});
             }));
  server.Put("/api/user/password", [this](const Request& request, Response& response) {
    ChangePassword(request, response);
  });
  server.Get("/api/datasources", known([this](const auto&, const Request&, Response& response) {
               ListDatasources(response);
             }));
  server.Get("/api/datasources/uid/([^/]+)/health",
             known([this](const auto&, const Request& request, Response& response) {
               CheckDatasource(request.matches[1], response);
             }));
  server.set_error_handler([](const Request&, Response& response) {
    if (response.body.empty()) {
      Tell(response, response.status, "Not found");
    }
  });
}

std::string GrafanaStandIn::UserOf(const Request& request) {
  const auto [user, password] = CredentialsOf(request);
  absl::MutexLock lock(&mutex_);
  if (const auto session = sessions_.find(SessionOf(request)); session != sessions_.end()) {
    return session->second;
  }
  return database_.Accepts(user, password) ? user : "";
}

void GrafanaStandIn::LogIn(const Request& request, Response& response) {
  const json body = ParseJson(request.body);
  const std::string user = Text(body, {"user"});
  absl::MutexLock lock(&mutex_);
  if (!database_.Accepts(user, Text(body, {"password"}))) {
    return Tell(response, 401, "Invalid username or password");
  }
  const std::string session = RandomHex(16);
  sessions_[session] = user;
  response.set_header("Set-Cookie",
                      absl::StrCat(kCookie, session, "; Path=/; HttpOnly; SameSite=Lax"));
  Tell(response, 200, "Logged in");
}

void GrafanaStandIn::ChangePassword(const Request& request, Response& response) {
  const std::string user = UserOf(request);
  if (user.empty()) {
    return Tell(response, 401, "Unauthorized");
  }
  const json body = ParseJson(request.body);
  const std::string password = Text(body, {"newPassword"});
  absl::MutexLock lock(&mutex_);
  if (!database_.Accepts(user, Text(body, {"oldPassword"}))) {
    return Tell(response, 401, "invalid old password");
  }
  if (password.size() < kShortestPassword) {
    return Tell(response, 400, "New password is too short");
  }
  if (const absl::Status changed = database_.SetPassword(user, password); !changed.ok()) {
    return Tell(response, 500, std::string(changed.message()));
  }
  // A login with the old password is none any more.
  std::erase_if(sessions_, [&](const auto& session) { return session.second == user; });
  Tell(response, 200, "User password changed");
}

std::vector<Datasource> GrafanaStandIn::Datasources() {
  absl::MutexLock lock(&mutex_);
  return database_.Datasources();
}

void GrafanaStandIn::ListDatasources(Response& response) {
  json list = json::array();
  const std::vector<Datasource> datasources = Datasources();
  for (const Datasource& one : datasources) {
    list.push_back({{"uid", one.uid},
                    {"name", one.name},
                    {"type", one.type},
                    {"url", one.url},
                    {"access", "proxy"},
                    {"isDefault", one.is_default},
                    {"readOnly", true}});
  }
  Say(response, 200, list);
}

void GrafanaStandIn::CheckDatasource(const std::string& uid, Response& response) {
  const std::vector<Datasource> datasources = Datasources();
  for (const Datasource& one : datasources) {
    if (one.uid != uid) {
      continue;
    }
    const std::string query = HealthQuery(one.type);
    if (query.empty()) {
      return Tell(response, 404, "Plugin not found");
    }
    const auto answer = options_.get(absl::StrCat(absl::StripSuffix(one.url, "/"), query));
    if (answer.ok() && Text(*answer, {"status"}) == "success") {
      return Say(response, 200,
                 json{{"status", "OK"}, {"message", "Data source successfully connected."}});
    }
    Log(LogLevel::kInfo, "datasource", {{"name", one.name}, {"error", answer.status().ToString()}});
    return Say(response, 400,
               json{{"status", "ERROR"}, {"message", Unreachable(one, answer.status())}});
  }
  Tell(response, 404, "Data source not found");
}

}  // namespace kproto::lab
