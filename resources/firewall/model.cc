// SPDX-License-Identifier: MPL-2.0
#include "resources/firewall/model.h"

#include "resources/firewall/rules.h"

namespace kproto {
namespace {

FieldOption ProtocolCheck() { return Check(OneOf({"tcp", "udp", "icmp"})); }

FieldOption ProtocolDoc() { return Doc("`tcp`, `udp` or `icmp`."); }

FieldOption PortsCheck() {
  return Check([](const Value& ports) { return CheckPorts(ports.string()); });
}

FieldOption PortsDoc() {
  return Doc(
      "A port (`22`), a range (`8000-9000`), or `all`. Left out for `icmp`, which has none.");
}

}  // namespace

const Table<FirewallTargets>& FirewallTargets::Fields() {
  static const auto& table = *new Table<FirewallTargets>({
      Field("addresses", &FirewallTargets::addresses, Optional(),
            Check(EachElement([](const Value& address) { return CheckAddress(address.string()); })),
            Doc("IPv4 and IPv6 addresses, single or in CIDR form; `0.0.0.0/0` and `::/0` are "
                "everybody.")),
      Field("tags", &FirewallTargets::tags, Optional(), Check(EachElement(NotEmpty())),
            Doc("Droplets that have one of these tags, which must exist.")),
      Field("droplet_ids", &FirewallTargets::droplet_ids, Optional(), Doc("Single Droplets.")),
      Field("load_balancer_uids", &FirewallTargets::load_balancer_uids, Optional(),
            Check(EachElement(NotEmpty())), Doc("Load balancers, by their ids.")),
      Field("kubernetes_ids", &FirewallTargets::kubernetes_ids, Optional(),
            Check(EachElement(NotEmpty())), Doc("All nodes of these Kubernetes clusters.")),
  });
  return table;
}

const Table<InboundRule>& InboundRule::Fields() {
  static const auto& table = *new Table<InboundRule>({
      Field("protocol", &InboundRule::protocol, Required(), ProtocolCheck(), ProtocolDoc()),
      Field("ports", &InboundRule::ports, Optional(), PortsCheck(), PortsDoc()),
      Field("sources", &InboundRule::sources, Required(),
            Doc("From where; all that is named, at least one.")),
  });
  return table;
}

const Table<OutboundRule>& OutboundRule::Fields() {
  static const auto& table = *new Table<OutboundRule>({
      Field("protocol", &OutboundRule::protocol, Required(), ProtocolCheck(), ProtocolDoc()),
      Field("ports", &OutboundRule::ports, Optional(), PortsCheck(), PortsDoc()),
      Field("destinations", &OutboundRule::destinations, Required(),
            Doc("To where; all that is named, at least one.")),
  });
  return table;
}

const Table<FirewallModel>& FirewallModel::Fields() {
  static const auto& table = *new Table<FirewallModel>({
      Field("id", &FirewallModel::id, Computed(), Stable(), Doc("Id of the firewall.")),
      Field("name", &FirewallModel::name, Required(),
            Check(Matches("[a-zA-Z0-9][a-zA-Z0-9.-]{0,254}",
                          "must have letters, digits, dots and dashes only, and start with a "
                          "letter or digit")),
            Doc("Name of the firewall, unique in the account.")),
      Field("inbound_rules", &FirewallModel::inbound_rules, Optional(),
            Doc("What may come in; everything else may not.")),
      Field("outbound_rules", &FirewallModel::outbound_rules, Optional(),
            Doc("What may go out; everything else may not. Without any, nothing goes out.")),
      Field("droplet_ids", &FirewallModel::droplet_ids, Optional(),
            Doc("Single Droplets to guard.")),
      Field("tags", &FirewallModel::tags, Optional(),
            Check(EachElement(
                Matches("[a-zA-Z0-9:_-]{1,255}",
                        "must have 1 to 255 letters, digits, colons, dashes or underscores"))),
            Doc("Droplets with one of these tags are guarded. The nodes of a cluster have the tag "
                "`k8s:<cluster id>`.")),
      Field("timeouts", &FirewallModel::timeouts, Optional(),
            Doc("Limits of the operations. Default: create and update 10 m, delete 5 m.")),
      Field("status", &FirewallModel::status, Computed(),
            Doc("`succeeded` when every Droplet has the rules.")),
      Field("created_at", &FirewallModel::created_at, Computed(), Stable(),
            Doc("When it was made, in RFC 3339 form.")),
  });
  return table;
}

}  // namespace kproto
