// SPDX-License-Identifier: MPL-2.0
// kproto_container_registry: a registry of images. Which cluster may pull from it is the cluster's
// to say (registries).
#pragma once

#include <memory>
#include <string>

#include "resources/container_registry/model.h"
#include "resources/object_resource.h"

namespace kproto {

// A registry, and the subscription that the account pays all its registries by.
struct SubscribedRegistry {
  explicit SubscribedRegistry(digitalocean::Registry live, std::string paid = "")
      : id(live.name),
        name(live.name),
        region(live.region),
        registry(std::move(live)),
        tier(std::move(paid)) {}

  std::string id, name, region;  // a registry has no other id than its name
  digitalocean::Registry registry;
  std::string tier;  // "": not asked for
};

class ContainerRegistryResource : public ObjectResource<RegistryModel, SubscribedRegistry> {
 public:
  // `connections` outlives it.
  explicit ContainerRegistryResource(Connections& connections);

  std::unique_ptr<ObjectStep<SubscribedRegistry>> MakeStep(
      ObjectWork<RegistryModel>& work) override;
  void ReadObject(const SubscribedRegistry& live, RegistryModel& state) override;
  std::string IntentKey(const RegistryModel& model) override;
  bool IsFinished(const RegistryModel& state) override;
  void CheckPlan(digitalocean::DigitalOcean& api, Planning<RegistryModel>& plan) override;
};

}  // namespace kproto
