// SPDX-License-Identifier: MPL-2.0
// What a user may write in, and read from, a kproto_container_registry. The table in model.cc is
// the one declaration of every attribute.
#pragma once

#include <string>

#include "clients/digitalocean/registries.h"
#include "provider/schema/model.h"
#include "resources/timeouts.h"

namespace kproto {

struct RegistryModel {
  Attr<std::string> id, name, region, subscription_tier_slug;
  Attr<bool> change_subscription;
  Attr<Timeouts> timeouts;
  Attr<std::string> server_url, endpoint, created_at;
  Attr<int64_t> storage_usage_bytes;
  static const Table<RegistryModel>& Fields();
};

// Writes what the API says into the model. Pure.
void ReadRegistry(const digitalocean::Registry& live, RegistryModel& state);

}  // namespace kproto
