// SPDX-License-Identifier: MPL-2.0
// What a user may write in, and read from, a kproto_vpc_nat_gateway (POST /v2/vpc_nat_gateways).
#pragma once

#include <string>

#include "provider/schema/model.h"
#include "resources/timeouts.h"

namespace kproto {

struct NatGatewayVpcModel {
  Attr<std::string> vpc_uuid;
  Attr<bool> default_gateway;
  Attr<std::string> gateway_ip;
  static const Table<NatGatewayVpcModel>& Fields();
};

struct NatGatewayModel {
  Attr<std::string> name, region, type;
  Attr<int64_t> size;
  Attr<ListOf<NatGatewayVpcModel>> vpcs;
  Attr<int64_t> udp_timeout_seconds, icmp_timeout_seconds, tcp_timeout_seconds;
  Attr<Timeouts> timeouts;

  Attr<std::string> id, state;
  Attr<ListOf<std::string>> egress_ips;
  Attr<std::string> created_at;
  static const Table<NatGatewayModel>& Fields();
};

}  // namespace kproto
