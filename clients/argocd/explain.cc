// SPDX-License-Identifier: MPL-2.0
#include "clients/argocd/explain.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "clients/kubernetes/explain.h"

namespace kproto::argocd {
namespace {

constexpr int kMostLines = 8;  // of each kind: the first few tell the story

std::string Name(const ResourceState& resource) {
  return absl::StrCat(resource.kind, " ", resource.ns, resource.ns.empty() ? "" : "/",
                      resource.name);
}

bool IsBad(const ResourceState& resource) {
  return resource.status == "SyncFailed" || resource.status == "Failed" ||
         resource.status == "Error" || resource.health == "Degraded" ||
         resource.health == "Missing";
}

void AppendResources(std::string& text, const std::vector<ResourceState>& resources,
                     absl::string_view who) {
  int lines = 0;
  for (const ResourceState& resource : resources) {
    if (IsBad(resource) && ++lines <= kMostLines) {
      absl::StrAppend(&text, "\n", who, Name(resource), ": ",
                      resource.health.empty() ? resource.status : resource.health,
                      resource.message.empty() ? "" : ": ", resource.message);
    }
  }
}

std::string ReleaseName(const Application& want) {
  for (const Source& source : want.sources) {
    if (source.helm.has_value() && !source.helm->release_name.empty()) {
      return source.helm->release_name;
    }
  }
  return want.name;
}

}  // namespace

std::string Explain(kubernetes::Kubernetes& kubernetes, const Application& want,
                    const ApplicationState& is, const kubernetes::Call& call) {
  std::string text;
  for (const Condition& condition : is.conditions) {
    if (absl::EndsWith(condition.type, "Error")) {
      absl::StrAppend(&text, "\nArgo CD: ", condition.type, ": ", condition.message);
    }
  }
  const Phase phase = is.operation.phase;
  if (phase != Phase::kNone && phase != Phase::kSucceeded) {
    absl::StrAppend(&text, "\nArgo CD: sync ", ToString(phase),
                    is.operation.message.empty() ? "" : ": ", is.operation.message);
    AppendResources(text, is.operation.resources, "Argo CD: ");
  }
  AppendResources(text, is.resources, "Argo CD: ");
  // Every chart of note labels its pods with the release; where one does not, its neighbours in
  // the namespace are the next best guess.
  std::string pods = kubernetes::Explain(
      kubernetes, want.destination.ns,
      absl::StrCat("app.kubernetes.io/instance=", ReleaseName(want)), kMostLines, call);
  if (pods.empty()) {
    pods = kubernetes::Explain(kubernetes, want.destination.ns, "", kMostLines, call);
  }
  if (!pods.empty()) {
    absl::StrAppend(&text, "\n", pods);
  }
  return text;
}

}  // namespace kproto::argocd
