// SPDX-License-Identifier: MPL-2.0
// Whether what Argo CD has is what is wanted. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "clients/argocd/application.h"
#include "resources/monitoring_stack/desired.h"

namespace kproto::monitoring_stack {

// The values that a source gives to Helm, as an object or as text; InvalidArgument when the text is
// no YAML.
absl::StatusOr<Json> ValuesOf(const argocd::HelmSource& source);

// Whether Argo CD has the AppProject as wanted, as far as that is known.
bool SameProject(const Desired& desired, const argocd::AppProject& is);

// Likewise of any AppProject; `kinds`: whether it is known which it has to allow.
bool SameProject(const argocd::AppProject& want, const argocd::AppProject& is, bool kinds);

// Whether Argo CD has this Application as wanted; what it or others added elsewhere does not count.
bool SameSpec(const argocd::Application& want, const argocd::Application& is);

// The digest of the chart values that an Application carries.
std::string ValuesHashOf(const argocd::Application& application);

}  // namespace kproto::monitoring_stack
