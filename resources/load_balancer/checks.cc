// SPDX-License-Identifier: MPL-2.0
#include "resources/load_balancer/checks.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"

namespace kproto {
namespace {

constexpr int64_t kFirstReserved = 50053, kLastReserved = 50055;

bool EndsTls(const std::string& protocol) {
  return protocol == "https" || protocol == "http2" || protocol == "http3";
}

void CheckTls(const BalancerRule& rule, Diagnostics& diagnostics) {
  const Path path("forwarding_rules");
  const bool certificate = !rule.certificate_id.is_null();
  const bool passthrough =
      rule.tls_passthrough.is_unknown() || rule.tls_passthrough.value_or(false);
  const std::string protocol = rule.entry_protocol.value_or("");
  if (EndsTls(protocol) && !certificate && !passthrough) {
    diagnostics.AddError(
        "Nothing to do with TLS",
        absl::StrCat("The rule for ", protocol, " on port ", rule.entry_port.value_or(0),
                     " needs certificate_id, or tls_passthrough = true."),
        path);
  }
  if (rule.certificate_id.is_known() && rule.tls_passthrough.value_or(false)) {
    diagnostics.AddError("TLS both ended and passed through",
                         absl::StrCat("The rule for port ", rule.entry_port.value_or(0),
                                      " has certificate_id and tls_passthrough. Keep one."),
                         path);
  }
}

void CheckRule(const BalancerRule& rule, const Attr<std::string>& type, Diagnostics& diagnostics) {
  const Path path("forwarding_rules");
  if (rule.entry_port.is_known() && *rule.entry_port >= kFirstReserved &&
      *rule.entry_port <= kLastReserved) {
    diagnostics.AddError("Port taken by DigitalOcean",
                         absl::StrCat("entry_port ", *rule.entry_port, ": ", kFirstReserved, " to ",
                                      kLastReserved, " are DigitalOcean's own. Choose another."),
                         path);
  }
  const std::string entry = rule.entry_protocol.value_or("");
  const std::string target = rule.target_protocol.value_or("");
  if (type.value_or("") == "REGIONAL_NETWORK" && !entry.empty() && entry != "tcp" &&
      entry != "udp") {
    diagnostics.AddError(
        "Protocol needs another type",
        absl::StrCat("entry_protocol \"", entry,
                     "\": a REGIONAL_NETWORK load balancer knows tcp and udp only. Use one of "
                     "them, or type = \"REGIONAL\"."),
        path);
  }
  if (!entry.empty() && !target.empty() && (entry == "udp") != (target == "udp")) {
    diagnostics.AddError("Protocols do not go together",
                         absl::StrCat("A rule from ", entry, " to ", target,
                                      " is not possible: udp goes to udp only."),
                         path);
  }
  CheckTls(rule, diagnostics);
}

void CheckRules(const LoadBalancerModel& model, Diagnostics& diagnostics) {
  std::map<std::string, int> entries;
  for (const Attr<BalancerRule>& rule : model.forwarding_rules->elements) {
    if (!rule.is_known()) {
      continue;
    }
    CheckRule(*rule, model.type, diagnostics);
    if (rule->entry_port.is_known() && rule->entry_protocol.is_known()) {
      const bool udp = *rule->entry_protocol == "udp" || *rule->entry_protocol == "http3";
      ++entries[absl::StrCat(*rule->entry_port, udp ? "/udp" : "/tcp")];
    }
  }
  for (const auto& [entry, times] : entries) {
    if (times > 1) {
      diagnostics.AddError("Entry port used twice",
                           absl::StrCat(times, " rules listen on ", entry, ". Keep one."),
                           Path("forwarding_rules"));
    }
  }
}

void Forbid(bool written, const char* attribute, const char* why, Diagnostics& diagnostics) {
  if (written) {
    diagnostics.AddError("Attribute does not fit the type", absl::StrCat(attribute, ": ", why),
                         Path(attribute));
  }
}

void CheckGlobal(const LoadBalancerModel& model, Diagnostics& diagnostics) {
  constexpr char kNoPlace[] = "a GLOBAL load balancer has no place of its own. Remove it.";
  Forbid(!model.region.is_null(), "region", kNoPlace, diagnostics);
  Forbid(!model.vpc_uuid.is_null(), "vpc_uuid", kNoPlace, diagnostics);
  Forbid(!model.subnet_uuid.is_null(), "subnet_uuid", kNoPlace, diagnostics);
  Forbid(model.size_unit.value_or(1) != 1, "size_unit",
         "a GLOBAL load balancer cannot be scaled. Remove it.", diagnostics);
  if (model.glb_settings.is_null()) {
    diagnostics.AddError("Missing settings",
                         "A GLOBAL load balancer needs glb_settings with target_protocol and "
                         "target_port.",
                         Path("glb_settings"));
  }
}

void CheckRegional(const LoadBalancerModel& model, Diagnostics& diagnostics) {
  constexpr char kOnlyGlobal[] = "only for type GLOBAL. Remove it, or change the type.";
  Forbid(!model.domains.is_null(), "domains", kOnlyGlobal, diagnostics);
  Forbid(!model.glb_settings.is_null(), "glb_settings", kOnlyGlobal, diagnostics);
  Forbid(!model.target_load_balancer_ids.is_null(), "target_load_balancer_ids", kOnlyGlobal,
         diagnostics);
  if (model.region.is_null()) {
    diagnostics.AddError(
        "Missing region",
        absl::StrCat("A load balancer of type ", *model.type, " needs a region, such as \"nyc3\"."),
        Path("region"));
  }
  const bool no_rules =
      model.forwarding_rules.is_null() ||
      (model.forwarding_rules.is_known() && model.forwarding_rules->elements.empty());
  if (no_rules) {
    diagnostics.AddError("Missing rules",
                         absl::StrCat("A load balancer of type ", *model.type,
                                      " needs at least one of forwarding_rules."),
                         Path("forwarding_rules"));
  }
}

void CheckSticky(const BalancerStickySessions& sticky, Diagnostics& diagnostics) {
  const bool cookies = sticky.type.value_or("") == "cookies";
  if (cookies && (sticky.cookie_name.is_null() || sticky.cookie_ttl_seconds.is_null())) {
    diagnostics.AddError("Missing cookie",
                         "sticky_sessions of type cookies needs cookie_name and "
                         "cookie_ttl_seconds.",
                         Path("sticky_sessions"));
  }
  if (sticky.type.value_or("") == "none" &&
      (sticky.cookie_name.is_known() || sticky.cookie_ttl_seconds.is_known())) {
    diagnostics.AddError("Cookie without sticky sessions",
                         "sticky_sessions of type none takes no cookie. Remove it, or write type = "
                         "\"cookies\".",
                         Path("sticky_sessions"));
  }
}

void CheckHealthCheck(const BalancerHealthCheck& check, Diagnostics& diagnostics) {
  const Path path("health_check");
  if (check.protocol.value_or("") == "tcp" && check.path.is_known()) {
    diagnostics.AddError("Path without HTTP",
                         "health_check.path is only for http and https. Remove it.",
                         path.Attribute("path"));
  }
  if (check.response_timeout_seconds.is_known() && check.check_interval_seconds.is_known() &&
      *check.response_timeout_seconds >= *check.check_interval_seconds) {
    diagnostics.AddError(
        "Checks would overlap",
        absl::StrCat("health_check.response_timeout_seconds (", *check.response_timeout_seconds,
                     ") must be below check_interval_seconds (", *check.check_interval_seconds,
                     ")."),
        path.Attribute("response_timeout_seconds"));
  }
}

}  // namespace

void CheckBalancer(const LoadBalancerModel& model, Diagnostics& diagnostics) {
  LoadBalancerModel checked = model;
  if (checked.type.is_null()) {
    checked.type = "REGIONAL";  // The default, which a configuration does not show.
  }
  if (checked.type.is_known()) {
    *checked.type == "GLOBAL" ? CheckGlobal(checked, diagnostics)
                              : CheckRegional(checked, diagnostics);
  }
  if (checked.forwarding_rules.is_known()) {
    CheckRules(checked, diagnostics);
  }
  if (checked.droplet_tag.is_known() && checked.droplet_ids.is_known()) {
    diagnostics.AddError("Droplets named twice",
                         "droplet_ids and droplet_tag both say which Droplets are behind it. Keep "
                         "one.",
                         Path("droplet_tag"));
  }
  if (checked.sticky_sessions.is_known()) {
    CheckSticky(*checked.sticky_sessions, diagnostics);
  }
  if (checked.health_check.is_known()) {
    CheckHealthCheck(*checked.health_check, diagnostics);
  }
}

}  // namespace kproto
