// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/networking_json.h"

#include "clients/digitalocean/write_parts.h"

namespace kproto::digitalocean {
namespace {

PeeringState PeeringStateOf(const std::string& text) {
  return text == "ACTIVE"         ? PeeringState::kActive
         : text == "PROVISIONING" ? PeeringState::kProvisioning
         : text == "DELETING"     ? PeeringState::kDeleting
         : text == "ERROR"        ? PeeringState::kError
                                  : PeeringState::kUnknown;
}

NatGatewayState NatGatewayStateOf(const std::string& text) {
  return text == "ACTIVE"         ? NatGatewayState::kActive
         : text == "NEW"          ? NatGatewayState::kNew
         : text == "PROVISIONING" ? NatGatewayState::kProvisioning
         : text == "DELETING"     ? NatGatewayState::kDeleting
         : text == "ERROR"        ? NatGatewayState::kError
         : text == "INVALID"      ? NatGatewayState::kInvalid
                                  : NatGatewayState::kUnknown;
}

FirewallState FirewallStateOf(const std::string& text) {
  return text == "succeeded" ? FirewallState::kSucceeded
         : text == "waiting" ? FirewallState::kWaiting
         : text == "failed"  ? FirewallState::kFailed
                             : FirewallState::kUnknown;
}

NatGatewayVpc ReadNatGatewayVpc(const JsonView& json) {
  NatGatewayVpc vpc{json.RequiredText("vpc_uuid"), json.Text("gateway_ip"), std::nullopt};
  if (!json.At("default_gateway").empty()) {
    vpc.default_gateway = json.Flag("default_gateway");
  }
  return vpc;
}

std::string ReadEgress(const JsonView& json) { return json.Text("ipv4"); }

FirewallChange ReadFirewallChange(const JsonView& json) {
  return {json.Integer("droplet_id"), json.Flag("removing"), json.Text("status")};
}

FirewallRule ReadRule(const JsonView& json, const char* target_key) {
  FirewallRule rule;
  rule.protocol = json.RequiredText("protocol");
  rule.ports = json.Text("ports");
  const JsonView target = json.At(target_key);
  rule.target.addresses = target.Texts("addresses");
  rule.target.tags = target.Texts("tags");
  rule.target.droplet_ids = target.Integers("droplet_ids");
  rule.target.load_balancer_uids = target.Texts("load_balancer_uids");
  rule.target.kubernetes_ids = target.Texts("kubernetes_ids");
  return rule;
}

FirewallRule ReadInboundRule(const JsonView& json) { return ReadRule(json, "sources"); }
FirewallRule ReadOutboundRule(const JsonView& json) { return ReadRule(json, "destinations"); }

Json WriteRules(const std::vector<FirewallRule>& rules, const char* target_key) {
  Json list = Json::array();
  for (const FirewallRule& rule : rules) {
    Json json = {{"protocol", rule.protocol},
                 {target_key,
                  {{"addresses", WriteList(rule.target.addresses)},
                   {"tags", WriteList(rule.target.tags)},
                   {"droplet_ids", WriteList(rule.target.droplet_ids)},
                   {"load_balancer_uids", WriteList(rule.target.load_balancer_uids)},
                   {"kubernetes_ids", WriteList(rule.target.kubernetes_ids)}}}};
    PutText(json, "ports", rule.ports);
    list.push_back(std::move(json));
  }
  return list;
}

void PutTimeouts(Json& json, const NatGatewayTimeouts& timeouts) {
  PutOptional(json, "udp_timeout_seconds", timeouts.udp);
  PutOptional(json, "icmp_timeout_seconds", timeouts.icmp);
  PutOptional(json, "tcp_timeout_seconds", timeouts.tcp);
}

}  // namespace

Vpc ReadVpc(const JsonView& json) {
  Vpc vpc;
  vpc.id = json.RequiredText("id");
  vpc.urn = json.Text("urn");
  vpc.name = json.Text("name");
  vpc.description = json.Text("description");
  vpc.region = json.Text("region");
  vpc.ip_range = json.Text("ip_range");
  vpc.is_default = json.Flag("default");
  vpc.created_at = json.Text("created_at");
  return vpc;
}

VpcMember ReadVpcMember(const JsonView& json) {
  return {json.RequiredText("urn"), json.Text("name"), json.Text("created_at")};
}

VpcPeering ReadVpcPeering(const JsonView& json) {
  VpcPeering peering;
  peering.id = json.RequiredText("id");
  peering.name = json.Text("name");
  peering.vpc_ids = json.Texts("vpc_ids");
  peering.status = json.Text("status");
  peering.state = PeeringStateOf(peering.status);
  peering.created_at = json.Text("created_at");
  return peering;
}

NatGateway ReadNatGateway(const JsonView& json) {
  NatGateway gateway;
  gateway.id = json.RequiredText("id");
  gateway.name = json.Text("name");
  gateway.type = json.Text("type");
  gateway.region = json.Text("region");
  gateway.state_text = json.Text("state");
  gateway.state = NatGatewayStateOf(gateway.state_text);
  gateway.size = json.Integer("size");
  gateway.vpcs = json.List("vpcs", ReadNatGatewayVpc);
  for (std::string& ip : json.At("egresses").List("public_gateways", ReadEgress)) {
    if (!ip.empty()) {
      gateway.egress_ips.push_back(std::move(ip));
    }
  }
  gateway.udp_timeout_seconds = json.Integer("udp_timeout_seconds");
  gateway.icmp_timeout_seconds = json.Integer("icmp_timeout_seconds");
  gateway.tcp_timeout_seconds = json.Integer("tcp_timeout_seconds");
  gateway.project_id = json.Text("project_id");
  gateway.created_at = json.Text("created_at");
  gateway.updated_at = json.Text("updated_at");
  return gateway;
}

Firewall ReadFirewall(const JsonView& json) {
  Firewall firewall;
  firewall.id = json.RequiredText("id");
  firewall.name = json.Text("name");
  firewall.status = json.Text("status");
  firewall.state = FirewallStateOf(firewall.status);
  firewall.created_at = json.Text("created_at");
  firewall.inbound_rules = json.List("inbound_rules", ReadInboundRule);
  firewall.outbound_rules = json.List("outbound_rules", ReadOutboundRule);
  firewall.droplet_ids = json.Integers("droplet_ids");
  firewall.tags = json.Texts("tags");
  firewall.pending_changes = json.List("pending_changes", ReadFirewallChange);
  return firewall;
}

Json WriteVpcSpec(const VpcSpec& spec) {
  Json json = {{"name", spec.name}, {"region", spec.region}};
  PutText(json, "description", spec.description);
  PutText(json, "ip_range", spec.ip_range);
  return json;
}

Json WriteVpcUpdate(const VpcUpdate& update) {
  Json json = Json::object();
  PutOptional(json, "name", update.name);
  PutOptional(json, "description", update.description);
  PutOptional(json, "default", update.is_default);
  return json;
}

Json WriteVpcPeeringSpec(const VpcPeeringSpec& spec) {
  return {{"name", spec.name}, {"vpc_ids", WriteList(spec.vpc_ids)}};
}

Json WriteNatGatewaySpec(const NatGatewaySpec& spec) {
  Json json = {{"name", spec.name},
               {"type", spec.type},
               {"region", spec.region},
               {"size", spec.size},
               {"vpcs", Json::array()}};
  for (const NatGatewayVpc& vpc : spec.vpcs) {
    Json each = {{"vpc_uuid", vpc.vpc_uuid}};
    PutOptional(each, "default_gateway", vpc.default_gateway);
    json["vpcs"].push_back(std::move(each));
  }
  PutTimeouts(json, spec.timeouts);
  return json;
}

Json WriteNatGatewayUpdate(const NatGatewayUpdate& update) {
  Json json = {{"name", update.name}, {"size", update.size}};
  PutTimeouts(json, update.timeouts);
  return json;
}

Json WriteFirewallSpec(const FirewallSpec& spec) {
  return {{"name", spec.name},
          {"inbound_rules", WriteRules(spec.inbound_rules, "sources")},
          {"outbound_rules", WriteRules(spec.outbound_rules, "destinations")},
          {"droplet_ids", WriteList(spec.droplet_ids)},
          {"tags", WriteList(spec.tags)}};
}

}  // namespace kproto::digitalocean
