// SPDX-License-Identifier: MPL-2.0
#include "clients/grafana/grafana.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::grafana {
namespace {

using Json = nlohmann::json;
using kubernetes::StringAt;
using Method = kubernetes::ServiceRequest::Method;

constexpr char kSessionCookie[] = "grafana_session=";

// Grafana's words about a failure; it never repeats a password.
absl::Status StatusOf(const kubernetes::ServiceResponse& response, const std::string& what) {
  if (response.status >= 200 && response.status < 300) {
    return absl::OkStatus();
  }
  const Json body = Json::parse(response.body, nullptr, false);
  const std::string words = StringAt(body, "/message");
  const std::string text =
      absl::StrCat("Grafana: ", what, ": ",
                   words.empty() ? absl::StrCat("HTTP status ", response.status) : words);
  switch (response.status) {
    case 401:
      return absl::UnauthenticatedError(text);
    case 404:
      return absl::NotFoundError(text);
    case 502:
    case 503:
    case 504:
      return absl::UnavailableError(text);
    default:
      return absl::FailedPreconditionError(text);
  }
}

// "grafana_session=…" out of the Set-Cookie headers; "".
std::string CookieIn(const kubernetes::ServiceResponse& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "set-cookie" && absl::StartsWith(value, kSessionCookie)) {
      return value.substr(0, value.find(';'));
    }
  }
  return "";
}

}  // namespace

Grafana::Grafana(kubernetes::Kubernetes* kubernetes, std::string ns, std::string service,
                 std::string port)
    : kubernetes_(kubernetes),
      ns_(std::move(ns)),
      service_(std::move(service)),
      port_(std::move(port)) {}

absl::StatusOr<kubernetes::ServiceResponse> Grafana::Send(Method method, const std::string& path,
                                                          const Session* session, const Json& body,
                                                          const Call& call) {
  kubernetes::ServiceRequest request;
  request.method = method;
  request.ns = ns_;
  request.service = service_;
  request.port = port_;
  request.path = path;
  if (session != nullptr) {
    request.headers["Cookie"] = session->cookie.Reveal();
  }
  if (!body.is_null()) {
    request.headers["Content-Type"] = "application/json";
    request.body = body.dump();
  }
  return kubernetes_->Proxy(request, call);
}

absl::Status Grafana::CheckHealth(const Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const kubernetes::ServiceResponse response,
                          Send(Method::kGet, "api/health", nullptr, Json(), call));
  KPROTO_RETURN_IF_ERROR(StatusOf(response, "health"));
  const std::string database = StringAt(Json::parse(response.body, nullptr, false), "/database");
  return database == "ok"
             ? absl::OkStatus()
             : absl::UnavailableError(absl::StrCat("Grafana: its database is \"", database, "\""));
}

absl::StatusOr<Session> Grafana::Login(const std::string& user, const SecretString& password,
                                       const Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const kubernetes::ServiceResponse response,
                          Send(Method::kPost, "login", nullptr,
                               {{"user", user}, {"password", password.Reveal()}}, call));
  KPROTO_RETURN_IF_ERROR(StatusOf(response, absl::StrCat("login of ", user)));
  const std::string cookie = CookieIn(response);
  if (cookie.empty()) {
    return absl::FailedPreconditionError("Grafana: a login gave no session");
  }
  return Session{SecretString(cookie)};
}

absl::Status Grafana::ChangePassword(const Session& session, const SecretString& from,
                                     const SecretString& to, const Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const kubernetes::ServiceResponse response,
                          Send(Method::kPut, "api/user/password", &session,
                               {{"oldPassword", from.Reveal()},
                                {"newPassword", to.Reveal()},
                                {"confirmNew", to.Reveal()}},
                               call));
  return StatusOf(response, "changing the password");
}

absl::StatusOr<std::vector<Datasource>> Grafana::Datasources(const Session& session,
                                                             const Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const kubernetes::ServiceResponse response,
                          Send(Method::kGet, "api/datasources", &session, Json(), call));
  KPROTO_RETURN_IF_ERROR(StatusOf(response, "datasources"));
  const Json list = Json::parse(response.body, nullptr, false);
  std::vector<Datasource> datasources;
  for (const Json& one : list.is_array() ? list : Json::array()) {
    datasources.push_back({StringAt(one, "/uid"), StringAt(one, "/name"), StringAt(one, "/type")});
  }
  return datasources;
}

absl::Status Grafana::CheckDatasource(const Session& session, const Datasource& datasource,
                                      const Call& call) {
  KPROTO_ASSIGN_OR_RETURN(
      const kubernetes::ServiceResponse response,
      Send(Method::kGet, absl::StrCat("api/datasources/uid/", datasource.uid, "/health"), &session,
           Json(), call));
  const absl::Status status = StatusOf(response, absl::StrCat("datasource ", datasource.name));
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

}  // namespace kproto::grafana
