// SPDX-License-Identifier: MPL-2.0
// What a user may write in, and read from, a kproto_vpc (POST /v2/vpcs).
#pragma once

#include <string>

#include "provider/schema/model.h"
#include "resources/timeouts.h"

namespace kproto {

struct VpcModel {
  Attr<std::string> name, region, description, ip_range;
  Attr<Timeouts> timeouts;

  Attr<std::string> id, urn;
  Attr<bool> is_default;  // the attribute `default`
  Attr<std::string> created_at;
  static const Table<VpcModel>& Fields();
};

}  // namespace kproto
