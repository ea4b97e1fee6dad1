// SPDX-License-Identifier: MPL-2.0
// Rule quota: the stack fits the ResourceQuota that it gives its own namespace. Kubernetes refuses
// pods above it one by one, and, where it limits requests, every pod that makes none.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/quantity.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/checks/workloads.h"

namespace kproto::monitoring_stack {
namespace {

// What the stack's namespace will hold.
struct Demand {
  int64_t milli_cpus = 0, memory_bytes = 0, pods = 0, storage_bytes = 0, claims = 0,
          load_balancers = 0;
};

bool IsInNamespace(const RenderedStack& stack, const RenderedComponent& component) {
  return component.ns == stack.planned.ns.value_or("");
}

// Where the pools are not known a DaemonSet has one pod at least.
int64_t PodsOf(const RenderedStack& stack, const Workload& workload) {
  if (!workload.IsDaemonSet() || !stack.pools) {
    return workload.replicas;
  }
  int64_t nodes = 0;
  for (const Pool& pool : *stack.pools) {
    nodes += pool.nodes.value_or(1);
  }
  return nodes;
}

Demand DemandOf(const RenderedStack& stack) {
  Demand demand;
  for (const Workload& workload : WorkloadsOf(stack)) {
    if (IsInNamespace(stack, *workload.component)) {
      const int64_t pods = PodsOf(stack, workload);
      const Requests requests = RequestsOf(workload);
      demand.pods += pods;
      demand.milli_cpus += pods * requests.milli_cpus;
      demand.memory_bytes += pods * requests.memory_bytes;
    }
  }
  for (const Claim& claim : ClaimsOf(stack)) {
    if (IsInNamespace(stack, *claim.component)) {
      demand.claims += claim.count;
      demand.storage_bytes += claim.count * claim.bytes;
    }
  }
  for (const Rendered& service : ObjectsOf(stack, "Service")) {
    demand.load_balancers += IsInNamespace(stack, *service.component) &&
                             kubernetes::StringAt(*service.object, "/spec/type") == "LoadBalancer";
  }
  return demand;
}

// Whether every container says how much of a resource it asks for; a limit stands for a request.
bool AsksFor(const Workload& workload, const char* resource) {
  for (const Json& container : kubernetes::ListAt(*workload.pod, "/containers")) {
    if (kubernetes::FieldAt(container, absl::StrCat("/resources/requests/", resource).c_str()) ==
            nullptr &&
        kubernetes::FieldAt(container, absl::StrCat("/resources/limits/", resource).c_str()) ==
            nullptr) {
      return false;
    }
  }
  return true;
}

Finding Against(const std::string& resource, std::string summary) {
  Finding finding;
  finding.attribute = Path("resource_quota").Key(resource);
  finding.summary = std::move(summary);
  return finding;
}

void CheckSum(const std::string& resource, const std::string& quota, int64_t needed,
              const std::string& text, Findings& findings) {
  const bool in_thousandths = resource == "requests.cpu" || resource == "cpu";
  const std::optional<int64_t> most = in_thousandths ? MilliUnits(quota) : Units(quota);
  if (!most) {
    Finding finding = Against(resource, absl::StrCat("\"", quota, "\" is no quantity"));
    finding.cause = "Kubernetes takes numbers such as 4, 500m, 8Gi.";
    finding.cure = "Write it as one.";
    findings.push_back(std::move(finding));
  } else if (needed > *most) {
    Finding finding = Against(
        resource, absl::StrCat("The stack does not fit its quota of ", quota, " ", resource));
    finding.cause = absl::StrCat("Its rendered objects ask for ", text,
                                 ": Kubernetes would refuse what goes beyond.");
    finding.cure = "Raise the quota, or ask for less.";
    findings.push_back(std::move(finding));
  }
}

void CheckEveryPodAsks(const RenderedStack& stack, const std::string& quota, const char* resource,
                       Findings& findings) {
  std::vector<std::string> silent;
  for (const Workload& workload : WorkloadsOf(stack)) {
    if (IsInNamespace(stack, *workload.component) && !AsksFor(workload, resource)) {
      silent.push_back(workload.ToString());
    }
  }
  if (silent.empty()) {
    return;
  }
  Finding finding =
      Against(quota, absl::StrCat("Pods that ask for no ", resource, " would be refused"));
  finding.cause = absl::StrCat("Where a quota limits ", quota,
                               ", Kubernetes wants a request of every container; these make none: ",
                               absl::StrJoin(silent, ", "), ".");
  finding.cure = absl::StrCat("Give them resources.requests.", resource,
                              " in their values files, or leave the quota out.");
  findings.push_back(std::move(finding));
}

}  // namespace

void CheckQuota(const RenderedStack& stack, Findings& findings) {
  if (!stack.planned.resource_quota.is_known()) {
    return;
  }
  const Demand demand = DemandOf(stack);
  for (const auto& [resource, quota] : *stack.planned.resource_quota) {
    if (!quota.is_known()) {
      continue;
    }
    const auto sum = [&, &name = resource, &amount = *quota](int64_t needed, std::string text) {
      CheckSum(name, amount, needed, text, findings);
    };
    if (resource == "requests.cpu" || resource == "cpu") {
      sum(demand.milli_cpus, CpuText(demand.milli_cpus));
      CheckEveryPodAsks(stack, resource, "cpu", findings);
    } else if (resource == "requests.memory" || resource == "memory") {
      sum(demand.memory_bytes, MemoryText(demand.memory_bytes));
      CheckEveryPodAsks(stack, resource, "memory", findings);
    } else if (resource == "pods" || resource == "count/pods") {
      sum(demand.pods, absl::StrCat(demand.pods));
    } else if (resource == "requests.storage") {
      sum(demand.storage_bytes, MemoryText(demand.storage_bytes));
    } else if (resource == "persistentvolumeclaims") {
      sum(demand.claims, absl::StrCat(demand.claims));
    } else if (resource == "services.loadbalancers") {
      sum(demand.load_balancers, absl::StrCat(demand.load_balancers));
    }
  }
}

}  // namespace kproto::monitoring_stack
