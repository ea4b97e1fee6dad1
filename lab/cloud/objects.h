// SPDX-License-Identifier: MPL-2.0
// Small things both cloud controllers need of a Kubernetes object: its path, its finalizers,
// warnings about it as Events, and quantities of storage.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lab/digitalocean/cluster_backend.h"
#include "lab/kubernetes/api_client.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {

class CloudApi;

// Where a controller works.
struct CloudSite {
  ApiClient* kubernetes;
  CloudApi* cloud;
  ClusterSpec cluster;
};

// "/api/v1/namespaces/NS/PLURAL/NAME".
std::string NamespacedPath(const nlohmann::json& object, absl::string_view plural);

bool HasFinalizer(const nlohmann::json& object, absl::string_view finalizer);
absl::Status AddFinalizer(ApiClient& api, const std::string& path, const nlohmann::json& object,
                          const std::string& finalizer);
absl::Status RemoveFinalizer(ApiClient& api, const std::string& path, const nlohmann::json& object,
                             const std::string& finalizer);

// A Warning about `object`; the same words about the same object make one Event.
void Warn(ApiClient& api, const nlohmann::json& object, const std::string& kind,
          const std::string& reason, const std::string& message);

// A Kubernetes quantity of bytes ("50Gi", "1500Mi", "10G", "5368709120") in whole GiB, rounded up.
absl::StatusOr<int64_t> Gibibytes(absl::string_view quantity);

}  // namespace kproto::lab
