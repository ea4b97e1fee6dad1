// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/refusal.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "base/hint.h"
#include "provider/runtime/diagnostics.h"

namespace kproto {
namespace {

struct Rule {
  const char* words;  // in the message, in lower case
  const char* attribute;
  const char* nested;  // "" for none
  const char* hint;
};

// The first match counts: what is more special comes first.
constexpr Rule kRules[] = {
    {"version slug", "version", "",
     "DigitalOcean withdraws versions from time to time: plan again to see which it offers now."},
    {"droplet size", "node_pools", "",
     "Plan again to see which sizes DigitalOcean offers in this region now."},
    {"droplet limit", "node_pools", "",
     "The account may not have that many Droplets: ask DigitalOcean to raise its limit, or plan "
     "fewer nodes."},
    {"nat gateway", "isolated_workers", "",
     "Isolated workers reach the world through a NAT gateway: give the VPC one first, as its "
     "default gateway."},
    {"isolated", "isolated_workers", "", ""},
    {"worker_subnet", "worker_subnet_id", "", "The subnet must be one of the VPC in vpc.id."},
    {"worker subnet", "worker_subnet_id", "", "The subnet must be one of the VPC in vpc.id."},
    {"cluster subnet", "cluster_subnet", "", "Choose a network that no other one overlaps."},
    {"service subnet", "service_subnet", "", "Choose a network that no other one overlaps."},
    {"control_plane_firewall", "control_plane_firewall", "allowed_addresses", ""},
    {"control plane firewall", "control_plane_firewall", "", ""},
    {"maintenance_policy", "maintenance_policy", "", ""},
    {"cluster_autoscaler_configuration", "cluster_autoscaler_configuration", "", ""},
    {"scale_down", "cluster_autoscaler_configuration", "", ""},
    {"expander", "cluster_autoscaler_configuration", "expanders",
     "DigitalOcean knows random, priority and least-waste."},
    {"sso", "sso", "", ""},
    {"gpu_partition_mode", "node_pools", "", "Only pools of AMD GPU sizes can be partitioned."},
    {"rdma_shared_dev", "plugins", "rdma_shared_device_plugin", ""},
    {"amd_gpu_dra", "plugins", "amd_gpu_dra_driver", ""},
    {"nvidia_gpu_dra", "plugins", "nvidia_gpu_dra_driver", ""},
    {"amd_gpu_device_metrics", "plugins", "amd_gpu_device_metrics_exporter_plugin", ""},
    {"amd_gpu_device", "plugins", "amd_gpu_device_plugin", ""},
    {"nvidia_gpu_device", "plugins", "nvidia_gpu_device_plugin", ""},
    {"p2p_oci", "plugins", "p2p_oci_registry_plugin", ""},
    {"routing_agent", "plugins", "routing_agent", ""},
    {"coredns", "plugins", "coredns_autoscaler", ""},
    {"high availability", "ha", "", "Once on, it stays on: write ha = true, or nothing."},
    {"node_pool", "node_pools", "", ""},
    {"tag \"", "tags", "", ""},
    {"invalid region", "region", "", ""},
    {"vpc", "vpc", "", ""},
};

}  // namespace

absl::Status ExplainRefusal(const absl::Status& status) {
  if (!absl::IsInvalidArgument(status) && !absl::IsFailedPrecondition(status)) {
    return status;
  }
  const std::string message = absl::AsciiStrToLower(status.message());
  for (const Rule& rule : kRules) {
    if (absl::StrContains(message, rule.words)) {
      const Path path(rule.attribute);
      const bool hint = rule.hint[0] != '\0' && HintOf(status).empty();
      return WithPath(hint ? WithHint(status, rule.hint) : status,
                      rule.nested[0] == '\0' ? path : path.Attribute(rule.nested));
    }
  }
  return status;
}

}  // namespace kproto
