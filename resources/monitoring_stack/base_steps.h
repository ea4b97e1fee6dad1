// SPDX-License-Identifier: MPL-2.0
// The steps around Argo CD and its Applications: namespaces, Grafana's password and the volumes. In
// the order of removal: what the Applications leave behind goes after them, the namespaces last.
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// The two namespaces. Those that kproto makes carry its label, and only those are ever deleted.
class NamespacesStep : public StackStep {
 public:
  using StackStep::StackStep;
  absl::string_view name() const override { return "namespaces"; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  absl::Status Make(const Cluster& cluster, const std::string& name, const StepContext& context);

  std::vector<std::string> missing_, ours_;
};

// The Secret with Grafana's admin password: the user's, or one made up once and kept.
class PasswordStep : public StackStep {
 public:
  using StackStep::StackStep;
  absl::string_view name() const override { return "grafana admin secret"; }
  std::vector<absl::string_view> needs() const override { return {"namespaces"}; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  // Where Grafana's own database has the password, it is changed there first.
  absl::Status TellGrafana(const Cluster& cluster, const SecretString& password,
                           const StepContext& context);

  bool there_ = false;    // in the stack's own Secret
  SecretString current_;  // there, or in the one of a Grafana made by hand; empty: not known
};

// Nothing to make: StatefulSets claim their volumes. But nobody else gives them back.
class VolumesStep : public StackStep {
 public:
  using StackStep::StackStep;
  absl::string_view name() const override { return "volumes"; }
  std::vector<absl::string_view> needs() const override { return {"namespaces", "storage class"}; }
  absl::Status Observe(const StepContext&) override { return absl::OkStatus(); }
  Difference Compare() const override { return Difference::None(); }
  absl::Status Apply(const StepContext&) override { return absl::OkStatus(); }
  absl::Status Remove(const StepContext& context) override;
};

}  // namespace kproto::monitoring_stack
