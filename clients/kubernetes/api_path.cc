// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/api_path.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "clients/http/url.h"

namespace kproto::kubernetes {
namespace {

struct KnownKind {
  absl::string_view group, kind, plural;
  Scope scope = Scope::kNamespaced;
};

constexpr KnownKind kKnownKinds[] = {
    {"", "ConfigMap", "configmaps"},
    {"", "Event", "events"},
    {"", "Namespace", "namespaces", Scope::kCluster},
    {"", "Node", "nodes", Scope::kCluster},
    {"", "PersistentVolume", "persistentvolumes", Scope::kCluster},
    {"", "PersistentVolumeClaim", "persistentvolumeclaims"},
    {"", "Pod", "pods"},
    {"", "Secret", "secrets"},
    {"", "Service", "services"},
    {"", "ServiceAccount", "serviceaccounts"},
    {"apps", "DaemonSet", "daemonsets"},
    {"apps", "Deployment", "deployments"},
    {"apps", "ReplicaSet", "replicasets"},
    {"apps", "StatefulSet", "statefulsets"},
    {"batch", "Job", "jobs"},
    {"coordination.k8s.io", "Lease", "leases"},
    {"networking.k8s.io", "Ingress", "ingresses"},
    {"networking.k8s.io", "NetworkPolicy", "networkpolicies"},
    {"rbac.authorization.k8s.io", "ClusterRole", "clusterroles", Scope::kCluster},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding", "clusterrolebindings", Scope::kCluster},
    {"rbac.authorization.k8s.io", "Role", "roles"},
    {"rbac.authorization.k8s.io", "RoleBinding", "rolebindings"},
    {"storage.k8s.io", "StorageClass", "storageclasses", Scope::kCluster},
    {"apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions",
     Scope::kCluster},
    {"argoproj.io", "Application", "applications"},
    {"argoproj.io", "ApplicationSet", "applicationsets"},
    {"argoproj.io", "AppProject", "appprojects"},
};

absl::string_view GroupOf(absl::string_view api_version) {
  const size_t slash = api_version.find('/');
  return slash == absl::string_view::npos ? "" : api_version.substr(0, slash);
}

}  // namespace

std::optional<ApiResource> KnownResource(absl::string_view api_version, absl::string_view kind) {
  for (const KnownKind& known : kKnownKinds) {
    if (known.kind == kind && known.group == GroupOf(api_version)) {
      return ApiResource{std::string(known.plural), known.scope};
    }
  }
  return std::nullopt;
}

std::string GroupVersionPath(absl::string_view api_version) {
  return absl::StrCat(GroupOf(api_version).empty() ? "/api/" : "/apis/", api_version);
}

std::string CollectionPath(absl::string_view api_version, const ApiResource& resource,
                           absl::string_view ns) {
  const bool inside = resource.scope == Scope::kNamespaced && !ns.empty();
  return absl::StrCat(GroupVersionPath(api_version),
                      inside ? absl::StrCat("/namespaces/", http::PercentEncode(ns)) : "", "/",
                      resource.plural);
}

std::string ObjectPath(const ObjectKey& key, const ApiResource& resource) {
  return absl::StrCat(CollectionPath(key.api_version, resource, key.ns), "/",
                      http::PercentEncode(key.name));
}

std::string ServiceProxyPath(const ServiceRequest& request) {
  return absl::StrCat("/api/v1/namespaces/", http::PercentEncode(request.ns), "/services/",
                      http::PercentEncode(request.scheme), ":",
                      http::PercentEncode(request.service), ":", http::PercentEncode(request.port),
                      "/proxy/", absl::StripPrefix(request.path, "/"));
}

}  // namespace kproto::kubernetes
