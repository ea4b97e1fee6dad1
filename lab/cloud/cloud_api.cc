// SPDX-License-Identifier: MPL-2.0
#include "lab/cloud/cloud_api.h"

#include <httplib.h>

#include "absl/strings/str_cat.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

absl::StatusOr<nlohmann::json> Parse(const httplib::Result& result) {
  if (!result) {
    return absl::UnavailableError(absl::StrCat("no answer: ", httplib::to_string(result.error())));
  }
  nlohmann::json body = result->body.empty() ? nlohmann::json() : ParseJson(result->body);
  if (result->status >= 200 && result->status < 300) {
    return body;
  }
  const std::string message = absl::StrCat(result->status, " ", Text(body, {"message"}));
  switch (result->status) {
    case 404:
      return absl::NotFoundError(message);
    case 403:
      return absl::PermissionDeniedError(message);
    default:
      return absl::InternalError(message);
  }
}

}  // namespace

CloudApi::CloudApi(const std::string& url, const std::string& token)
    : http_(std::make_unique<httplib::Client>(url)) {
  http_->set_bearer_token_auth(token);
  http_->set_keep_alive(true);
  http_->set_tcp_nodelay(true);
  http_->set_connection_timeout(2);
  http_->set_read_timeout(10);
}

CloudApi::~CloudApi() = default;

absl::StatusOr<nlohmann::json> CloudApi::Get(const std::string& path) {
  absl::MutexLock lock(&mutex_);
  return Parse(http_->Get(path));
}

absl::StatusOr<nlohmann::json> CloudApi::Post(const std::string& path, const nlohmann::json& body) {
  absl::MutexLock lock(&mutex_);
  return Parse(http_->Post(path, body.dump(), "application/json"));
}

absl::StatusOr<nlohmann::json> CloudApi::Put(const std::string& path, const nlohmann::json& body) {
  absl::MutexLock lock(&mutex_);
  return Parse(http_->Put(path, body.dump(), "application/json"));
}

absl::Status CloudApi::Delete(const std::string& path) {
  absl::MutexLock lock(&mutex_);
  const auto result = Parse(http_->Delete(path));
  return absl::IsNotFound(result.status()) ? absl::OkStatus() : result.status();
}

}  // namespace kproto::lab
