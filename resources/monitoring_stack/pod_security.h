// SPDX-License-Identifier: MPL-2.0
// PodSecurity: which Pod Security Standard each namespace of the stack is held to, as the labels by
// which Kubernetes' own admission knows it. The rule pod_security judges the rendered pods before
// the labels are there; the step sets them, keeps them, and takes away those that it has set.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "resources/monitoring_stack/settings.h"
#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// Labels of a namespace, by name; empty without the attribute.
using PodSecurityLabels = std::map<std::string, std::string>;

PodSecurityLabels PodSecurityLabelsOf(const Attr<StackPodSecurity>& attribute);
// The other way, from a Namespace; null where kproto has set none.
Attr<StackPodSecurity> PodSecurityFrom(const nlohmann::json& ns);

class PodSecurityStep : public StackStep {
 public:
  using StackStep::StackStep;
  absl::string_view name() const override { return "pod security"; }
  std::vector<absl::string_view> needs() const override { return {"namespaces"}; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  // A namespace that stays is not held to the stack's standard any more.
  absl::Status Remove(const StepContext& context) override;

 private:
  absl::Status Label(const Cluster& cluster, const nlohmann::json& ns,
                     const PodSecurityLabels& labels, const kubernetes::Call& call);

  std::map<std::string, nlohmann::json> namespaces_;  // by name; those that are there
};

}  // namespace kproto::monitoring_stack
