// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/api_client.h"

#include <httplib.h>

#include "absl/strings/str_cat.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

absl::Status ToStatus(int code, const std::string& message) {
  switch (code) {
    case 404:
      return absl::NotFoundError(message);
    case 409:
      return absl::AbortedError(message);
    case 429:
    case 503:
      return absl::UnavailableError(message);
    default:
      return absl::InternalError(absl::StrCat(message, " (HTTP ", code, ")"));
  }
}

absl::StatusOr<nlohmann::json> Parse(const httplib::Result& result) {
  if (!result) {
    return absl::UnavailableError(absl::StrCat("no answer: ", httplib::to_string(result.error())));
  }
  nlohmann::json body = ParseJson(result->body);
  if (result->status < 200 || result->status > 299) {
    return ToStatus(result->status, Text(body, {"message"}));
  }
  if (body.is_discarded()) {
    return absl::InternalError("the API server's answer is no JSON");
  }
  return body;
}

}  // namespace

ApiClient::ApiClient(const AdminAccess& access)
    : http_(std::make_unique<httplib::Client>(access.server)) {
  http_->set_ca_cert_path(access.ca_path);
  http_->set_bearer_token_auth(access.token);
  http_->set_keep_alive(true);
  http_->set_tcp_nodelay(true);
  http_->set_connection_timeout(2);
  http_->set_read_timeout(30);
}

ApiClient::~ApiClient() = default;

bool ApiClient::Answers(const std::string& path) {
  absl::MutexLock lock(&mutex_);
  const httplib::Result result = http_->Get(path);
  return result && result->status == 200;
}

absl::StatusOr<nlohmann::json> ApiClient::Get(const std::string& path) {
  absl::MutexLock lock(&mutex_);
  return Parse(http_->Get(path));
}

absl::StatusOr<nlohmann::json> ApiClient::Create(const std::string& path,
                                                 const nlohmann::json& object) {
  absl::MutexLock lock(&mutex_);
  auto result = Parse(http_->Post(path, object.dump(), "application/json"));
  if (absl::IsAborted(result.status())) {
    return absl::AlreadyExistsError(result.status().message());
  }
  return result;
}

absl::StatusOr<nlohmann::json> ApiClient::MergePatch(const std::string& path,
                                                     const nlohmann::json& patch) {
  return Patch(path, patch, "application/merge-patch+json");
}

absl::StatusOr<nlohmann::json> ApiClient::Apply(const std::string& path,
                                                const nlohmann::json& object) {
  return Patch(absl::StrCat(path, "?fieldManager=kproto-lab&force=true"), object,
               "application/apply-patch+yaml");
}

absl::StatusOr<nlohmann::json> ApiClient::Patch(const std::string& path, const nlohmann::json& body,
                                                const char* content_type) {
  absl::MutexLock lock(&mutex_);
  return Parse(http_->Patch(path, body.dump(), content_type));
}

absl::Status ApiClient::Delete(const std::string& path, const nlohmann::json& options) {
  absl::MutexLock lock(&mutex_);
  const auto result =
      Parse(options.is_null() ? http_->Delete(path)
                              : http_->Delete(path, options.dump(), "application/json"));
  return absl::IsNotFound(result.status()) ? absl::OkStatus() : result.status();
}

}  // namespace kproto::lab
