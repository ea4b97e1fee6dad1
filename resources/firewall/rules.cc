// SPDX-License-Identifier: MPL-2.0
#include "resources/firewall/rules.h"

#include <arpa/inet.h>

#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "resources/reading.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

constexpr char kAllPorts[] = "0";  // as the API spells it, also for icmp

// The two directions differ in one name.
const Attr<FirewallTargets>& TargetsOf(const InboundRule& rule) { return rule.sources; }
const Attr<FirewallTargets>& TargetsOf(const OutboundRule& rule) { return rule.destinations; }
Attr<FirewallTargets>& TargetsOf(InboundRule& rule) { return rule.sources; }
Attr<FirewallTargets>& TargetsOf(OutboundRule& rule) { return rule.destinations; }
const char* TargetName(const InboundRule&) { return "sources"; }
const char* TargetName(const OutboundRule&) { return "destinations"; }

std::string NormalPorts(const std::string& protocol, const std::string& ports) {
  if (protocol == "icmp" || ports.empty() || ports == "all" || ports == "1-65535") {
    return kAllPorts;
  }
  const std::vector<std::string> ends = absl::StrSplit(ports, '-');
  return ends.size() == 2 && ends[0] == ends[1] ? ends[0] : ports;
}

auto Key(const ocean::FirewallRule& rule) {
  const ocean::FirewallTarget& target = rule.target;
  return std::tie(rule.protocol, rule.ports, target.addresses, target.tags, target.droplet_ids,
                  target.load_balancer_uids, target.kubernetes_ids);
}

ocean::FirewallRule Normalised(ocean::FirewallRule rule) {
  rule.ports = NormalPorts(rule.protocol, rule.ports);
  std::sort(rule.target.addresses.begin(), rule.target.addresses.end());
  std::sort(rule.target.tags.begin(), rule.target.tags.end());
  std::sort(rule.target.droplet_ids.begin(), rule.target.droplet_ids.end());
  std::sort(rule.target.load_balancer_uids.begin(), rule.target.load_balancer_uids.end());
  std::sort(rule.target.kubernetes_ids.begin(), rule.target.kubernetes_ids.end());
  return rule;
}

std::vector<ocean::FirewallRule> Normalised(std::vector<ocean::FirewallRule> rules) {
  for (ocean::FirewallRule& rule : rules) {
    rule = Normalised(std::move(rule));
  }
  const auto less = [](const auto& a, const auto& b) { return Key(a) < Key(b); };
  const auto same = [](const auto& a, const auto& b) { return Key(a) == Key(b); };
  std::sort(rules.begin(), rules.end(), less);
  rules.erase(std::unique(rules.begin(), rules.end(), same), rules.end());
  return rules;
}

template <typename Rule>
ocean::FirewallRule RuleOf(const Rule& rule) {
  ocean::FirewallRule result;
  result.protocol = rule.protocol.value_or("");
  result.ports = rule.ports.value_or("");
  if (const Attr<FirewallTargets>& targets = TargetsOf(rule); targets.is_known()) {
    result.target = {Elements(targets->addresses), Elements(targets->tags),
                     Elements(targets->droplet_ids), Elements(targets->load_balancer_uids),
                     Elements(targets->kubernetes_ids)};
  }
  return Normalised(std::move(result));
}

template <typename Rule>
std::vector<ocean::FirewallRule> AllOf(const Attr<SetOf<Rule>>& rules) {
  std::vector<ocean::FirewallRule> result;
  if (rules.is_known()) {
    for (const Attr<Rule>& rule : rules->elements) {
      if (rule.is_known()) {
        result.push_back(RuleOf(*rule));
      }
    }
  }
  return Normalised(std::move(result));
}

template <typename Rule>
Rule AsModel(const ocean::FirewallRule& live) {
  Rule rule;
  rule.protocol = live.protocol;
  if (live.protocol != "icmp") {
    rule.ports = live.ports == kAllPorts ? "all" : live.ports;
  }
  FirewallTargets targets;
  ReadSet(live.target.addresses, targets.addresses);
  ReadSet(live.target.tags, targets.tags);
  ReadSet(live.target.droplet_ids, targets.droplet_ids);
  ReadSet(live.target.load_balancer_uids, targets.load_balancer_uids);
  ReadSet(live.target.kubernetes_ids, targets.kubernetes_ids);
  TargetsOf(rule) = std::move(targets);
  return rule;
}

template <typename Rule>
void ReadInto(const std::vector<ocean::FirewallRule>& live, Attr<SetOf<Rule>>& attr) {
  std::vector<ocean::FirewallRule> left = Normalised(live);
  SetOf<Rule> rules;
  if (attr.is_known()) {
    for (const Attr<Rule>& written : attr->elements) {
      const ocean::FirewallRule meant =
          written.is_known() ? RuleOf(*written) : ocean::FirewallRule();
      const auto found = std::find_if(left.begin(), left.end(),
                                      [&](const auto& rule) { return Key(rule) == Key(meant); });
      if (found != left.end()) {
        rules.elements.push_back(written);
        left.erase(found);
      }
    }
  }
  for (const ocean::FirewallRule& rule : left) {
    rules.elements.push_back(AsModel<Rule>(rule));
  }
  if (!rules.elements.empty()) {
    attr = std::move(rules);
  } else if (!attr.is_known() || !attr->elements.empty()) {
    attr = {};
  }
}

