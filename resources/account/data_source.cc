// SPDX-License-Identifier: MPL-2.0
#include "resources/account/data_source.h"

#include <algorithm>

#include "base/status_macros.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

absl::Status Fill(ocean::DigitalOcean& api, AccountModel& state, std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(const ocean::Account account, api.GetAccount(stop));
  KPROTO_ASSIGN_OR_RETURN(const int64_t droplets, api.CountDroplets(stop));
  KPROTO_ASSIGN_OR_RETURN(const std::vector<ocean::Volume> all_volumes, api.ListVolumes(stop));
  const auto volumes = static_cast<int64_t>(all_volumes.size());
  state.uuid = account.uuid;
  state.status = account.status;
  state.status_message = account.status_message;
  state.droplet_limit = account.droplet_limit;
  state.droplets_in_use = droplets;
  // A limit can be lowered below what is there.
  state.droplets_free = std::max<int64_t>(0, account.droplet_limit - droplets);
  state.volume_limit = account.volume_limit;
  state.volumes_in_use = volumes;
  state.volumes_free = std::max<int64_t>(0, account.volume_limit - volumes);
  return absl::OkStatus();
}

}  // namespace

const Table<AccountModel>& AccountModel::Fields() {
  static const auto& table = *new Table<AccountModel>({
      Field("uuid", &AccountModel::uuid, Computed(), Doc("Id of the account.")),
      Field("status", &AccountModel::status, Computed(), Doc("`active`, `warning` or `locked`.")),
      Field("status_message", &AccountModel::status_message, Computed(),
            Doc("Why it is not active.")),
      Field("droplet_limit", &AccountModel::droplet_limit, Computed(),
            Doc("How many Droplets there may be; each node of a cluster is one.")),
      Field("droplets_in_use", &AccountModel::droplets_in_use, Computed(),
            Doc("How many Droplets there are.")),
      Field("droplets_free", &AccountModel::droplets_free, Computed(),
            Doc("How many more there may be.")),
      Field("volume_limit", &AccountModel::volume_limit, Computed(),
            Doc("How many block storage volumes there may be.")),
      Field("volumes_in_use", &AccountModel::volumes_in_use, Computed(),
            Doc("How many volumes there are.")),
      Field("volumes_free", &AccountModel::volumes_free, Computed(),
            Doc("How many more there may be.")),
  });
  return table;
}

AccountDataSource::AccountDataSource(Connections& connections)
    : DataSource("kproto_account",
                 "The account behind the token: its limits and how much of them is in use."),
      connections_(connections) {}

void AccountDataSource::Read(AccountModel& state, const RequestContext& context,
                             Diagnostics& diagnostics) {
  const auto api = connections_.DigitalOceanForReading();
  diagnostics.AddStatus(api.ok() ? Fill(**api, state, context.stop) : api.status(),
                        "Could not read the account");
}

}  // namespace kproto
