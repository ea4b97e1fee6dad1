// SPDX-License-Identifier: MPL-2.0
// The rules of a firewall: what is valid, what is the same though it is written otherwise ("all"
// and "0" ports, the order of a list), and how they get to the API and back. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/digitalocean/networking_types.h"
#include "provider/runtime/diagnostics.h"
#include "resources/firewall/model.h"

namespace kproto {

// Messages as validators have them: they complete "<path> …".
absl::Status CheckPorts(const std::string& ports);
absl::Status CheckAddress(const std::string& address);

// Ports where there must be some, targets that name somebody, at least one rule. Unknown values
// pass.
void CheckRules(const FirewallModel& firewall, Diagnostics& diagnostics);

// The rules in the API's spelling, in a fixed order: equal for what means the same.
std::vector<digitalocean::FirewallRule> RulesOf(const Attr<SetOf<InboundRule>>& rules);
std::vector<digitalocean::FirewallRule> RulesOf(const Attr<SetOf<OutboundRule>>& rules);
bool SameRules(const std::vector<digitalocean::FirewallRule>& a,
               const std::vector<digitalocean::FirewallRule>& b);

// Writes the API's rules into the model; one that means the same as a written one stays as written.
void ReadRules(const std::vector<digitalocean::FirewallRule>& live,
               Attr<SetOf<InboundRule>>& rules);
void ReadRules(const std::vector<digitalocean::FirewallRule>& live,
               Attr<SetOf<OutboundRule>>& rules);

}  // namespace kproto
