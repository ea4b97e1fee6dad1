// SPDX-License-Identifier: MPL-2.0
// Rbac: what viewers, operators and administrators may do, said once and put into the two places
// that ask: Kubernetes (ClusterRoles, bound in the stack's namespaces only) and Argo CD
// (policy.csv). Pure.
#pragma once

#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "resources/monitoring_stack/settings.h"

namespace kproto::monitoring_stack {

// Groups by role; sorted.
struct RbacWanted {
  std::vector<std::string> viewers, operators, admins;
  bool empty() const { return viewers.empty() && operators.empty() && admins.empty(); }
};

RbacWanted RbacOf(const Attr<StackRbac>& rbac);
// The other way, from the RoleBindings of a stack; null when they bind nobody.
Attr<StackRbac> RbacFrom(const std::vector<nlohmann::json>& objects, const std::string& ns);

// ClusterRoles and RoleBindings. A role without groups is not made.
std::vector<nlohmann::json> RbacObjects(const RbacWanted& wanted, const std::string& ns,
                                        const std::string& argocd_ns);

// Lines for policy.csv in argocd-rbac-cm; "" when nobody is named.
std::string PolicyCsv(const RbacWanted& wanted, const std::string& project);

}  // namespace kproto::monitoring_stack
