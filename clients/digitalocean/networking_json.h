// SPDX-License-Identifier: MPL-2.0
// Between the API's JSON and networking_types.h, both ways, by the rules of read_json.h and
// write_json.h. Pure.
#pragma once

#include "clients/digitalocean/json_view.h"
#include "clients/digitalocean/networking_types.h"

namespace kproto::digitalocean {

Vpc ReadVpc(const JsonView& json);
VpcMember ReadVpcMember(const JsonView& json);
VpcPeering ReadVpcPeering(const JsonView& json);
NatGateway ReadNatGateway(const JsonView& json);
Firewall ReadFirewall(const JsonView& json);

Json WriteVpcSpec(const VpcSpec& spec);
Json WriteVpcUpdate(const VpcUpdate& update);
Json WriteVpcPeeringSpec(const VpcPeeringSpec& spec);
Json WriteNatGatewaySpec(const NatGatewaySpec& spec);
Json WriteNatGatewayUpdate(const NatGatewayUpdate& update);
Json WriteFirewallSpec(const FirewallSpec& spec);

}  // namespace kproto::digitalocean
