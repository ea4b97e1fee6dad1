// SPDX-License-Identifier: MPL-2.0
// kproto_container_registry: a registry of images. Which cluster may pull from it is the cluster's
// to say (registries).
#pragma once

#include <string>
#include <vector>

#include "provider/runtime/resource.h"
#include "resources/connections.h"
#include "resources/container_registry/model.h"

namespace kproto {

class ContainerRegistryResource : public Resource<RegistryModel> {
 public:
  // `connections` outlives it.
  explicit ContainerRegistryResource(Connections& connections);

  void ModifyPlan(const RegistryModel* prior, const RegistryModel& config, RegistryModel& planned,
                  std::vector<Path>& replace, Operation& operation) override;
  Existence Create(const RegistryModel& config, RegistryModel& state,
                   Operation& operation) override;
  Existence Read(RegistryModel& state, Operation& operation) override;
  void Update(const RegistryModel& prior, const RegistryModel& config, RegistryModel& state,
              Operation& operation) override;
  void Delete(RegistryModel& state, Operation& operation) override;
  void ImportModel(const std::string& id, RegistryModel& state, Operation& operation) override;

 private:
  Connections& connections_;
};

}  // namespace kproto
