// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/discovery.h"

#include <cstdlib>

#include "absl/strings/match.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/kubernetes/api_status.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::kubernetes {

absl::StatusOr<std::optional<ApiResource>> Discovery::Find(const std::string& api_version,
                                                           const std::string& kind,
                                                           const Call& call) {
  if (std::optional<ApiResource> known = KnownResource(api_version, kind); known.has_value()) {
    return known;
  }
  {
    std::lock_guard lock(mutex_);
    if (const auto found = found_.find({api_version, kind}); found != found_.end()) {
      return found->second;
    }
  }
  KPROTO_ASSIGN_OR_RETURN(const http::Response response,
                          session_->Send({.path = GroupVersionPath(api_version)}, call));
  if (response.code == 404) {
    KPROTO_RETURN_IF_ERROR(Believe404(response, call));
    return std::nullopt;
  }
  KPROTO_RETURN_IF_ERROR(StatusOf(response));
  const Json list = Json::parse(response.body, nullptr, false);
  for (const Json& resource : ListAt(list, "/resources")) {
    const std::string plural = StringAt(resource, "/name");
    if (StringAt(resource, "/kind") == kind && !absl::StrContains(plural, "/")) {
      ApiResource found{plural,
                        BoolAt(resource, "/namespaced") ? Scope::kNamespaced : Scope::kCluster};
      std::lock_guard lock(mutex_);
      return found_[{api_version, kind}] = std::move(found);
    }
  }
  return std::nullopt;
}

absl::StatusOr<Version> Discovery::GetVersion(const Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const http::Response response,
                          session_->Send({.path = "/version"}, call));
  KPROTO_RETURN_IF_ERROR(StatusOf(response));
  const Json body = Json::parse(response.body, nullptr, false);
  Version version;
  version.git_version = StringAt(body, "/gitVersion");
  // Clouds write a minor such as "34+".
  version.major = std::atoi(StringAt(body, "/major").c_str());
  version.minor = std::atoi(StringAt(body, "/minor").c_str());
  if (version.git_version.empty()) {
    return WithHint(absl::UnavailableError("the server does not answer as a Kubernetes API server"),
                    "Check the cluster's host, and proxies on the way to it.");
  }
  return version;
}

absl::Status Discovery::Believe404(const http::Response& response, const Call& call) {
  if (IsObjectNotFound(response)) {
    return absl::OkStatus();
  }
  const absl::Status version = GetVersion(call).status();
  return absl::IsNotFound(version)
             ? absl::UnavailableError("the server does not answer as a Kubernetes API server")
             : version;
}

}  // namespace kproto::kubernetes
