// SPDX-License-Identifier: MPL-2.0
// Where a kind lives in the API: group, version and kind → path. Pure, with a table of the kinds
// that kproto itself handles; others are found by discovery (see discovery.h).
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "clients/kubernetes/kubernetes.h"

namespace kproto::kubernetes {

enum class Scope { kNamespaced, kCluster };

struct ApiResource {
  std::string plural;  // "deployments"
  Scope scope = Scope::kNamespaced;
};

// nullopt when the kind is not in the table.
std::optional<ApiResource> KnownResource(absl::string_view api_version, absl::string_view kind);

// "/api/v1" or "/apis/<group>/<version>".
std::string GroupVersionPath(absl::string_view api_version);

// Of all objects of the kind, in `ns` when it has one: "/api/v1/namespaces/x/pods".
std::string CollectionPath(absl::string_view api_version, const ApiResource& resource,
                           absl::string_view ns);

std::string ObjectPath(const ObjectKey& key, const ApiResource& resource);

// "/api/v1/namespaces/<ns>/services/<scheme>:<service>:<port>/proxy/<path>".
std::string ServiceProxyPath(const ServiceRequest& request);

}  // namespace kproto::kubernetes
