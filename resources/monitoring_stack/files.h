// SPDX-License-Identifier: MPL-2.0
// The files that a configuration names: values, dashboards, manifests of Applications.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "resources/monitoring_stack/model.h"
#include "resources/monitoring_stack/values.h"

namespace kproto::monitoring_stack {

// The values files, dashboards and manifests that a model names; empty when it names none. Errors
// carry the attribute.
absl::StatusOr<ValuesFiles> ReadValues(const MonitoringStackModel& model);

// Digest of all that the files say.
std::string HashOf(const ValuesFiles& files);

}  // namespace kproto::monitoring_stack
