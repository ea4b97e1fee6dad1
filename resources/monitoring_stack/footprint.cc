// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/footprint.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/rendered_stack.h"
#include "resources/monitoring_stack/checks/workloads.h"

namespace kproto::monitoring_stack {
namespace {

using argocd::GroupKind;
using kubernetes::StringAt;
using Json = nlohmann::json;

// Kubernetes' own kinds outside namespaces that charts render. Of a custom kind the rendered object
// does not say; such are allowed in both places.
const std::set<std::string>& ClusterKinds() {
  static const auto& kinds = *new std::set<std::string>{"APIService",
                                                        "CSIDriver",
                                                        "ClusterRole",
                                                        "ClusterRoleBinding",
                                                        "CustomResourceDefinition",
                                                        "IngressClass",
                                                        "MutatingWebhookConfiguration",
                                                        "Namespace",
                                                        "Node",
                                                        "PersistentVolume",
                                                        "PriorityClass",
                                                        "RuntimeClass",
                                                        "StorageClass",
                                                        "ValidatingAdmissionPolicy",
                                                        "ValidatingAdmissionPolicyBinding",
                                                        "ValidatingWebhookConfiguration",
                                                        "VolumeSnapshotClass"};
  return kinds;
}

// What controllers make of a kind: without leave Argo CD would not show it to anybody.
std::vector<GroupKind> ChildrenOf(const std::string& kind) {
  static const auto& children = *new std::map<std::string, std::vector<GroupKind>>{
      {"Deployment", {{"apps", "ReplicaSet"}, {"", "Pod"}}},
      {"StatefulSet", {{"apps", "ControllerRevision"}, {"", "PersistentVolumeClaim"}, {"", "Pod"}}},
      {"DaemonSet", {{"apps", "ControllerRevision"}, {"", "Pod"}}},
      {"Job", {{"", "Pod"}}},
      {"CronJob", {{"batch", "Job"}, {"", "Pod"}}},
      {"Service", {{"", "Endpoints"}, {"discovery.k8s.io", "EndpointSlice"}}}};
  const auto found = children.find(kind);
  return found == children.end() ? std::vector<GroupKind>{} : found->second;
}

std::string GroupOf(const std::string& api_version) {
  const size_t slash = api_version.find('/');
  return slash == std::string::npos ? "" : api_version.substr(0, slash);
}

bool IsKubernetes(const std::string& group) {
  return !absl::StrContains(group, '.') || absl::EndsWith(group, ".k8s.io");
}

class Collector {
 public:
  void Add(const RenderedComponent& component, const Json& object) {
    const std::string kind = StringAt(object, "/kind");
    if (kind.empty() || IsTest(object)) {
      return;
    }
    if (kind == "HorizontalPodAutoscaler") {
      scaled_[component.name].insert({GroupOf(StringAt(object, "/spec/scaleTargetRef/apiVersion")),
                                      StringAt(object, "/spec/scaleTargetRef/kind"),
                                      StringAt(object, "/spec/scaleTargetRef/name")});
    }
    const GroupKind it{GroupOf(StringAt(object, "/apiVersion")), kind};
    const std::string ns = StringAt(object, "/metadata/namespace");
    const bool custom = !IsKubernetes(it.group);
    if (ClusterKinds().count(kind) > 0 || (custom && ns.empty())) {
      cluster_.insert(it);
    }
    if (ClusterKinds().count(kind) == 0) {
      namespaced_.insert(it);
      namespaces_.insert(ns.empty() ? component.ns : ns);
    }
    for (const GroupKind& child : ChildrenOf(kind)) {
      namespaced_.insert(child);
    }
  }

  Needs All() const {
    return {{cluster_.begin(), cluster_.end()},
            {namespaced_.begin(), namespaced_.end()},
            {namespaces_.begin(), namespaces_.end()}};
  }
  void TakeScaled(Footprint& footprint) const {
    for (const auto& [component, workloads] : scaled_) {
      footprint.scaled[component].assign(workloads.begin(), workloads.end());
    }
  }

