// SPDX-License-Identifier: MPL-2.0
#include "clients/loki/loki.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/http/url.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::loki {
namespace {

using Json = nlohmann::json;
using Method = kubernetes::ServiceRequest::Method;

std::string Nanoseconds(absl::Time time) { return absl::StrCat(absl::ToUnixNanos(time)); }

}  // namespace

Loki::Loki(kubernetes::Kubernetes* kubernetes, std::string ns, std::string service,
           std::string port, std::string tenant)
    : kubernetes_(kubernetes),
      ns_(std::move(ns)),
      service_(std::move(service)),
      port_(std::move(port)),
      tenant_(std::move(tenant)) {}

absl::StatusOr<std::string> Loki::Send(kubernetes::ServiceRequest request, const Call& call) {
  request.ns = ns_;
  request.service = service_;
  request.port = port_;
  if (!tenant_.empty()) {
    request.headers["X-Scope-OrgID"] = tenant_;
  }
  KPROTO_ASSIGN_OR_RETURN(kubernetes::ServiceResponse response, kubernetes_->Proxy(request, call));
  if (response.status >= 200 && response.status < 300) {
    return std::move(response.body);
  }
  const std::string text = absl::StrCat("Loki: HTTP status ", response.status, ": ",
                                        response.body.substr(0, response.body.find('\n')));
  return response.status >= 500 ? absl::UnavailableError(text)
                                : absl::FailedPreconditionError(text);
}

absl::Status Loki::Push(const std::map<std::string, std::string>& labels, absl::Time time,
                        const std::string& line, const Call& call) {
  kubernetes::ServiceRequest request;
  request.method = Method::kPost;
  request.path = "loki/api/v1/push";
  request.headers["Content-Type"] = "application/json";
  const Json stream = {{"stream", labels},
                       {"values", Json::array({Json::array({Nanoseconds(time), line})})}};
  request.body =
      Json{{"streams", Json::array({stream})}}.dump(-1, ' ', false, Json::error_handler_t::replace);
  return Send(std::move(request), call).status();
}

absl::StatusOr<std::vector<std::string>> Loki::Query(const std::string& logql, absl::Time from,
                                                     absl::Time to, const Call& call) {
  kubernetes::ServiceRequest request;
  request.path = absl::StrCat("loki/api/v1/query_range?query=", http::PercentEncode(logql),
                              "&start=", Nanoseconds(from), "&end=", Nanoseconds(to), "&limit=100");
  KPROTO_ASSIGN_OR_RETURN(const std::string body, Send(std::move(request), call));
  const Json answer = Json::parse(body, nullptr, false);
  std::vector<std::string> lines;
  for (const Json& stream : kubernetes::ListAt(answer, "/data/result")) {
    for (const Json& value : kubernetes::ListAt(stream, "/values")) {
      lines.push_back(kubernetes::StringAt(value, "/1"));
    }
  }
  return lines;
}

}  // namespace kproto::loki
