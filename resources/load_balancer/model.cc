// SPDX-License-Identifier: MPL-2.0
#include "resources/load_balancer/model.h"

namespace kproto {
namespace {

Validator Protocol() { return OneOf({"http", "https", "http2", "http3", "tcp", "udp"}); }

// As DigitalOcean wants them: "ip:192.0.2.1" or "cidr:192.0.2.0/24".
Validator Sources() {
  return EachElement(Matches("ip:[0-9a-fA-F.:]+|cidr:[0-9a-fA-F.:]+/[0-9]+",
                             "must be \"ip:\" and an address, or \"cidr:\" and a network"));
}

}  // namespace

const Table<BalancerRule>& BalancerRule::Fields() {
  static const auto& table = *new Table<BalancerRule>({
      Field("entry_protocol", &BalancerRule::entry_protocol, Required(), Check(Protocol()),
            Doc("`http`, `https`, `http2`, `http3`, `tcp` or `udp`. A `REGIONAL_NETWORK` load "
                "balancer takes `tcp` and `udp` only.")),
      Field("entry_port", &BalancerRule::entry_port, Required(), Check(Between(1, 65535)),
            Doc("Port on which the load balancer listens; 50053 to 50055 are DigitalOcean's.")),
      Field("target_protocol", &BalancerRule::target_protocol, Required(), Check(Protocol()),
            Doc("Protocol towards the Droplets.")),
      Field("target_port", &BalancerRule::target_port, Required(), Check(Between(1, 65535)),
            Doc("Port of the Droplets.")),
      Field("certificate_id", &BalancerRule::certificate_id, Optional(), Check(NotEmpty()),
            Doc("Certificate to end TLS with. Conflicts with `tls_passthrough`.")),
      Field("tls_passthrough", &BalancerRule::tls_passthrough, Optional(),
            Doc("Whether TLS goes through to the Droplets. Default: `false`.")),
  });
  return table;
}

const Table<BalancerHealthCheck>& BalancerHealthCheck::Fields() {
  using M = BalancerHealthCheck;
  static const auto& table = *new Table<BalancerHealthCheck>({
      Field("protocol", &M::protocol, Required(), Check(OneOf({"http", "https", "tcp"})),
            Doc("`http`, `https` or `tcp`.")),
      Field("port", &M::port, Required(), Check(Between(1, 65535)),
            Doc("Port of the Droplets to ask.")),
      Field("path", &M::path, OptionalComputed(), Stable(),
            Check(Matches("/.*", "must start with a slash")),
            Doc("Path to ask for with `http` and `https`. Default: `/`.")),
      Field("check_interval_seconds", &M::check_interval_seconds, Default(Value::Int(10)),
            Check(Between(3, 300)), Doc("Time between two checks.")),
      Field("response_timeout_seconds", &M::response_timeout_seconds, Default(Value::Int(5)),
            Check(Between(3, 300)), Doc("How long to wait for an answer.")),
      Field("unhealthy_threshold", &M::unhealthy_threshold, Default(Value::Int(3)),
            Check(Between(2, 10)), Doc("Failures after which a Droplet gets no traffic.")),
      Field("healthy_threshold", &M::healthy_threshold, Default(Value::Int(5)),
            Check(Between(2, 10)), Doc("Successes after which it gets traffic again.")),
      Field("proxy_protocol", &M::proxy_protocol, Default(Value::Bool(false)),
            Doc("Whether checks speak the PROXY protocol.")),
  });
  return table;
}

const Table<BalancerStickySessions>& BalancerStickySessions::Fields() {
  using M = BalancerStickySessions;
  static const auto& table = *new Table<BalancerStickySessions>({
      Field("type", &M::type, Required(), Check(OneOf({"none", "cookies"})),
            Doc("`none` or `cookies`.")),
      Field("cookie_name", &M::cookie_name, Optional(), Check(LengthBetween(2, 40)),
            Doc("Name of the cookie; needed for `cookies`.")),
      Field("cookie_ttl_seconds", &M::cookie_ttl_seconds, Optional(), Check(AtLeast(1)),
            Doc("How long the cookie lasts; needed for `cookies`.")),
  });
  return table;
}

const Table<BalancerFirewall>& BalancerFirewall::Fields() {
  static const auto& table = *new Table<BalancerFirewall>({
      Field("allow", &BalancerFirewall::allow, Optional(), Check(Sources()),
            Doc("Sources to let in, such as `\"cidr:10.0.0.0/8\"`; nobody else is then.")),
      Field("deny", &BalancerFirewall::deny, Optional(), Check(Sources()),
            Doc("Sources to keep out, such as `\"ip:192.0.2.7\"`.")),
  });
  return table;
}

const Table<BalancerDomain>& BalancerDomain::Fields() {
  using M = BalancerDomain;
  static const auto& table = *new Table<BalancerDomain>({
      Field("is_managed", &M::is_managed, Default(Value::Bool(false)),
            Doc("Whether DigitalOcean manages the domain's DNS and certificate.")),
      Field("certificate_id", &M::certificate_id, Optional(), Check(NotEmpty()),
            Doc("Certificate of the domain.")),
      Field("status", &M::status, Computed(), Stable(), Doc("State of the domain.")),
      Field("verification_error_reasons", &M::verification_error_reasons, Computed(), Stable(),
            Doc("Why the domain could not be verified.")),
      Field("ssl_validation_error_reasons", &M::ssl_validation_error_reasons, Computed(), Stable(),
            Doc("Why its certificate could not be validated.")),
  });
  return table;
}

const Table<BalancerCdn>& BalancerCdn::Fields() {
  static const auto& table = *new Table<BalancerCdn>({
      Field("is_enabled", &BalancerCdn::is_enabled, Required(), Doc("Whether to cache.")),
  });
  return table;
}

const Table<BalancerGlbSettings>& BalancerGlbSettings::Fields() {
  using M = BalancerGlbSettings;
  static const auto& table = *new Table<BalancerGlbSettings>({
      Field("target_protocol", &M::target_protocol, Required(),
            Check(OneOf({"http", "https", "http2"})), Doc("`http`, `https` or `http2`.")),
      Field("target_port", &M::target_port, Required(), Check(Between(1, 65535)),
            Doc("Port of the targets: 80 or 443.")),
      Field("cdn", &M::cdn, Optional(), Doc("Caching at the edge. Default: none.")),
      Field("region_priorities", &M::region_priorities, Optional(),
            Doc("Priority of each region's slug, 1 being the first.")),
      Field("failover_threshold", &M::failover_threshold, Optional(), Check(Between(1, 99)),
            Doc("Percentage of unhealthy targets from which the next region takes over.")),
  });
  return table;
}

const Table<LoadBalancerModel>& LoadBalancerModel::Fields() {
  using M = LoadBalancerModel;
  static const auto& table = *new Table<LoadBalancerModel>({
      Field("id", &M::id, Computed(), Stable(), Doc("Id of the load balancer.")),
      Field(
          "name", &M::name, Required(),
          Check(Matches("[a-zA-Z0-9.-]{1,255}", "must have letters, digits, dots and dashes only")),
          Doc("Name of the load balancer. DigitalOcean allows several of one name.")),
      Field(
          "type", &M::type, Default(Value::String("REGIONAL")), ForcesReplacement(),
          Check(OneOf({"REGIONAL", "REGIONAL_NETWORK", "GLOBAL"})),
          Doc("`REGIONAL` (HTTP and TCP, ends connections), `REGIONAL_NETWORK` (hands packets on) "
              "or `GLOBAL` (in front of regional ones and Droplets of several regions).")),
      Field("region", &M::region, Optional(), ForcesReplacement(), Check(NotEmpty()),
            Doc("Slug of the region. Required unless the type is `GLOBAL`, which has none.")),
      Field("size_unit", &M::size_unit, OptionalComputed(), Stable(), Check(Between(1, 200)),
            Doc("Number of nodes, each billed. Default: 1. The older slugs `lb-small`, `lb-medium` "
                "and `lb-large` are 1, 3 and 6.")),
      Field("forwarding_rules", &M::forwarding_rules, Optional(),
            Doc("What is forwarded where. At least one, unless the type is `GLOBAL`.")),
      Field("health_check", &M::health_check, OptionalComputed(), Stable(),
            Doc("How Droplets are checked. Default: DigitalOcean's; left out later, it stays as it "
                "is.")),
      Field("sticky_sessions", &M::sticky_sessions, Optional(),
            Doc("Whether a client comes back to the same Droplet. Default: no.")),
      Field("droplet_ids", &M::droplet_ids, Optional(),
            Doc("The Droplets behind it. Conflicts with `droplet_tag`.")),
      Field("droplet_tag", &M::droplet_tag, Optional(), Check(NotEmpty()),
            Doc("Tag of the Droplets behind it, such as `k8s:<cluster id>` for all workers of a "
                "cluster.")),
      Field("redirect_http_to_https", &M::redirect_http_to_https, Default(Value::Bool(false)),
            Doc("Whether HTTP is answered with a redirect to HTTPS.")),
      Field("enable_proxy_protocol", &M::enable_proxy_protocol, Default(Value::Bool(false)),
            Doc("Whether Droplets are told the client's address by the PROXY protocol.")),
      Field("enable_backend_keepalive", &M::enable_backend_keepalive, Default(Value::Bool(false)),
            Doc("Whether connections to Droplets are kept open.")),
      Field("disable_lets_encrypt_dns_records", &M::disable_lets_encrypt_dns_records,
            Default(Value::Bool(false)),
            Doc("Whether no DNS records are made for Let's Encrypt certificates.")),
      Field("http_idle_timeout_seconds", &M::http_idle_timeout_seconds, OptionalComputed(),
            Stable(), Check(Between(30, 600)),
            Doc("After how long an idle HTTP connection is closed. Default: 60.")),
      Field("firewall", &M::firewall, Optional(), Doc("Who may connect. Default: everybody.")),
      Field("tls_cipher_policy", &M::tls_cipher_policy, OptionalComputed(), Stable(),
            Check(OneOf({"DEFAULT", "STRONG"})), Doc("`DEFAULT` or `STRONG`.")),
      Field(
          "project_id", &M::project_id, OptionalComputed(), Stable(), Check(NotEmpty()),
          Doc("The project it belongs to. Default: the account's default project; left out later, "
              "it stays where it is.")),
      Field("vpc_uuid", &M::vpc_uuid, OptionalComputed(), Stable(), ForcesReplacement(),
            Check(NotEmpty()), Doc("The VPC it is in. Default: the region's default VPC.")),
      Field("subnet_uuid", &M::subnet_uuid, OptionalComputed(), Stable(), ForcesReplacement(),
            Check(NotEmpty()), Doc("The subnet of the VPC it is in.")),
      Field("network", &M::network, OptionalComputed(), Stable(), ForcesReplacement(),
            Check(OneOf({"EXTERNAL", "INTERNAL"})),
            Doc("`EXTERNAL` (a public address) or `INTERNAL` (only in the VPC).")),
      Field("network_stack", &M::network_stack, OptionalComputed(), Stable(), ForcesReplacement(),
            Check(OneOf({"IPV4", "DUALSTACK"})), Doc("`IPV4` or `DUALSTACK`.")),
      Field("ip", &M::ip, OptionalComputed(), Stable(), ForcesReplacement(), Check(NotEmpty()),
            Doc("Its IPv4 address: DigitalOcean's, or one of your own to take (BYOIP).")),
      Field("domains", &M::domains, Optional(),
            Doc("Domains of a `GLOBAL` load balancer, by name.")),
      Field("glb_settings", &M::glb_settings, Optional(),
            Doc("Settings of a `GLOBAL` load balancer, which needs them.")),
      Field("target_load_balancer_ids", &M::target_load_balancer_ids, Optional(),
            Doc("Regional load balancers behind a `GLOBAL` one.")),
      Field("adopt_id", &M::adopt_id, Optional(), ForcesReplacement(), Check(NotEmpty()),
            Doc("Id of a load balancer to take over instead of making one, such as a Service's: it "
                "is in the Service's annotation `kubernetes.digitalocean.com/load-balancer-id`. "
                "Annotate that Service with `service.kubernetes.io/do-loadbalancer-disown = "
                "\"true\"` "
                "first, or its controller changes everything back. It is changed to what is "
                "written here, and left as it is on destroy; to own it wholly, import it "
                "instead.")),
      Field("disown", &M::disown, Default(Value::Bool(true)),
            Doc("Whether a Service with the `service_annotations` only uses this load balancer. "
                "With `false` the Service owns rules, health check and Droplets: they are taken "
                "from here when it is made, and left alone afterwards.")),
      Field("timeouts", &M::timeouts, Optional(),
            Doc("Limits of the operations. Default: 15 m each.")),
      Field("ipv6", &M::ipv6, Computed(), Stable(), Doc("Its IPv6 address, with `DUALSTACK`.")),
      Field("status", &M::status, Computed(), Stable(),
            Doc("State of the load balancer: `active` when all is well.")),
      Field("urn", &M::urn, Computed(), Stable(), Doc("Uniform resource name.")),
      Field("created_at", &M::created_at, Computed(), Stable(),
            Doc("When it was made, in RFC 3339 form.")),
      Field("service_annotations", &M::service_annotations, Computed(),
            Doc("Annotations for a Kubernetes Service that shall use this load balancer. Empty for "
                "a `GLOBAL` one, which Services cannot use.")),
  });
  return table;
}

}  // namespace kproto
