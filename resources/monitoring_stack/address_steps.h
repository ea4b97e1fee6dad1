// SPDX-License-Identifier: MPL-2.0
// The addresses of the stack: those of its load balancers, once the cloud has given them one.
#pragma once

#include <string>
#include <vector>

#include "provider/schema/path.h"
#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// A Service that gets its address from the cloud. It goes with its Application, and the load
// balancer with the Service, so there is nothing to remove.
class AddressStep : public StackStep {
 public:
  // `after`: the step that makes the Service. `path`: the attribute that wants the address.
  AddressStep(Stack& stack, std::string name, std::string after, std::string service, bool wanted,
              Path path);
  absl::string_view name() const override { return name_; }
  std::vector<absl::string_view> needs() const override { return {after_}; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 protected:
  // What the Service says now; nullptr when it is not there or on its way out.
  virtual void Saw(const Json* service) = 0;
  virtual bool HasAddress() const = 0;

 private:
  const std::string name_, after_, service_;
  const bool wanted_;
  const Path path_;
};

class GrafanaAddressStep : public AddressStep {
 public:
  explicit GrafanaAddressStep(Stack& stack);

 protected:
  void Saw(const Json* service) override;
  bool HasAddress() const override { return !stack_.found.grafana_url.empty(); }
};

// The ingress controller's: Grafana and Argo CD are reached over it by their hosts.
class IngressAddressStep : public AddressStep {
 public:
  explicit IngressAddressStep(Stack& stack);

 protected:
  void Saw(const Json* service) override;
  bool HasAddress() const override { return !stack_.found.ingress_address.empty(); }
};

}  // namespace kproto::monitoring_stack
