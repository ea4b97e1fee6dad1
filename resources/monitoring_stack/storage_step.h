// SPDX-License-Identifier: MPL-2.0
// The StorageClass of the stack in its cluster: judged when it is somebody else's, made when it is
// the stack's own.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "resources/monitoring_stack/objects_step.h"

namespace kproto::monitoring_stack {

// Whether a StorageClass of this name is one that DOKS brings to every cluster.
bool IsDigitalOceans(const std::string& storage_class);

// Before anything is made: FailedPrecondition when the class is not there, or when its volumes are
// not known to be encrypted and shall be. DigitalOcean's own are waited for: a new cluster gets
// them a little later.
absl::Status CheckStorageClass(const StorageWanted& wanted, Access& access, Clock& clock,
                               const kubernetes::Call& call);

// The stack's own StorageClass, and the reclaim policy of the volumes that it has made.
class StorageStep : public ObjectsStep {
 public:
  explicit StorageStep(Stack& stack);
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;

 private:
  std::vector<std::string> astray_;  // volumes of the class with another policy
};

}  // namespace kproto::monitoring_stack
