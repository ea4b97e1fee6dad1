// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/comparison.h"

#include <algorithm>

#include "clients/yaml/yaml.h"
#include "resources/monitoring_stack/objects_step.h"

namespace kproto::monitoring_stack {
namespace {

bool SameSource(const argocd::Source& want, const argocd::Source& is) {
  const Json wanted = want.helm ? Canonical(want.helm->values) : Json();
  const Json there = is.helm ? Canonical(is.helm->values) : Json();
  const bool same_values = wanted == there || (wanted.empty() && there.empty());
  const argocd::HelmSource none;
  const argocd::HelmSource& by = want.helm ? *want.helm : none;
  const argocd::HelmSource& has = is.helm ? *is.helm : none;
  return want.repo_url == is.repo_url && want.chart == is.chart && want.path == is.path &&
         want.target_revision == is.target_revision && same_values &&
         by.release_name == has.release_name && by.value_files == has.value_files &&
         by.values_text == has.values_text && by.others == has.others;
}

bool SameKinds(const std::vector<argocd::GroupKind>& a, std::vector<argocd::GroupKind> b) {
  std::sort(b.begin(), b.end());
  return a == b;
}

}  // namespace

absl::StatusOr<Json> ValuesOf(const argocd::HelmSource& source) {
  if (source.values.is_object()) {
    return source.values;
  }
  return source.values_text.empty() ? absl::StatusOr<Json>(Json::object())
                                    : yaml::Parse(source.values_text);
}

bool SameProject(const Desired& desired, const argocd::AppProject& is) {
  return SameProject(desired.Project(), is, desired.footprint.has_value());
}

bool SameProject(const argocd::AppProject& want, const argocd::AppProject& is, bool kinds) {
  return want.source_repos == is.source_repos && want.destinations == is.destinations &&
         (!kinds || (SameKinds(want.cluster_resources, is.cluster_resources) &&
                     SameKinds(want.namespace_resources, is.namespace_resources)));
}

bool SameSpec(const argocd::Application& want, const argocd::Application& is) {
  const bool finalizers =
      std::all_of(want.finalizers.begin(), want.finalizers.end(), [&](const std::string& f) {
        return std::find(is.finalizers.begin(), is.finalizers.end(), f) != is.finalizers.end();
      });
  if (!want.verbatim_spec.is_null()) {
    return finalizers && Includes(is.stored_spec, want.verbatim_spec);
  }
  if (want.project != is.project || !(want.destination == is.destination) ||
      want.sources.size() != is.sources.size()) {
    return false;
  }
  for (size_t i = 0; i < want.sources.size(); ++i) {
    if (!SameSource(want.sources[i], is.sources[i])) {
      return false;
    }
  }
  if (want.sync_options != is.sync_options) {
    return false;
  }
  const bool automated =
      want.automated.has_value() == is.automated.has_value() &&
      (!want.automated || (want.automated->prune == is.automated->prune &&
                           want.automated->self_heal == is.automated->self_heal));
  if (Canonical(want.ignore_differences) != Canonical(is.ignore_differences)) {
    return false;
  }
  return automated && finalizers;
}

std::string ValuesHashOf(const argocd::Application& application) {
  const bool has = !application.sources.empty() && application.sources[0].helm &&
                   application.sources[0].helm->values.is_object();
  return HashOf(has ? application.sources[0].helm->values : Json::object());
}

}  // namespace kproto::monitoring_stack
