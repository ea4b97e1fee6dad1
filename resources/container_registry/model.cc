// SPDX-License-Identifier: MPL-2.0
#include "resources/container_registry/model.h"

#include "absl/strings/str_cat.h"

namespace kproto {
namespace {

constexpr char kServer[] = "registry.digitalocean.com";

}  // namespace

const Table<RegistryModel>& RegistryModel::Fields() {
  using M = RegistryModel;
  static const auto& table = *new Table<RegistryModel>({
      Field("id", &M::id, Computed(), Stable(), Doc("The name: a registry has no other id.")),
      Field("name", &M::name, Required(), ForcesReplacement(),
            Check(Matches("[a-z0-9-]{1,63}",
                          "must have 1 to 63 lower-case letters, digits and "
                          "dashes")),
            Doc("Name of the registry, unique among those of everybody.")),
      Field("region", &M::region, OptionalComputed(), Stable(), ForcesReplacement(),
            Check(NotEmpty()),
            Doc("Slug of the region that stores the images. Default: DigitalOcean's choice.")),
      Field("subscription_tier_slug", &M::subscription_tier_slug, OptionalComputed(), Stable(),
            Check(NotEmpty()),
            Doc("The account's subscription: `starter`, `basic` or `professional`. It is one for "
                "all registries of the account. Left out, it is what the account has; needed for "
                "an account that has none.")),
      Field("change_subscription", &M::change_subscription, Default(Value::Bool(false)),
            Doc("Whether `subscription_tier_slug` may change the tier that the account has, and so "
                "what is billed for all its registries. Without it, another tier is an error of "
                "the plan. Destroying a registry never changes the subscription.")),
      Field("timeouts", &M::timeouts, Optional(), Doc("Limits of the operations. Default: 5 m.")),
      Field("server_url", &M::server_url, Computed(), Stable(),
            Doc("Host to log in to: `registry.digitalocean.com`.")),
      Field("endpoint", &M::endpoint, Computed(), Stable(),
            Doc("What names of images start with: `registry.digitalocean.com/<name>`.")),
      Field("created_at", &M::created_at, Computed(), Stable(),
            Doc("When it was made, in RFC 3339 form.")),
      Field("storage_usage_bytes", &M::storage_usage_bytes, Computed(), Stable(),
            Doc("How much it stored when last read.")),
  });
  return table;
}

void ReadRegistry(const digitalocean::Registry& live, RegistryModel& state) {
  state.id = state.name = live.name;
  state.region = live.region;
  state.created_at = live.created_at;
  state.storage_usage_bytes = live.storage_usage_bytes;
  state.server_url = kServer;
  state.endpoint = absl::StrCat(kServer, "/", live.name);
  if (!state.change_subscription.is_known()) {
    state.change_subscription = false;
  }
}

}  // namespace kproto
