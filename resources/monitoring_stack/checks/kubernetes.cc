// SPDX-License-Identifier: MPL-2.0
// Rule kubernetes: chart, Argo CD and rendered objects go with the cluster's Kubernetes version.
// Removed APIs: https://kubernetes.io/docs/reference/using-api/deprecation-guide. What Argo CD is
// tested with: https://argo-cd.readthedocs.io/en/stable/operator-manual/installation.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/checks/workloads.h"

namespace kproto::monitoring_stack {
namespace {

struct Removed {
  const char* api_version;
  const char* kind;  // "" for all of them
  int minor;         // of the first 1.x without it
  const char* instead;
};
constexpr Removed kRemoved[] = {
    {"extensions/v1beta1", "Ingress", 22, "networking.k8s.io/v1"},
    {"extensions/v1beta1", "", 16, "apps/v1"},
    {"apps/v1beta1", "", 16, "apps/v1"},
    {"apps/v1beta2", "", 16, "apps/v1"},
    {"networking.k8s.io/v1beta1", "Ingress", 22, "networking.k8s.io/v1"},
    {"networking.k8s.io/v1beta1", "IngressClass", 22, "networking.k8s.io/v1"},
    {"rbac.authorization.k8s.io/v1beta1", "", 22, "rbac.authorization.k8s.io/v1"},
    {"apiextensions.k8s.io/v1beta1", "", 22, "apiextensions.k8s.io/v1"},
    {"admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration", 22,
     "admissionregistration.k8s.io/v1"},
    {"admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration", 22,
     "admissionregistration.k8s.io/v1"},
    {"apiregistration.k8s.io/v1beta1", "", 22, "apiregistration.k8s.io/v1"},
    {"scheduling.k8s.io/v1beta1", "", 22, "scheduling.k8s.io/v1"},
    {"storage.k8s.io/v1beta1", "StorageClass", 22, "storage.k8s.io/v1"},
    {"storage.k8s.io/v1beta1", "CSIStorageCapacity", 27, "storage.k8s.io/v1"},
    {"coordination.k8s.io/v1beta1", "Lease", 22, "coordination.k8s.io/v1"},
    {"batch/v1beta1", "CronJob", 25, "batch/v1"},
    {"policy/v1beta1", "PodSecurityPolicy", 25, "Pod Security Admission (labels of the namespace)"},
    {"policy/v1beta1", "PodDisruptionBudget", 25, "policy/v1"},
    {"discovery.k8s.io/v1beta1", "EndpointSlice", 25, "discovery.k8s.io/v1"},
    {"events.k8s.io/v1beta1", "Event", 25, "events.k8s.io/v1"},
    {"node.k8s.io/v1beta1", "RuntimeClass", 25, "node.k8s.io/v1"},
    {"autoscaling/v2beta1", "", 25, "autoscaling/v2"},
    {"autoscaling/v2beta2", "", 26, "autoscaling/v2"},
    {"flowcontrol.apiserver.k8s.io/v1beta1", "", 26, "flowcontrol.apiserver.k8s.io/v1"},
    {"flowcontrol.apiserver.k8s.io/v1beta2", "", 29, "flowcontrol.apiserver.k8s.io/v1"},
    {"flowcontrol.apiserver.k8s.io/v1beta3", "", 32, "flowcontrol.apiserver.k8s.io/v1"},
};

// The Kubernetes 1.x that a minor of Argo CD is tested with; only those whose page was read.
struct Tested {
  const char* argocd;  // "3.5."
  int first, last;
};
constexpr Tested kTested[] = {{"3.4.", 32, 35}, {"3.5.", 33, 36}};

// y of "1.y"; nullopt when it is not known.
std::optional<int> MinorOf(const std::string& version) {
  const std::vector<std::string> parts = absl::StrSplit(MinorVersion(version), '.');
  int minor = 0;
  return parts.size() == 2 && absl::SimpleAtoi(parts[1], &minor) ? std::optional<int>(minor)
                                                                 : std::nullopt;
}

const Removed* RemovedIn(const Json& object, int minor) {
  const std::string api_version = kubernetes::StringAt(object, "/apiVersion");
  const std::string kind = kubernetes::StringAt(object, "/kind");
  for (const Removed& removed : kRemoved) {
    if (api_version == removed.api_version && (removed.kind[0] == '\0' || kind == removed.kind)) {
      return minor >= removed.minor ? &removed : nullptr;
    }
  }
  return nullptr;
}

void CheckObjects(const RenderedComponent& component, int minor, Findings& findings) {
  for (const Json& object : component.objects) {
    const Removed* removed = RemovedIn(object, minor);
    if (removed == nullptr) {
      continue;
    }
    const std::string kind = kubernetes::StringAt(object, "/kind");
    Finding finding;
    finding.component = component.name;
    finding.attribute = component.At("chart_version");
    finding.summary =
        absl::StrCat("Kubernetes 1.", minor, " has no ", removed->api_version, " ", kind);
    finding.cause =
        absl::StrCat("Chart ", component.chart.name, " ", component.chart.version, " renders ",
                     kind, " ", kubernetes::StringAt(object, "/metadata/name"),
                     " of an API that ended with 1.", removed->minor - 1, ".");
    finding.cure =
        absl::StrCat("Its successor: ", removed->instead,
                     ". Take a newer chart version, or turn the object off in the values.");
    findings.push_back(std::move(finding));
  }
}

void CheckArgoCd(const RenderedStack& stack, int minor, Findings& findings) {
  const RenderedComponent* argocd = stack.Find(kReleaseName);
  if (argocd == nullptr || argocd->contents == nullptr) {
    return;
  }
  const std::string version(absl::StripPrefix(argocd->contents->metadata.app_version, "v"));
  for (const Tested& tested : kTested) {
    if (!absl::StartsWith(version, tested.argocd) ||
        (minor >= tested.first && minor <= tested.last)) {
      continue;
    }
    Finding finding;
    finding.component = argocd->name;
    finding.severity = Severity::kWarning;  // untested is not broken
    finding.attribute = Path("argocd").Attribute("chart_version");
    finding.summary = absl::StrCat("Argo CD ", version, " is not tested with Kubernetes 1.", minor);
    finding.cause =
        absl::StrCat("Its authors test it with 1.", tested.first, " to 1.", tested.last, ".");
    finding.cure = "Take a chart version with an Argo CD that is, or another Kubernetes version.";
    findings.push_back(std::move(finding));
  }
}

}  // namespace

void CheckKubernetes(const RenderedStack& stack, Findings& findings) {
  const std::optional<int> minor = MinorOf(stack.kube_version);
  if (!minor) {
    return;
  }
  for (const RenderedComponent& component : stack.components) {
    // What the chart itself demands (kubeVersion) is refused by Helm: rule rendering.
    CheckObjects(component, *minor, findings);
  }
  CheckArgoCd(stack, *minor, findings);
}

}  // namespace kproto::monitoring_stack
