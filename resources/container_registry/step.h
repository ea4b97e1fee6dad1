// SPDX-License-Identifier: MPL-2.0
// The one step of a kproto_container_registry: the registry, and the account's subscription where
// the user allows it to change. Source: /v2/registries, /v2/registries/subscription.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "clients/digitalocean/digitalocean.h"
#include "provider/reconcile/step.h"
#include "resources/container_registry/model.h"
#include "resources/creation.h"

namespace kproto {

struct RegistryWork {
  digitalocean::DigitalOcean& api;
  const RegistryModel wanted;        // as planned, or as stored when destroying
  RegistryModel& state;              // the id is written at once
  std::optional<Creation> creation;  // only while creating
  std::optional<digitalocean::Registry> live;
  std::string tier;  // of the account; "" for none
};

// `work` outlives it.
std::unique_ptr<Step> MakeRegistryStep(RegistryWork& work);

// What the journal calls its name once it has been asked for.
inline constexpr char kRegistryFact[] = "registry";

}  // namespace kproto
