// SPDX-License-Identifier: MPL-2.0
// What a user may write in, and read from, a kproto_firewall (POST /v2/firewalls).
#pragma once

#include <string>

#include "provider/schema/model.h"
#include "resources/timeouts.h"

namespace kproto {

// Where traffic may come from or go to.
struct FirewallTargets {
  Attr<SetOf<std::string>> addresses, tags;
  Attr<SetOf<int64_t>> droplet_ids;
  Attr<SetOf<std::string>> load_balancer_uids, kubernetes_ids;
  bool operator==(const FirewallTargets&) const = default;
  static const Table<FirewallTargets>& Fields();
};

struct InboundRule {
  Attr<std::string> protocol, ports;
  Attr<FirewallTargets> sources;
  bool operator==(const InboundRule&) const = default;
  static const Table<InboundRule>& Fields();
};

struct OutboundRule {
  Attr<std::string> protocol, ports;
  Attr<FirewallTargets> destinations;
  bool operator==(const OutboundRule&) const = default;
  static const Table<OutboundRule>& Fields();
};

struct FirewallModel {
  Attr<std::string> name;
  Attr<SetOf<InboundRule>> inbound_rules;
  Attr<SetOf<OutboundRule>> outbound_rules;
  Attr<SetOf<int64_t>> droplet_ids;
  Attr<SetOf<std::string>> tags;
  Attr<Timeouts> timeouts;

  Attr<std::string> id, status, created_at;
  static const Table<FirewallModel>& Fields();
};

}  // namespace kproto