template <typename T>
bool Names(const Attr<SetOf<T>>& set) {
  return set.is_unknown() || (set.is_known() && !set->elements.empty());
}

template <typename Rule>
void CheckDirection(const Attr<SetOf<Rule>>& rules, const Path& path, Diagnostics& diagnostics) {
  if (!rules.is_known()) {
    return;
  }
  for (const Attr<Rule>& rule : rules->elements) {
    if (!rule.is_known() || !rule->protocol.is_known()) {
      continue;
    }
    const std::string of = absl::StrCat(path.ToString(), ": a rule for ", *rule->protocol);
    const bool icmp = *rule->protocol == "icmp";
    if (!icmp && rule->ports.is_null()) {
      diagnostics.AddError("Missing ports",
                           absl::StrCat(of, " needs ports: \"22\", \"8000-9000\" or \"all\"."),
                           path);
    }
    if (icmp && rule->ports.is_known() && NormalPorts("tcp", *rule->ports) != kAllPorts) {
      diagnostics.AddError("Ports without meaning",
                           absl::StrCat(of, " has ports \"", *rule->ports,
                                        "\", but icmp has none. Leave ports out."),
                           path);
    }
    const Attr<FirewallTargets>& targets = TargetsOf(*rule);
    if (targets.is_known() && !Names(targets->addresses) && !Names(targets->tags) &&
        !Names(targets->droplet_ids) && !Names(targets->load_balancer_uids) &&
        !Names(targets->kubernetes_ids)) {
      diagnostics.AddError(
          "Rule for nobody",
          absl::StrCat(of, " names nobody in ", TargetName(*rule),
                       ". Name addresses, tags, droplet_ids, load_balancer_uids or "
                       "kubernetes_ids; everybody is addresses = [\"0.0.0.0/0\", \"::/0\"]."),
          path);
    }
  }
}

}  // namespace

absl::Status CheckPorts(const std::string& ports) {
  const absl::Status wrong = absl::InvalidArgumentError(absl::StrCat(
      "must be a port (\"22\"), a range (\"8000-9000\") or \"all\", not \"", ports, "\""));
  if (ports == "all" || ports == kAllPorts) {
    return absl::OkStatus();
  }
  const std::vector<std::string> ends = absl::StrSplit(ports, '-');
  int64_t before = 1;
  for (const std::string& end : ends) {
    int64_t port;
    const bool digits =
        std::all_of(end.begin(), end.end(), [](unsigned char c) { return c >= '0' && c <= '9'; });
    if (!digits || !absl::SimpleAtoi(end, &port) || port < before || port > 65535) {
      return wrong;
    }
    before = port;
  }
  return ends.size() <= 2 ? absl::OkStatus() : wrong;
}

absl::Status CheckAddress(const std::string& address) {
  const std::vector<std::string> parts = absl::StrSplit(address, '/');
  const bool six = absl::StrContains(address, ':');
  char bytes[sizeof(in6_addr)];
  int bits = 0;
  const bool valid = parts.size() <= 2 &&
                     inet_pton(six ? AF_INET6 : AF_INET, parts[0].c_str(), bytes) == 1 &&
                     (parts.size() == 1 ||
                      (absl::SimpleAtoi(parts[1], &bits) && bits >= 0 && bits <= (six ? 128 : 32)));
  return valid ? absl::OkStatus()
               : absl::InvalidArgumentError(absl::StrCat(
                     "must be an IPv4 or IPv6 address or network such as \"192.0.2.0/24\", not \"",
                     address, "\""));
}

void CheckRules(const FirewallModel& firewall, Diagnostics& diagnostics) {
  if (!Names(firewall.inbound_rules) && !Names(firewall.outbound_rules)) {
    diagnostics.AddError("Firewall without rules",
                         "A firewall needs at least one rule in inbound_rules or outbound_rules.",
                         Path("inbound_rules"));
  }
  CheckDirection(firewall.inbound_rules, Path("inbound_rules"), diagnostics);
  CheckDirection(firewall.outbound_rules, Path("outbound_rules"), diagnostics);
}

bool SameRules(const std::vector<ocean::FirewallRule>& a,
               const std::vector<ocean::FirewallRule>& b) {
  const std::vector<ocean::FirewallRule> x = Normalised(a), y = Normalised(b);
  return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](const auto& one, const auto& other) { return Key(one) == Key(other); });
}

std::vector<ocean::FirewallRule> RulesOf(const Attr<SetOf<InboundRule>>& rules) {
  return AllOf(rules);
}
std::vector<ocean::FirewallRule> RulesOf(const Attr<SetOf<OutboundRule>>& rules) {
  return AllOf(rules);
}
void ReadRules(const std::vector<ocean::FirewallRule>& live, Attr<SetOf<InboundRule>>& rules) {
  ReadInto(live, rules);
}
void ReadRules(const std::vector<ocean::FirewallRule>& live, Attr<SetOf<OutboundRule>>& rules) {
  ReadInto(live, rules);
}

}  // namespace kproto
