// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/nodes.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

constexpr char kNodes[] = "/api/v1/nodes";
// KWOK manages every node here; the mark tells our nodes from those a user made by hand.
constexpr char kMark[] = "kwok.x-k8s.io/node";

json Taints(const NodeSpec& spec) {
  json taints = json::array();
  for (const Taint& taint : spec.taints) {
    taints.push_back({{"key", taint.key}, {"value", taint.value}, {"effect", taint.effect}});
  }
  return taints;
}

bool IsSystemTaint(const json& taint) {
  return absl::StartsWith(Text(taint, {"key"}), "node.kubernetes.io/") ||
         absl::StartsWith(Text(taint, {"key"}), "node.cloudprovider.kubernetes.io/");
}

// Kubernetes leaves out an empty value and adds the time it saw a taint.
json Comparable(json taints) {
  for (json& taint : taints) {
    taint = {{"key", Text(taint, {"key"})},
             {"value", Text(taint, {"value"})},
             {"effect", Text(taint, {"effect"})}};
  }
  std::sort(taints.begin(), taints.end());
  return taints;
}

// What DOKS keeps for the system, rounded from its documentation's table of allocatable memory.
int64_t ReservedMemoryMib(int64_t memory_mib) {
  const int64_t gib = memory_mib / 1024;
  return gib <= 2 ? 1024 : gib <= 4 ? 1536 : gib <= 8 ? 2048 : gib <= 16 ? 3072 : 4096;
}

json Resources(int64_t milli_cpus, int64_t memory_mib) {
  return {{"cpu", absl::StrCat(milli_cpus, "m")},
          {"memory", absl::StrCat(memory_mib, "Mi")},
          {"ephemeral-storage", "100Gi"},
          {"pods", "110"}};
}

// An address that stays the same for the same droplet.
std::string InternalAddress(const std::string& provider_id) {
  uint64_t droplet = 0;
  if (!absl::SimpleAtoi(provider_id.substr(provider_id.rfind('/') + 1), &droplet)) {
    droplet = std::hash<std::string>()(provider_id);
  }
  return absl::StrCat("10.100.", droplet / 254 % 256, ".", droplet % 254 + 1);
}

bool IsReady(const json& node) {
  for (const json& condition : Items(node, {"status", "conditions"})) {
    if (Text(condition, {"type"}) == "Ready") {
      return Text(condition, {"status"}) == "True";
    }
  }
  return false;
}

// The node first, so that nothing is scheduled to it again.
absl::Status Remove(ApiClient& api, const std::string& name) {
  KPROTO_RETURN_IF_ERROR(api.Delete(absl::StrCat(kNodes, "/", name)));
  KPROTO_ASSIGN_OR_RETURN(
      const json pods, api.Get(absl::StrCat("/api/v1/pods?fieldSelector=spec.nodeName%3D", name)));
  for (const json& pod : Items(pods)) {
    KPROTO_RETURN_IF_ERROR(
        api.Delete(absl::StrCat("/api/v1/namespaces/", Text(pod, {"metadata", "namespace"}),
                                "/pods/", Text(pod, {"metadata", "name"})),
                   {{"gracePeriodSeconds", 0}}));
  }
  return absl::OkStatus();
}

}  // namespace

json NodeObject(const NodeSpec& spec) {
  json labels = spec.labels;
  labels.update({{"kubernetes.io/hostname", spec.name},
                 {"kubernetes.io/os", "linux"},
                 {"kubernetes.io/arch", "amd64"}});
  const int64_t milli_cpus = spec.vcpus * 1000;
  const int64_t kept = ReservedMemoryMib(spec.memory_mib);
  return {
      {"apiVersion", "v1"},
      {"kind", "Node"},
      {"metadata", {{"name", spec.name}, {"labels", labels}, {"annotations", {{kMark, "fake"}}}}},
      {"spec", {{"providerID", spec.provider_id}, {"taints", Taints(spec)}}},
      {"status",
       {{"capacity", Resources(milli_cpus, spec.memory_mib)},
        {"allocatable", Resources(std::max<int64_t>(milli_cpus - 100, 100),
                                  std::max<int64_t>(spec.memory_mib - kept, 256))},
        {"addresses",
         {{{"type", "Hostname"}, {"address", spec.name}},
          {{"type", "InternalIP"}, {"address", InternalAddress(spec.provider_id)}}}}}}};
}

json NodePatch(const json& node, const NodeSpec& spec) {
  json patch;
  for (const auto& [key, value] : spec.labels) {
    if (Text(node, {"metadata", "labels", key}) != value) {
      patch["metadata"]["labels"][key] = value;
    }
  }
  json pool = json::array();
  json system = json::array();
  for (const json& taint : Items(node, {"spec", "taints"})) {
    (IsSystemTaint(taint) ? system : pool).push_back(taint);
  }
  if (Comparable(pool) != Comparable(Taints(spec))) {
    json taints = Taints(spec);
    taints.insert(taints.end(), system.begin(), system.end());
    patch["spec"]["taints"] = taints;
  }
  return patch;
}

absl::StatusOr<std::set<std::string>> ReconcileNodes(ApiClient& api,
                                                     const std::vector<NodeSpec>& wanted) {
  KPROTO_ASSIGN_OR_RETURN(const json list, api.Get(kNodes));
  std::map<std::string, const json*> live;
  for (const json& node : Items(list)) {
    if (!At(node, {"metadata", "annotations", kMark}).is_null()) {
      live[Text(node, {"metadata", "name"})] = &node;
    }
  }
  std::set<std::string> ready;
  for (const NodeSpec& spec : wanted) {
    const auto found = live.find(spec.name);
    if (found == live.end()) {
      KPROTO_RETURN_IF_ERROR(api.Create(kNodes, NodeObject(spec)).status());
      continue;
    }
    if (IsReady(*found->second)) {
      ready.insert(spec.name);
    }
    if (const json patch = NodePatch(*found->second, spec); !patch.is_null()) {
      KPROTO_RETURN_IF_ERROR(api.MergePatch(absl::StrCat(kNodes, "/", spec.name), patch).status());
    }
    live.erase(found);
  }
  for (const auto& [name, node] : live) {
    KPROTO_RETURN_IF_ERROR(Remove(api, name));
  }
  return ready;
}

}  // namespace kproto::lab
