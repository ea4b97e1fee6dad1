// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/api_status.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "clients/http/response.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::kubernetes {
namespace {

using Json = nlohmann::json;

bool IsStatus(const Json& body) { return StringAt(body, "/kind") == "Status"; }

// Where Kubernetes' reason says more than the HTTP code.
absl::StatusCode CodeOf(int http_code, const std::string& reason) {
  if (reason == "AlreadyExists") {
    return absl::StatusCode::kAlreadyExists;
  }
  if (reason == "Expired" || reason == "Gone") {
    return absl::StatusCode::kOutOfRange;
  }
  if (http_code == 429) {  // "slow down" and "not now" call for the same: try later
    return absl::StatusCode::kUnavailable;
  }
  return http::CodeOf(http_code);
}

absl::Status Hinted(absl::Status status) {
  if (absl::IsUnauthenticated(status)) {
    return WithHint(std::move(status),
                    "The cluster does not accept these credentials; they may have expired.");
  }
  if (absl::IsPermissionDenied(status)) {
    return WithHint(std::move(status),
                    "The credentials need a role that allows this, such as cluster-admin.");
  }
  return status;
}

}  // namespace

bool IsObjectNotFound(const http::Response& response) {
  if (response.code != 404) {
    return false;
  }
  const Json body = Json::parse(response.body, nullptr, false);
  return IsStatus(body) && StringAt(body, "/reason") == "NotFound";
}

absl::Status StatusOf(const http::Response& response) {
  if (response.code >= 200 && response.code < 300) {
    return absl::OkStatus();
  }
  const Json body = Json::parse(response.body, nullptr, false);
  const std::string message = IsStatus(body) ? StringAt(body, "/message") : "";
  const absl::Status plain = http::AsStatus(response, message);
  const absl::StatusCode code = CodeOf(response.code, StringAt(body, "/reason"));
  absl::Status status(code, plain.message());
  plain.ForEachPayload(
      [&](absl::string_view url, const absl::Cord& payload) { status.SetPayload(url, payload); });
  return Hinted(std::move(status));
}

absl::Status StatusOfObject(const Json& object) {
  const int code = IntAt(object, "/code", 500);
  const std::string message = StringAt(object, "/message");
  return absl::Status(CodeOf(code, StringAt(object, "/reason")),
                      message.empty() ? absl::StrCat("HTTP ", code) : message);
}

}  // namespace kproto::kubernetes
