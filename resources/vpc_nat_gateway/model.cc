// SPDX-License-Identifier: MPL-2.0
#include "resources/vpc_nat_gateway/model.h"

namespace kproto {

const Table<NatGatewayVpcModel>& NatGatewayVpcModel::Fields() {
  static const auto& table = *new Table<NatGatewayVpcModel>({
      Field("vpc_uuid", &NatGatewayVpcModel::vpc_uuid, Required(), ForcesReplacement(),
            Check(NotEmpty()), Doc("Id of the VPC, in the region of the gateway.")),
      Field("default_gateway", &NatGatewayVpcModel::default_gateway, Default(Value::Bool(false)),
            ForcesReplacement(),
            Doc("Whether everything that leaves the VPC goes through this gateway. A VPC has at "
                "most one such.")),
      Field("gateway_ip", &NatGatewayVpcModel::gateway_ip, Computed(), Stable(),
            Doc("Private address of the gateway in the VPC.")),
  });
  return table;
}

const Table<NatGatewayModel>& NatGatewayModel::Fields() {
  static const auto& table = *new Table<NatGatewayModel>({
      Field("id", &NatGatewayModel::id, Computed(), Stable(), Doc("Id of the NAT gateway.")),
      Field(
          "name", &NatGatewayModel::name, Required(),
          Check(Matches("[a-zA-Z0-9.-]{1,255}", "must have letters, digits, dots and dashes only")),
          Doc("Name of the NAT gateway, unique in the account.")),
      Field("region", &NatGatewayModel::region, Required(), ForcesReplacement(), Check(NotEmpty()),
            Doc("Slug of the region, such as `nyc3`: the one of its VPCs.")),
      Field("type", &NatGatewayModel::type, Default(Value::String("PUBLIC")), ForcesReplacement(),
            Check(OneOf({"PUBLIC"})), Doc("Kind of gateway; there is `PUBLIC` only.")),
      Field("size", &NatGatewayModel::size, Default(Value::Int(1)), Check(AtLeast(1)),
            Doc("Size of the gateway, by which it is billed. It changes in place.")),
      Field("vpcs", &NatGatewayModel::vpcs, Required(), ForcesReplacement(), Check(NotEmpty()),
            Doc("The VPCs that leave through it.")),
      Field("udp_timeout_seconds", &NatGatewayModel::udp_timeout_seconds, OptionalComputed(),
            Stable(), Check(AtLeast(1)), Doc("After how long a silent UDP flow is forgotten.")),
      Field("icmp_timeout_seconds", &NatGatewayModel::icmp_timeout_seconds, OptionalComputed(),
            Stable(), Check(AtLeast(1)), Doc("After how long a silent ICMP flow is forgotten.")),
      Field("tcp_timeout_seconds", &NatGatewayModel::tcp_timeout_seconds, OptionalComputed(),
            Stable(), Check(AtLeast(1)), Doc("After how long a silent TCP flow is forgotten.")),
      Field("timeouts", &NatGatewayModel::timeouts, Optional(),
            Doc("Limits of the operations. Default: 15 m each.")),
      Field("state", &NatGatewayModel::state, Computed(),
            Doc("State of the gateway: `ACTIVE` when traffic passes.")),
      Field("egress_ips", &NatGatewayModel::egress_ips, Computed(), Stable(),
            Doc("The static public addresses that others see; for their allow lists.")),
      Field("created_at", &NatGatewayModel::created_at, Computed(), Stable(),
            Doc("When it was made, in RFC 3339 form.")),
  });
  return table;
}

}  // namespace kproto
