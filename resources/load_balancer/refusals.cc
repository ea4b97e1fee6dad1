// SPDX-License-Identifier: MPL-2.0
#include "resources/load_balancer/refusals.h"

#include <utility>

#include "absl/strings/match.h"

namespace kproto {

Path BlamedPath(const absl::Status& refusal) {
  const std::pair<const char*, const char*> kWords[] = {
      {"forwarding", "forwarding_rules"},
      {"entry", "forwarding_rules"},
      {"target port", "forwarding_rules"},
      {"certificate", "forwarding_rules"},
      {"egion is not", "region"},
      {"VPC", "vpc_uuid"},
      {"roplet", "droplet_ids"},
      {"project", "project_id"},
      {"size", "size_unit"},
      {"health", "health_check"},
      {"firewall", "firewall"},
      {"target load balancer", "target_load_balancer_ids"},
      {"glb", "glb_settings"},
      {"domain", "domains"}};
  for (const auto& [word, attribute] : kWords) {
    if (absl::StrContains(refusal.message(), word)) {
      return Path(attribute);
    }
  }
  return Path();
}

bool IsBusyBalancer(const absl::Status& refusal) {
  return absl::StrContains(refusal.message(), "processes previous actions");
}

}  // namespace kproto