 private:
  std::set<GroupKind> cluster_, namespaced_;
  std::set<std::string> namespaces_;
  std::map<std::string, std::set<Footprint::Scaled>> scaled_;
};

Json KindsJson(const std::vector<GroupKind>& kinds) {
  Json json = Json::array();
  for (const GroupKind& kind : kinds) {
    json.push_back({kind.group, kind.kind});
  }
  return json;
}

std::vector<GroupKind> KindsFrom(const Json& json) {
  std::vector<GroupKind> kinds;
  for (const Json& kind : json) {
    kinds.push_back({StringAt(kind, "/0"), StringAt(kind, "/1")});
  }
  return kinds;
}

Json NeedsJson(const Needs& needs) {
  return {{"cluster", KindsJson(needs.cluster_kinds)},
          {"namespaced", KindsJson(needs.namespaced_kinds)},
          {"namespaces", needs.namespaces}};
}

Needs NeedsFrom(const Json& json) {
  return {KindsFrom(kubernetes::ListAt(json, "/cluster")),
          KindsFrom(kubernetes::ListAt(json, "/namespaced")),
          kubernetes::StringsAt(json, "/namespaces")};
}

}  // namespace

Footprint FootprintOf(const RenderedStack& stack) {
  Collector own, extra;
  std::vector<const RenderedComponent*> components;  // in Git mode what the chart in it makes
  for (const RenderedComponent& component : stack.components) {
    if (component.extra || !stack.git) {
      components.push_back(&component);
    }
  }
  if (stack.git) {
    for (const RenderedComponent& component : stack.git->components) {
      components.push_back(&component);
    }
  }
  for (const RenderedComponent* component : components) {
    if (component->by_argocd) {
      for (const Json& object : component->objects) {
        (component->extra ? extra : own).Add(*component, object);
      }
    }
  }
  Footprint footprint;
  static_cast<Needs&>(footprint) = own.All();
  footprint.extra = extra.All();
  own.TakeScaled(footprint);
  extra.TakeScaled(footprint);
  std::set<std::string> images;
  for (const Workload& workload : WorkloadsOf(stack)) {
    for (const char* list : {"/initContainers", "/containers"}) {
      for (const Json& container : kubernetes::ListAt(*workload.pod, list)) {
        images.insert(StringAt(container, "/image"));
      }
    }
  }
  images.erase("");
  footprint.images.assign(images.begin(), images.end());
  if (stack.git) {
    const std::set<std::string> all(stack.git->repositories.begin(), stack.git->repositories.end());
    footprint.commit = stack.git->commit;
    footprint.repositories.assign(all.begin(), all.end());
  }
  return footprint;
}

bool NeedTheSame(Footprint a, Footprint b) {
  if (!a.commit.empty() && !b.commit.empty()) {
    a.commit = b.commit;
  }
  return a == b;
}

Json ToJson(const Footprint& footprint) {
  Json scaled = Json::object();
  for (const auto& [component, workloads] : footprint.scaled) {
    for (const Footprint::Scaled& one : workloads) {
      scaled[component].push_back({one.group, one.kind, one.name});
    }
  }
  Json json = NeedsJson(footprint);
  json["extra"] = NeedsJson(footprint.extra);
  json["scaled"] = scaled;
  json["images"] = footprint.images;
  json["commit"] = footprint.commit;
  json["repositories"] = footprint.repositories;
  return json;
}

Footprint FootprintFrom(const Json& json) {
  Footprint footprint;
  static_cast<Needs&>(footprint) = NeedsFrom(json);
  if (const Json* extra = kubernetes::FieldAt(json, "/extra"); extra != nullptr) {
    footprint.extra = NeedsFrom(*extra);
  }
  footprint.images = kubernetes::StringsAt(json, "/images");
  footprint.commit = StringAt(json, "/commit");
  footprint.repositories = kubernetes::StringsAt(json, "/repositories");
  if (const Json* scaled = kubernetes::FieldAt(json, "/scaled");
      scaled != nullptr && scaled->is_object()) {
    for (const auto& [component, workloads] : scaled->items()) {
      for (const Json& one : workloads) {
        footprint.scaled[component].push_back(
            {StringAt(one, "/0"), StringAt(one, "/1"), StringAt(one, "/2")});
      }
    }
  }
  return footprint;
}

}  // namespace kproto::monitoring_stack
