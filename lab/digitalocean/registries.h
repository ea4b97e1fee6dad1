// SPDX-License-Identifier: MPL-2.0
// Container registries, the account's one subscription to them, and which clusters may pull.
// Served twice, as at DigitalOcean: /v2/registries for several, and the older /v2/registry, which
// knows no more than one. Source: OpenAPI, Container Registries and Container Registry.
#pragma once

#include <string>

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

struct RegistryTier {
  const char* slug;
  const char* name;
  int registries;  // how many an account of this tier may have
  int64_t repositories, storage_gib;
  int64_t cents_monthly;
};

// Null when there is no such tier.
const RegistryTier* FindRegistryTier(const std::string& slug);

// Takes a registry out of every cluster that it is integrated with.
void ForgetRegistry(Cloud* cloud, const std::string& name);

}  // namespace kproto::lab
