// SPDX-License-Identifier: MPL-2.0
// Isolation: who may speak to the stack's pods (NetworkPolicies) and how much of the cluster they
// may ask for (a ResourceQuota), in the stack's namespace. Argo CD's own chart guards its. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "provider/schema/attr.h"

namespace kproto::monitoring_stack {

struct IsolationWanted {
  bool network_policies = false;
  bool grafana_public = false;               // Grafana answers to everybody
  std::string controller;                    // the ingress controller does; "": there is none
  std::map<std::string, std::string> quota;  // as in spec.hard; empty: no quota
};

// As the attributes say it.
IsolationWanted IsolationOf(const Attr<bool>& network_policies,
                            const Attr<MapOf<std::string>>& resource_quota, bool grafana_public);
// The other way, from what was made.
Attr<bool> NetworkPoliciesFrom(const std::vector<nlohmann::json>& objects);
Attr<MapOf<std::string>> ResourceQuotaFrom(const std::vector<nlohmann::json>& objects);

std::vector<nlohmann::json> IsolationObjects(const IsolationWanted& wanted, const std::string& ns,
                                             const std::string& argocd_ns);

}  // namespace kproto::monitoring_stack
