// SPDX-License-Identifier: MPL-2.0
// Rule crds: a custom resource finds its CustomResourceDefinition, and none is too large to be
// applied as Argo CD applies by default: kubectl's way, with a copy of it in an annotation.
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/checks/workloads.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::StringAt;

constexpr size_t kAnnotationLimit = 262144;  // bytes, of all annotations of an object

std::string GroupOf(const Json& object) {
  const std::vector<std::string> parts = absl::StrSplit(StringAt(object, "/apiVersion"), '/');
  return parts.size() == 2 ? parts[0] : "";
}

// Groups that Kubernetes itself serves: those without a dot, and *.k8s.io but for the projects that
// bring CRDs under such a name.
bool IsBuiltIn(const std::string& group) {
  if (!absl::StrContains(group, '.')) {
    return true;
  }
  for (const char* of_crds : {"gateway.networking.k8s.io", "snapshot.storage.k8s.io",
                              "metrics.k8s.io", "custom.metrics.k8s.io", "x-k8s.io"}) {
    if (absl::EndsWith(group, of_crds)) {
      return false;
    }
  }
  return absl::EndsWith(group, ".k8s.io");
}

std::string BringerOf(const std::string& group) {
  return group == "monitoring.coreos.com" ? "the chart prometheus-operator-crds or "
                                            "kube-prometheus-stack"
         : absl::EndsWith(group, "gateway.networking.k8s.io") ? "the Gateway API's CRDs"
                                                              : "the chart that brings it";
}

void CheckSize(const RenderedComponent& component, const Json& crd, Findings& findings) {
  const size_t size = crd.dump(-1, ' ', false, Json::error_handler_t::replace).size();
  if (!component.by_argocd || size <= kAnnotationLimit) {
    return;  // Helm keeps no copy in an annotation
  }
  Finding finding;
  finding.component = component.name;
  finding.attribute = component.At("chart_version");
  finding.summary = absl::StrCat("CustomResourceDefinition ", StringAt(crd, "/metadata/name"),
                                 " is too large for Argo CD to apply");
  finding.cause = absl::StrCat("It has ", size,
                               " bytes, and an annotation that holds all of it may "
                               "have ",
                               kAnnotationLimit, ".");
  finding.cure =
      "Annotate it with argocd.argoproj.io/sync-options: ServerSideApply=true, or install its CRDs "
      "apart.";
  findings.push_back(std::move(finding));
}

bool IsServerSide(const Json& crd) {
  const auto annotations = kubernetes::StringMapAt(crd, "/metadata/annotations");
  const auto options = annotations.find("argocd.argoproj.io/sync-options");
  return options != annotations.end() && absl::StrContains(options->second, "ServerSideApply=true");
}

}  // namespace

void CheckCrds(const RenderedStack& stack, Findings& findings) {
  std::set<std::pair<std::string, std::string>> defined;  // group, kind
  for (const Rendered& crd : ObjectsOf(stack, "CustomResourceDefinition")) {
    defined.insert(
        {StringAt(*crd.object, "/spec/group"), StringAt(*crd.object, "/spec/names/kind")});
    if (!IsServerSide(*crd.object)) {
      CheckSize(*crd.component, *crd.object, findings);
    }
  }
  std::set<std::pair<std::string, std::string>> told;
  for (const RenderedComponent& component : stack.components) {
    for (const Json& object : component.objects) {
      const std::string group = GroupOf(object), kind = StringAt(object, "/kind");
      if (IsBuiltIn(group) || defined.count({group, kind}) > 0 || group == "argoproj.io" ||
          !told.insert({group, kind}).second) {
        continue;
      }
      Finding finding;
      finding.component = component.name;
      // Somebody may have installed it in a cluster that is there already.
      finding.severity = stack.cluster_is_new ? Severity::kError : Severity::kWarning;
      finding.attribute = component.At("chart_version");
      finding.summary = absl::StrCat("No chart of the stack defines ", kind, " (", group, ")");
      finding.cause =
          absl::StrCat("Chart ", component.chart.name, " renders ", kind, " ",
                       StringAt(object, "/metadata/name"),
                       ", which a cluster without its CustomResourceDefinition refuses.");
      finding.cure = absl::StrCat("Install ", BringerOf(group),
                                  " first, or turn it off in the values (such as "
                                  "serviceMonitor.enabled).");
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace kproto::monitoring_stack
