// SPDX-License-Identifier: MPL-2.0
// Rule pod_security: every pod keeps to the Pod Security Standard of its namespace. Kubernetes
// takes the Deployment and the DaemonSet, and then makes none of their pods: only an event says
// why.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/pod_standards.h"
#include "resources/monitoring_stack/checks/rules.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::FieldAt;
using kubernetes::StringAt;

// One of the two namespaces, with the attribute that says how its pods are judged.
struct Held {
  std::string ns;
  Path path;
  const Attr<StackPodSecurity>* said;
};

// The pod that an object makes; nullptr when it makes none. Jobs' pods are judged like others.
const Json* PodOf(const Json& object) {
  const std::string kind = StringAt(object, "/kind");
  if (kind == "Pod") {
    return &object;
  }
  return FieldAt(object, kind == "CronJob" ? "/spec/jobTemplate/spec/template" : "/spec/template");
}

struct Pod {
  const RenderedComponent* component;
  const Json* pod;    // or its template
  std::string owner;  // "DaemonSet promtail"
};

std::vector<Pod> PodsIn(const RenderedStack& stack, const std::string& ns) {
  std::vector<Pod> pods;
  for (const RenderedComponent& component : stack.components) {
    for (const Json& object : component.objects) {
      const std::string said = StringAt(object, "/metadata/namespace");
      const Json* pod = IsTest(object) ? nullptr : PodOf(object);
      if (pod != nullptr && FieldAt(*pod, "/spec/containers") != nullptr &&
          (said.empty() ? component.ns : said) == ns) {
        pods.push_back(
            {&component, pod,
             absl::StrCat(StringAt(object, "/kind"), " ", StringAt(object, "/metadata/name"))});
      }
    }
  }
  return pods;
}

// The strictest level under which all of them are allowed.
PodLevel MostFor(const std::vector<Pod>& pods) {
  for (const PodLevel level : {PodLevel::kRestricted, PodLevel::kBaseline}) {
    if (std::all_of(pods.begin(), pods.end(),
                    [&](const Pod& pod) { return ViolationsOf(*pod.pod, level).empty(); })) {
      return level;
    }
  }
  return PodLevel::kPrivileged;
}

void CheckMode(const Held& held, const char* mode, const Attr<std::string>& said, Severity severity,
               const std::vector<Pod>& pods, Findings& findings) {
  const PodLevel level = PodLevelOf(said.value_or(""));
  for (const Pod& pod : pods) {
    const std::vector<std::string> violations = ViolationsOf(*pod.pod, level);
    if (violations.empty()) {
      continue;
    }
    const std::string attribute = held.path.Attribute(mode).ToString();
    Finding& finding =
        AddFinding(findings, pod.component->name, {},
                   absl::StrCat("Pods of ", pod.owner, " violate the Pod Security Standard ",
                                ToString(level)));
    finding.attribute = held.path.Attribute(mode);
    finding.severity = severity;
    finding.cause =
        absl::StrCat("Namespace ", held.ns, " has ", attribute, " = \"", ToString(level),
                     "\", which forbids: ", absl::StrJoin(violations, "; "), ".",
                     severity == Severity::kError ? " None of these pods would be made." : "");
    finding.cure = absl::StrCat("Set ", attribute, " to \"", ToString(MostFor(pods)),
                                "\", the strictest that all pods of the namespace keep to, or "
                                "change the pod in its values file.");
  }
}

}  // namespace

void CheckPodSecurity(const RenderedStack& stack, Findings& findings) {
  const MonitoringStackModel& planned = stack.planned;
  std::vector<Held> namespaces = {
      {planned.ns.value_or("monitoring"), Path("pod_security"), &planned.pod_security}};
  if (planned.argocd.is_known()) {
    namespaces.push_back({planned.argocd->ns.value_or("argocd"),
                          Path("argocd").Attribute("pod_security"), &planned.argocd->pod_security});
  }
  for (const Held& held : namespaces) {
    if (!held.said->is_known()) {
      continue;
    }
    const StackPodSecurity& said = **held.said;
    const std::vector<Pod> pods = PodsIn(stack, held.ns);
    CheckMode(held, "enforce", said.enforce, Severity::kError, pods, findings);
    CheckMode(held, "warn", said.warn, Severity::kWarning, pods, findings);
  }
}

}  // namespace kproto::monitoring_stack
