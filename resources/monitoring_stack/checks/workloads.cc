// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/checks/workloads.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/quantity.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::FieldAt;
using kubernetes::ListAt;
using kubernetes::StringAt;

bool MakesPods(const std::string& kind) {
  return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet";
}

// The autoscaler of a workload; nullptr without one.
const Json* AutoscalerOf(const RenderedComponent& component, const Json& object) {
  for (const Json& other : component.objects) {
    if (StringAt(other, "/kind") == "HorizontalPodAutoscaler" &&
        StringAt(other, "/spec/scaleTargetRef/kind") == StringAt(object, "/kind") &&
        StringAt(other, "/spec/scaleTargetRef/name") == StringAt(object, "/metadata/name")) {
      return &other;
    }
  }
  return nullptr;
}

void Add(const Json& containers, Requests& sum) {
  for (const Json& container : containers) {
    for (const char* part : {"cpu", "memory"}) {
      // A limit without a request is the request.
      const Json* said = FieldAt(container, absl::StrCat("/resources/requests/", part).c_str());
      if (said == nullptr) {
        said = FieldAt(container, absl::StrCat("/resources/limits/", part).c_str());
      }
      if (said == nullptr) {
        continue;
      }
      if (part[0] == 'c') {
        sum.milli_cpus += MilliUnitsOf(*said).value_or(0);
      } else {
        sum.memory_bytes += UnitsOf(*said).value_or(0);
      }
    }
  }
}

Claim ClaimOf(const RenderedComponent& component, const Json& object) {
  Claim claim;
  claim.component = &component;
  claim.name = StringAt(object, "/metadata/name");
  claim.access_modes = kubernetes::StringsAt(object, "/spec/accessModes");
  const Json* storage_class = FieldAt(object, "/spec/storageClassName");
  if (storage_class != nullptr && storage_class->is_string()) {
    claim.storage_class = storage_class->get<std::string>();
  }
  if (const Json* size = FieldAt(object, "/spec/resources/requests/storage"); size != nullptr) {
    claim.bytes = UnitsOf(*size).value_or(0);
  }
  return claim;
}

bool FindKey(const Json& values, const std::string& key, const Json& value,
             std::vector<std::string>& path) {
  if (!values.is_object()) {
    return false;
  }
  if (const auto found = values.find(key); found != values.end() && *found == value) {
    path.push_back(key);
    return true;
  }
  for (const auto& [name, child] : values.items()) {
    path.push_back(name);
    if (FindKey(child, key, value, path)) {
      return true;
    }
    path.pop_back();
  }
  return false;
}

}  // namespace

std::vector<Workload> WorkloadsOf(const RenderedComponent& component) {
  static const Json& nothing = *new Json(Json::object());
  std::vector<Workload> workloads;
  for (const Json& object : component.objects) {
    const std::string kind = StringAt(object, "/kind");
    const Json* pod = FieldAt(object, "/spec/template/spec");
    if (!MakesPods(kind) || pod == nullptr || !pod->is_object()) {
      continue;
    }
    const Json* labels = FieldAt(object, "/spec/template/metadata/labels");
    Workload workload{&component, &object,
                      pod,        labels != nullptr ? labels : &nothing,
                      kind,       StringAt(object, "/metadata/name")};
    workload.replicas = kubernetes::IntAt(object, "/spec/replicas", 1);
    if (const Json* autoscaler = AutoscalerOf(component, object); autoscaler != nullptr) {
      workload.replicas = kubernetes::IntAt(*autoscaler, "/spec/maxReplicas", 1);
    }
    workloads.push_back(std::move(workload));
  }
  return workloads;
}

std::vector<Workload> WorkloadsOf(const RenderedStack& stack) {
  std::vector<Workload> all;
  for (const RenderedComponent& component : stack.components) {
    for (Workload& workload : WorkloadsOf(component)) {
      all.push_back(std::move(workload));
    }
  }
  return all;
}

Requests RequestsOf(const Workload& workload) {
  Requests sum;
  Add(ListAt(*workload.pod, "/containers"), sum);
  // Init containers run one by one, before the others.
  for (const Json& init : ListAt(*workload.pod, "/initContainers")) {
    Requests one;
    Add(Json::array({init}), one);
    sum.milli_cpus = std::max(sum.milli_cpus, one.milli_cpus);
    sum.memory_bytes = std::max(sum.memory_bytes, one.memory_bytes);
  }
  return sum;
}

std::vector<Claim> ClaimsOf(const RenderedStack& stack) {
  std::vector<Claim> claims;
  for (const RenderedComponent& component : stack.components) {
    for (const Json& object : component.objects) {
      if (StringAt(object, "/kind") == "PersistentVolumeClaim") {
        claims.push_back(ClaimOf(component, object));
      }
    }
    for (const Workload& workload : WorkloadsOf(component)) {
      for (const Json& made : ListAt(*workload.object, "/spec/volumeClaimTemplates")) {
        claims.push_back(ClaimOf(component, made));
        claims.back().of = workload.name;
        claims.back().count = workload.replicas;
      }
    }
  }
  return claims;
}

std::vector<Rendered> ObjectsOf(const RenderedStack& stack, const std::string& kind) {
  std::vector<Rendered> found;
  for (const RenderedComponent& component : stack.components) {
    for (const Json& object : component.objects) {
      if (StringAt(object, "/kind") == kind) {
        const std::string ns = StringAt(object, "/metadata/namespace");
        found.push_back({&component, &object, StringAt(object, "/metadata/name"),
                         ns.empty() ? component.ns : ns});
      }
    }
  }
  return found;
}

std::vector<std::string> KeyWithValue(const Json& values, const std::string& key,
                                      const Json& value) {
  std::vector<std::string> path;
  FindKey(values, key, value, path);
  return path;
}

std::string KeyText(const std::vector<std::string>& path) {
  return absl::StrJoin(path, ".", [](std::string* out, const std::string& key) {
    absl::StrAppend(out, absl::StrContains(key, '.') ? absl::StrCat("\"", key, "\"") : key);
  });
}

}  // namespace kproto::monitoring_stack
