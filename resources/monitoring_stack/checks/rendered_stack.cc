// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/checks/rendered_stack.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/node_pools.h"

namespace kproto::monitoring_stack {
namespace {

// A null takes the default away, as in Helm.
Json WithoutNulls(Json value) {
  if (value.is_object()) {
    for (auto it = value.begin(); it != value.end();) {
      if (it->is_null()) {
        it = value.erase(it);
      } else {
        *it = WithoutNulls(std::move(*it));
        ++it;
      }
    }
  }
  return value;
}

// The version as `helm template --kube-version` takes it.
std::string KubeVersionOf(const MonitoringStackModel& model) {
  if (!model.kubernetes_version.is_known() || MinorVersion(*model.kubernetes_version).empty()) {
    return "";
  }
  absl::string_view version = *model.kubernetes_version;
  absl::ConsumePrefix(&version, "v");
  return std::string(version.substr(0, version.find('-')));
}

void Fill(RenderedComponent& component, const std::string& kube_version, helm::Helm& helm,
          const helm::Call& call) {
  absl::StatusOr<std::shared_ptr<const helm::ChartContents>> contents =
      helm.ReadChart(component.chart, call);
  component.fetched = contents.status();
  if (!contents.ok()) {
    if (absl::IsNotFound(contents.status()) && !component.chart.version.empty()) {
      absl::StatusOr<helm::ChartMetadata> newest =
          helm.ShowChart({component.chart.repo_url, component.chart.name, ""}, call);
      if (newest.ok()) {
        component.newest = *std::move(newest);
      }
    }
    return;
  }
  component.contents = *std::move(contents);
  helm::TemplateRequest request;
  request.release_name = component.name;
  request.ns = component.ns;
  request.chart = component.chart;
  request.values = component.values;
  request.kube_version = kube_version;
  absl::StatusOr<std::vector<Json>> objects = helm.Template(request, call);
  component.rendered = objects.status();
  if (objects.ok()) {
    component.objects = *std::move(objects);
  }
}

RenderedComponent ComponentOf(const std::string& name, const Path& attribute, const std::string& ns,
                              const helm::ChartRef& chart, const Json& values,
                              const std::string& repository) {
  RenderedComponent component;
  component.name = name;
  component.attribute = attribute;
  component.ns = ns;
  component.chart = chart;
  component.values = values;
  component.repository = repository;
  return component;
}

// What somebody wrote down as values of an extra application counts like a values file.
void AddExtras(const Desired& desired, RenderedStack& stack) {
  for (const Extra& extra : desired.extras) {
    const argocd::Application& app = extra.application;
    if (!extra.chart) {
      continue;
    }
    const Json values = app.sources[0].helm ? app.sources[0].helm->values : Json::object();
    stack.components.push_back(ComponentOf(app.name, extra.path, app.destination.ns, *extra.chart,
                                           values, extra.repository));
    stack.components.back().extra = true;
    stack.components.back().in_file = extra.path == Path("apps_dir");
    if (extra.said) {
      stack.files.files[app.name] = {*extra.said};
    }
  }
}

}  // namespace

Path RenderedComponent::At(const char* member) const {
  const bool repository = extra && member == std::string("chart_repository");
  return in_file ? attribute : attribute.Attribute(repository ? "repo_url" : member);
}

Json RenderedComponent::Effective() const {
  Json defaults = contents != nullptr ? contents->values : Json::object();
  return WithoutNulls(MergeValues(std::move(defaults), values));
}

const RenderedComponent* RenderedStack::Find(const std::string& component) const {
  const auto found = std::find_if(components.begin(), components.end(),
                                  [&](const auto& c) { return c.name == component; });
  return found == components.end() ? nullptr : &*found;
}

bool RenderedStack::IsOurNamespace(const std::string& ns) const {
  return std::any_of(components.begin(), components.end(),
                     [&](const auto& c) { return c.ns == ns; });
}

RenderedStack Render(const MonitoringStackModel& planned, const MonitoringStackModel* prior,
                     const ValuesFiles& files, const Desired& desired, helm::Helm& helm,
                     const helm::Call& call) {
  RenderedStack stack;
  stack.planned = planned;
  if (prior != nullptr) {
    stack.prior = *prior;
  }
  stack.files = files;
  stack.pools = KnownPools(planned.node_pools);
  stack.kube_version = KubeVersionOf(planned);
  stack.cluster_is_new = prior == nullptr && planned.cluster_id.is_unknown();
  stack.on_digitalocean = !planned.cluster_id.is_null();
  stack.components.push_back(ComponentOf(kReleaseName, Path("argocd"), desired.argocd_ns,
                                         desired.argocd_chart, desired.argocd_values,
                                         desired.argocd_repository));
  stack.components.back().by_argocd = false;
  if (desired.manage == Manage::kExternal) {
    stack.components.clear();  // whatever chart it is of
  }
  for (const Component& component : desired.components) {
    stack.components.push_back(ComponentOf(component.name, Path(component.attribute), desired.ns,
                                           component.chart, component.values,
                                           component.repository));
  }
  AddExtras(desired, stack);
  std::vector<std::jthread> threads;
  for (RenderedComponent& component : stack.components) {
    threads.emplace_back([&] { Fill(component, stack.kube_version, helm, call); });
  }
  threads.clear();  // waits for all
  return stack;
}

std::string MinorVersion(const std::string& version) {
  const std::vector<std::string> parts =
      absl::StrSplit(absl::StripPrefix(version, "v"), absl::ByAnyChar(".-+"));
  int major = 0, minor = 0;
  if (parts.size() < 2 || !absl::SimpleAtoi(parts[0], &major) ||
      !absl::SimpleAtoi(parts[1], &minor)) {
    return "";
  }
  return absl::StrCat(major, ".", minor);
}

bool IsTest(const Json& object) {
  return absl::StrContains(kubernetes::AnnotationOf(object, "helm.sh/hook"), "test");
}

}  // namespace kproto::monitoring_stack
