// SPDX-License-Identifier: MPL-2.0
// What a user may write in, and read from, a kproto_vpc_peering (POST /v2/vpc_peerings).
#pragma once

#include <string>

#include "provider/schema/model.h"
#include "resources/timeouts.h"

namespace kproto {

struct VpcPeeringModel {
  Attr<std::string> name;
  Attr<SetOf<std::string>> vpc_ids;
  Attr<Timeouts> timeouts;

  Attr<std::string> id, status, created_at;
  static const Table<VpcPeeringModel>& Fields();
};

}  // namespace kproto
