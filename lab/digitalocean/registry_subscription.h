// SPDX-License-Identifier: MPL-2.0
// What an account pays for its container registries: one tier for all of them.
#pragma once

#include <string>

#include "lab/digitalocean/registries.h"
#include "lab/digitalocean/router.h"

namespace kproto::lab {

// The slug of the account's tier; "" before the first registry.
std::string SubscribedTier(Cloud* cloud);
void Subscribe(Cloud* cloud, const RegistryTier& tier);

// <root>/options and <root>/subscription.
void ServeRegistrySubscription(Cloud* cloud, Router* router, const std::string& root);

}  // namespace kproto::lab
