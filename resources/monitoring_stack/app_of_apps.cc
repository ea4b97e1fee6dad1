// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/app_of_apps.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/comparison.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::StringAt;

constexpr absl::Duration kGitTimeout = absl::Seconds(60);
constexpr char kCreateNamespace[] = "CreateNamespace=true";

git::Call GitCall(const Desired& desired, const GitAccess& git, const helm::Call& call) {
  return {std::min(call.deadline, absl::Now() + kGitTimeout), call.stop,
          LoginFor(desired.git->repo_url, git.config)};
}

// A path may not lead out of the repository.
absl::StatusOr<std::string> FolderOf(const git::Checkout& checkout, const std::string& path) {
  for (const absl::string_view part : absl::StrSplit(path, '/')) {
    if (part == "..") {
      return absl::InvalidArgumentError(absl::StrCat(path, " leads out of the repository"));
    }
  }
  return absl::StrCat(checkout.path(), "/", path);
}

bool IsApplication(const Json& object) {
  return StringAt(object, "/kind") == "Application" &&
         absl::StartsWith(StringAt(object, "/apiVersion"), "argoproj.io/");
}

// Values as Argo CD gives them to Helm.
absl::StatusOr<Json> ValuesForHelm(const argocd::Application& child, const argocd::Source& source) {
  if (!source.helm) {
    return Json::object();
  }
  if (!source.helm->value_files.empty()) {
    return absl::UnimplementedError(
        absl::StrCat("Application ", child.name, " has values files, which only Argo CD reads"));
  }
  if (!source.helm->others.empty()) {
    return absl::UnimplementedError(absl::StrCat("Application ", child.name, " has helm.",
                                                 source.helm->others.begin().key(),
                                                 ", which only Argo CD follows"));
  }
  return ValuesOf(*source.helm);
}

// The component that kproto has asked for and the chart has passed on as it is; nullptr if none.
const RenderedComponent* AsAskedFor(const RenderedStack& stack, const argocd::Application& child,
                                    const argocd::Source& source, const Json& values) {
  const RenderedComponent* component = stack.Find(child.name);
  const bool same =
      component != nullptr && component->by_argocd && component->ns == child.destination.ns &&
      component->chart.repo_url == source.repo_url && component->chart.name == source.chart &&
      component->chart.version == source.target_revision &&
      Canonical(component->values) == Canonical(values);
  return same ? component : nullptr;
}

class GitRenderer {
 public:
  GitRenderer(const Desired& desired, helm::Helm& helm, const RepositoryLookup& repository,
              const helm::Call& call, const RenderedStack& stack)
      : desired_(desired), helm_(helm), repository_(repository), call_(call), stack_(stack) {}

  absl::StatusOr<GitPart> Render(const git::Checkout& checkout);

 private:
  absl::Status Add(const argocd::Application& child);
  absl::StatusOr<std::vector<Json>> Objects(const argocd::Application& child,
                                            const argocd::Source& source);

  const Desired& desired_;
  helm::Helm& helm_;
  const RepositoryLookup& repository_;
  const helm::Call& call_;
  const RenderedStack& stack_;
  GitPart part_;
};

absl::StatusOr<std::vector<Json>> GitRenderer::Objects(const argocd::Application& child,
                                                       const argocd::Source& source) {
  if (source.chart.empty()) {
    return absl::UnimplementedError(absl::StrCat(
        "Application ", child.name, " is no chart of a repository, and only Argo CD renders it"));
  }
  KPROTO_ASSIGN_OR_RETURN(const Json values, ValuesForHelm(child, source));
  if (const RenderedComponent* component = AsAskedFor(stack_, child, source, values)) {
    return component->rendered.ok() ? absl::StatusOr<std::vector<Json>>(component->objects)
                                    : component->rendered;
  }
  helm::TemplateRequest request;
  const bool named = source.helm && !source.helm->release_name.empty();
  request.release_name = named ? source.helm->release_name : child.name;
  request.ns = child.destination.ns;
  request.chart = {repository_(source.repo_url), source.chart, source.target_revision};
  request.values = values;
  request.kube_version = stack_.kube_version;
  absl::StatusOr<std::vector<Json>> objects = helm_.Template(request, call_);
  return objects.ok() ? objects
                      : Annotate(objects.status(), absl::StrCat("Application ", child.name));
}

absl::Status GitRenderer::Add(const argocd::Application& child) {
  RenderedComponent component;
  component.name = child.name;
  component.attribute = Path("git");
  component.ns = child.destination.ns;
  for (const argocd::Source& source : child.sources) {
    KPROTO_ASSIGN_OR_RETURN(const std::vector<Json> objects, Objects(child, source));
    component.objects.insert(component.objects.end(), objects.begin(), objects.end());
    part_.repositories.push_back(source.repo_url);
  }
  const auto& options = child.sync_options;
  if (std::find(options.begin(), options.end(), kCreateNamespace) != options.end()) {
    component.objects.push_back({{"apiVersion", "v1"},
                                 {"kind", "Namespace"},
                                 {"metadata", {{"name", child.destination.ns}}}});
  }
  part_.components.push_back(std::move(component));
  return absl::OkStatus();
}

absl::StatusOr<GitPart> GitRenderer::Render(const git::Checkout& checkout) {
  const argocd::Application parent = desired_.Parent();
  KPROTO_ASSIGN_OR_RETURN(const std::string folder, FolderOf(checkout, parent.sources[0].path));
  helm::TemplateRequest request;
  request.release_name = parent.name;
  request.ns = parent.destination.ns;
  request.chart = {absl::StrCat("file://", folder), parent.name, ""};
  request.values = parent.sources[0].helm->values;
  request.kube_version = stack_.kube_version;
  KPROTO_ASSIGN_OR_RETURN(std::vector<Json> objects, helm_.Template(request, call_));
  part_.commit = checkout.commit();
  part_.repositories = {parent.sources[0].repo_url};
  for (const Json& object : objects) {
    const argocd::Application child = argocd::ApplicationFrom(object);
    if (IsApplication(object) && child.project == kProjectName) {
      KPROTO_RETURN_IF_ERROR(Add(child));
    }
  }
  RenderedComponent own;
  own.name = parent.name;
  own.attribute = Path("git");
  own.ns = parent.destination.ns;
  own.objects = std::move(objects);
  part_.components.push_back(std::move(own));
  return std::move(part_);
}

}  // namespace

void RenderFromGit(const Desired& desired, const GitAccess& git, helm::Helm& helm,
                   const RepositoryLookup& repository, const helm::Call& call,
                   RenderedStack& stack) {
  const auto checkout = git.client.Fetch(desired.git->repo_url, desired.git->target_revision,
                                         GitCall(desired, git, call));
  if (!checkout.ok()) {
    stack.git_status = checkout.status();
    return;
  }
  absl::StatusOr<GitPart> part =
      GitRenderer(desired, helm, repository, call, stack).Render(**checkout);
  stack.git_status = part.status();
  if (part.ok()) {
    stack.git = *std::move(part);
  }
}

bool GitHasMoved(const Desired& desired, const std::optional<Footprint>& footprint,
                 const GitAccess& git, const helm::Call& call) {
  if (!desired.git || !footprint) {
    return false;
  }
  const absl::StatusOr<std::string> commit = git.client.Resolve(
      desired.git->repo_url, desired.git->target_revision, GitCall(desired, git, call));
  return commit.ok() && *commit != footprint->commit;
}

}  // namespace kproto::monitoring_stack
