// SPDX-License-Identifier: MPL-2.0
// Rule references: what pods and Ingresses name is there: Secrets to pull images with and to mount,
// claims, and somebody who serves the Ingress. In a cluster that is there already somebody may have
// made it; in a new one nobody has.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/checks/workloads.h"
#include "resources/monitoring_stack/wiring.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::FieldAt;
using kubernetes::ListAt;
using kubernetes::StringAt;

constexpr char kToPull[] = "to pull images with";

struct Reference {
  std::string kind, name;
  const char* for_what;
};

void Add(const std::string& kind, const std::string& name, const Json& said, const char* for_what,
         std::vector<Reference>& references) {
  if (!name.empty() && !kubernetes::BoolAt(said, "/optional")) {
    references.push_back({kind, name, for_what});
  }
}

std::vector<Reference> ReferencesOf(const Workload& workload) {
  std::vector<Reference> references;
  for (const Json& secret : ListAt(*workload.pod, "/imagePullSecrets")) {
    Add("Secret", StringAt(secret, "/name"), secret, kToPull, references);
  }
  for (const Json& volume : ListAt(*workload.pod, "/volumes")) {
    const Json nothing;
    const Json* secret = FieldAt(volume, "/secret");
    const Json* config = FieldAt(volume, "/configMap");
    Add("Secret", StringAt(volume, "/secret/secretName"), secret != nullptr ? *secret : nothing,
        "as a volume", references);
    Add("ConfigMap", StringAt(volume, "/configMap/name"), config != nullptr ? *config : nothing,
        "as a volume", references);
    Add("PersistentVolumeClaim", StringAt(volume, "/persistentVolumeClaim/claimName"), volume,
        "as a volume", references);
  }
  for (const Json& container : ListAt(*workload.pod, "/containers")) {
    for (const Json& from : ListAt(container, "/envFrom")) {
      const Json nothing;
      const Json* secret = FieldAt(from, "/secretRef");
      Add("Secret", StringAt(from, "/secretRef/name"), secret != nullptr ? *secret : nothing,
          "for its environment", references);
    }
  }
  return references;
}

// Loki's way into its bucket, which the user was told to make.
std::string BucketSecret(const RenderedStack& stack) {
  const Attr<StackLoki>& loki = stack.planned.loki;
  return loki.is_known() && loki->object_storage.is_known()
             ? loki->object_storage->credentials_secret.value_or("")
             : "";
}

// What is in the namespaces beside what charts render.
std::set<std::string> MadeByUs(const RenderedStack& stack) {
  std::set<std::string> made = {
      // Its step says so when somebody else was to make it and has not.
      absl::StrCat("Secret/", stack.planned.ns.value_or("monitoring"), "/",
                   stack.planned.grafana.is_known()
                       ? stack.planned.grafana->existing_secret.value_or(kGrafanaAdminSecret)
                       : kGrafanaAdminSecret),
      absl::StrCat("Secret/", stack.planned.ns.value_or("monitoring"), "/", BucketSecret(stack)),
      "Secret/argocd/argocd-redis",  // by a hook of the chart, at its first installation
  };
  const std::vector<Json> dashboards =
      DashboardObjects(stack.files.dashboards, stack.planned.ns.value_or("monitoring"));
  for (const Json& object : dashboards) {
    made.insert(absl::StrCat("ConfigMap/", StringAt(object, "/metadata/namespace"), "/",
                             StringAt(object, "/metadata/name")));
  }
  if (const RenderedComponent* argocd = stack.Find(kReleaseName); argocd != nullptr) {
    made.insert(absl::StrCat("Secret/", argocd->ns, "/argocd-redis"));
    // Argo CD's own; made by argocd-server when they are missing, or optional.
    for (const char* name : {"argocd-secret", "argocd-initial-admin-secret",
                             "argocd-repo-server-tls", "argocd-dex-server-tls"}) {
      made.insert(absl::StrCat("Secret/", argocd->ns, "/", name));
    }
  }
  return made;
}

void CheckPods(const RenderedStack& stack, Findings& findings) {
  std::set<std::string> there = MadeByUs(stack);
  for (const char* kind : {"Secret", "ConfigMap", "PersistentVolumeClaim"}) {
    for (const Rendered& object : ObjectsOf(stack, kind)) {
      there.insert(absl::StrCat(kind, "/", object.ns, "/", object.name));
    }
  }
  for (const Workload& workload : WorkloadsOf(stack)) {
    for (const Reference& reference : ReferencesOf(workload)) {
      const std::string& ns = workload.component->ns;
      if (!there.insert(absl::StrCat(reference.kind, "/", ns, "/", reference.name)).second) {
        continue;  // there, or told already
      }
      Finding finding;
      finding.component = workload.component->name;
      finding.severity = stack.cluster_is_new ? Severity::kError : Severity::kWarning;
      finding.summary = absl::StrCat("Nothing makes the ", reference.kind, " ", reference.name);
      for (const char* key : {"existingSecret", "existingClaim", "secretName", "name"}) {
        if (finding.key.empty()) {
          finding.key = KeyWithValue(workload.component->values, key, reference.name);
        }
      }
      if (finding.key.empty() && reference.for_what == kToPull) {
        finding.key = KeyWithValue(workload.component->values, "imagePullSecrets",
                                   Json::array({{{"name", reference.name}}}));
      }
      finding.cause =
          absl::StrCat("Pods of ", workload.ToString(), " need it in namespace ", ns, " ",
                       reference.for_what, ", and no chart of the stack renders it.");
      finding.cure =
          "Make it before the stack (the namespace may be there already), by extraObjects of the "
          "chart, or remove the reference.";
      findings.push_back(std::move(finding));
    }
  }
}

// Ingresses without anybody who serves them.
void CheckIngresses(const RenderedStack& stack, Findings& findings) {
  std::set<std::string> classes;
  for (const Rendered& served : ObjectsOf(stack, "IngressClass")) {
    classes.insert(served.name);
  }
  for (const Rendered& ingress : ObjectsOf(stack, "Ingress")) {
    const std::string name = StringAt(*ingress.object, "/spec/ingressClassName");
    if (classes.count(name) > 0 || !stack.planned.git.is_null()) {
      continue;  // or the folder in Git brings it
    }
    Finding finding;
    finding.component = ingress.component->name;
    finding.key = KeyWithValue(ingress.component->values, "ingressClassName", name);
    if (finding.key.empty()) {
      finding.key = {"ingress"};
    }
    finding.severity = stack.cluster_is_new ? Severity::kError : Severity::kWarning;
    finding.summary = absl::StrCat("Nobody serves the Ingress ", ingress.name);
    finding.cause = absl::StrCat("No chart of the stack brings the ingress class \"", name,
                                 "\", so the Ingress would never get an address.");
    finding.cure =
        "Install an ingress controller of that class first, or use grafana.expose = "
        "\"load_balancer\".";
    findings.push_back(std::move(finding));
  }
}

}  // namespace

void CheckReferences(const RenderedStack& stack, Findings& findings) {
  CheckPods(stack, findings);
  CheckIngresses(stack, findings);
}

}  // namespace kproto::monitoring_stack
