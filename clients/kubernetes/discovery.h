// SPDX-License-Identifier: MPL-2.0
// Discovery: finds the path of a kind that is not in our table by asking the API server, and tells
// a kind that is not installed from a server that is not a Kubernetes at all. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "clients/kubernetes/api_path.h"
#include "clients/kubernetes/session.h"

namespace kproto::kubernetes {

class Discovery {
 public:
  // `session` must outlive this object.
  explicit Discovery(Session* session) : session_(session) {}

  // nullopt when the cluster does not know the kind (now: a CRD may come, so that is not cached).
  absl::StatusOr<std::optional<ApiResource>> Find(const std::string& api_version,
                                                  const std::string& kind, const Call& call);

  absl::StatusOr<Version> GetVersion(const Call& call);

  // OK when a 404 is to be believed: it is the API server's own, or the server shows itself to be
  // one. Otherwise Unavailable.
  absl::Status Believe404(const http::Response& response, const Call& call);

 private:
  Session* const session_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, ApiResource> found_;
};

}  // namespace kproto::kubernetes
