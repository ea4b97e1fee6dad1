// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/rbac.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::monitoring_stack {
namespace {

using Json = nlohmann::json;

constexpr char kApiVersion[] = "rbac.authorization.k8s.io/v1";
constexpr char kApiGroup[] = "rbac.authorization.k8s.io";

Json Rule(std::vector<std::string> groups, std::vector<std::string> resources,
          std::vector<std::string> verbs) {
  return {{"apiGroups", groups}, {"resources", resources}, {"verbs", verbs}};
}

// Everything but Secrets. Every role below includes the one above.
Json ViewerRules() {
  const std::vector<std::string> see = {"get", "list", "watch"};
  return {Rule({""},
               {"pods", "pods/log", "services", "endpoints", "configmaps", "events",
                "persistentvolumeclaims", "resourcequotas", "serviceaccounts"},
               see),
          Rule({"apps"}, {"deployments", "statefulsets", "daemonsets", "replicasets"}, see),
          Rule({"batch"}, {"jobs", "cronjobs"}, see),
          Rule({"autoscaling"}, {"horizontalpodautoscalers"}, see),
          Rule({"policy"}, {"poddisruptionbudgets"}, see),
          Rule({"networking.k8s.io"}, {"ingresses", "networkpolicies"}, see),
          Rule({"events.k8s.io"}, {"events"}, see),
          Rule({"argoproj.io"}, {"applications", "applicationsets", "appprojects"}, see)};
}

Json OperatorRules() {
  Json rules = ViewerRules();
  rules.push_back(Rule({""}, {"pods"}, {"delete"}));
  rules.push_back(Rule({""}, {"pods/portforward"}, {"create"}));
  // `kubectl rollout restart` is a patch; which Applications exist stays Argo CD's business.
  rules.push_back(Rule({"apps"}, {"deployments", "statefulsets", "daemonsets"}, {"patch"}));
  rules.push_back(
      Rule({"apps"}, {"deployments/scale", "statefulsets/scale"}, {"get", "patch", "update"}));
  return rules;
}

Json AdminRules() { return Json::array({Rule({"*"}, {"*"}, {"*"})}); }

std::string RoleName(const std::string& ns, const char* role) {
  return absl::StrCat("kproto-", ns, "-", role);
}

Json RoleOf(const std::string& name, Json rules) {
  return {{"apiVersion", kApiVersion},
          {"kind", "ClusterRole"},
          {"metadata", {{"name", name}}},
          {"rules", std::move(rules)}};
}

// In a namespace only: nobody gets a right outside the stack.
Json BindingOf(const std::string& name, const std::string& ns,
               const std::vector<std::string>& groups) {
  Json subjects = Json::array();
  for (const std::string& group : groups) {
    subjects.push_back({{"apiGroup", kApiGroup}, {"kind", "Group"}, {"name", group}});
  }
  return {{"apiVersion", kApiVersion},
          {"kind", "RoleBinding"},
          {"metadata", {{"name", name}, {"namespace", ns}}},
          {"roleRef", {{"apiGroup", kApiGroup}, {"kind", "ClusterRole"}, {"name", name}}},
          {"subjects", subjects}};
}

std::vector<std::string> Sorted(const Attr<SetOf<std::string>>& groups) {
  std::vector<std::string> names;
  if (groups.is_known()) {
    for (const Attr<std::string>& group : groups->elements) {
      names.push_back(group.value_or(""));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

Attr<SetOf<std::string>> SetFrom(const Json& subjects) {
  SetOf<std::string> groups;
  for (const Json& subject : subjects) {
    groups.elements.push_back(kubernetes::StringAt(subject, "/name"));
  }
  return groups.elements.empty() ? Attr<SetOf<std::string>>() : Attr<SetOf<std::string>>(groups);
}

}  // namespace

RbacWanted RbacOf(const Attr<StackRbac>& rbac) {
  return rbac.is_known() ? RbacWanted{Sorted(rbac->viewer_groups), Sorted(rbac->operator_groups),
                                      Sorted(rbac->admin_groups)}
                         : RbacWanted{};
}

Attr<StackRbac> RbacFrom(const std::vector<Json>& objects, const std::string& ns) {
  StackRbac rbac;
  for (const Json& object : objects) {
    if (kubernetes::StringAt(object, "/kind") != "RoleBinding") {
      continue;
    }
    const std::string role = kubernetes::StringAt(object, "/roleRef/name");
    const Json& subjects = kubernetes::ListAt(object, "/subjects");
    if (role == RoleName(ns, "viewer")) {
      rbac.viewer_groups = SetFrom(subjects);
    } else if (role == RoleName(ns, "operator")) {
      rbac.operator_groups = SetFrom(subjects);
    } else if (role == RoleName(ns, "admin")) {
      rbac.admin_groups = SetFrom(subjects);
    }
  }
  const bool nobody =
      rbac.viewer_groups.is_null() && rbac.operator_groups.is_null() && rbac.admin_groups.is_null();
  return nobody ? Attr<StackRbac>() : Attr<StackRbac>(rbac);
}

std::vector<Json> RbacObjects(const RbacWanted& wanted, const std::string& ns,
                              const std::string& argocd_ns) {
  std::vector<Json> objects;
  const auto add = [&](const char* role, const std::vector<std::string>& groups, Json rules) {
    if (!groups.empty()) {
      const std::string name = RoleName(ns, role);
      objects.push_back(RoleOf(name, std::move(rules)));
      objects.push_back(BindingOf(name, ns, groups));
      objects.push_back(BindingOf(name, argocd_ns, groups));
    }
  };
  add("viewer", wanted.viewers, ViewerRules());
  add("operator", wanted.operators, OperatorRules());
  add("admin", wanted.admins, AdminRules());
  return objects;
}

std::string PolicyCsv(const RbacWanted& wanted, const std::string& project) {
  std::string csv;
  const auto allow = [&](const char* role, const char* resource, const char* action) {
    absl::StrAppend(&csv, "p, role:", project, "-", role, ", ", resource, ", ", action, ", ",
                    project, absl::StrCat(resource) == "projects" ? "" : "/*", ", allow\n");
  };
  const auto grant = [&](const std::vector<std::string>& groups, const std::string& role) {
    for (const std::string& group : groups) {
      absl::StrAppend(&csv, "g, \"", group, "\", role:", role, "\n");
    }
  };
  if (!wanted.viewers.empty() || !wanted.operators.empty()) {
    for (const char* role : {"viewer", "operator"}) {
      allow(role, "applications", "get");
      allow(role, "logs", "get");
      allow(role, "projects", "get");
    }
    allow("operator", "applications", "sync");
    allow("operator", "applications", "action/*");
  }
  grant(wanted.viewers, absl::StrCat(project, "-viewer"));
  grant(wanted.operators, absl::StrCat(project, "-operator"));
  grant(wanted.admins, "admin");
  return csv;
}

}  // namespace kproto::monitoring_stack
