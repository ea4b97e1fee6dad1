// SPDX-License-Identifier: MPL-2.0
// Data source kproto_account: what the account may have and how much of it is in use. Calls: GET
// /v2/account, GET /v2/droplets (its total alone), GET /v2/volumes.
#pragma once

#include <string>

#include "provider/runtime/resource.h"
#include "resources/connections.h"

namespace kproto {

struct AccountModel {
  Attr<std::string> uuid, status, status_message;
  Attr<int64_t> droplet_limit, droplets_in_use, droplets_free;
  Attr<int64_t> volume_limit, volumes_in_use, volumes_free;
  static const Table<AccountModel>& Fields();
};

class AccountDataSource : public DataSource<AccountModel> {
 public:
  // `connections` outlives it.
  explicit AccountDataSource(Connections& connections);
  void Read(AccountModel& state, const RequestContext& context, Diagnostics& diagnostics) override;

 private:
  Connections& connections_;
};

}  // namespace kproto
