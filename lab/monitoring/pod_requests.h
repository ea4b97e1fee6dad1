// SPDX-License-Identifier: MPL-2.0
// PodRequests: what a pod of a simulated cluster gets from a URL: the name of a Service leads
// through the API server and the cluster's pods (lab/kubernetes/pod_network.h), any other address
// out of it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lab/kubernetes/api_client.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {

// The API server's path to a URL of the cluster, seen from a pod in `ns`:
// "http://loki.monitoring.svc:3100/ready" → "/api/v1/namespaces/monitoring/services/http:loki:3100/
// proxy/ready". "" for the address of something else.
std::string ServiceProxyPath(const std::string& url, const std::string& ns);

// GET from a pod in `ns`; the answer has to be JSON. Errors: Unavailable (nothing answers there),
// those of ApiClient.
absl::StatusOr<nlohmann::json> GetFromPod(ApiClient& api, const std::string& ns,
                                          const std::string& url);

}  // namespace kproto::lab
