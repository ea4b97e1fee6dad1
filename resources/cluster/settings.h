// SPDX-License-Identifier: MPL-2.0
// The settings of a kproto_cluster beside its name, place and pools: maintenance window,
// autoscaler, firewall of the control plane, single sign-on, plugins. Their attributes, what is
// asked of DigitalOcean for them, how its answers read, and what a plan makes of what is left out.
// Pure. Source: POST and PUT /v2/kubernetes/clusters.
#pragma once

#include <string>
#include <vector>

#include "clients/digitalocean/types.h"
#include "provider/runtime/diagnostics.h"
#include "provider/schema/model.h"

namespace kproto {

struct ClusterModel;

struct MaintenancePolicy {
  Attr<std::string> day, start_time, duration;
  static const Table<MaintenancePolicy>& Fields();
};

struct ClusterAutoscaler {
  Attr<double> scale_down_utilization_threshold;
  Attr<std::string> scale_down_unneeded_time;
  Attr<ListOf<std::string>> expanders;
  static const Table<ClusterAutoscaler>& Fields();
};

struct ControlPlaneFirewall {
  Attr<bool> enabled;
  Attr<SetOf<std::string>> allowed_addresses;
  Attr<bool> allow_lockout;
  static const Table<ControlPlaneFirewall>& Fields();
};

struct ClusterSso {
  Attr<bool> enabled, required;
  Attr<std::string> issuer_url, client_id;
  static const Table<ClusterSso>& Fields();
};

struct ClusterPlugins {
  Attr<bool> routing_agent, p2p_oci_registry_plugin, amd_gpu_device_plugin,
      amd_gpu_device_metrics_exporter_plugin, nvidia_gpu_device_plugin, amd_gpu_dra_driver,
      nvidia_gpu_dra_driver, rdma_shared_device_plugin, coredns_autoscaler;
  static const Table<ClusterPlugins>& Fields();
};

// What an omitted firewall and an omitted SSO are: off.
Value FirewallOff();
Value SsoOff();

// The settings of a create call. What was left to DigitalOcean is not sent.
void PutSettings(const ClusterModel& wanted, digitalocean::ClusterSpec& spec);

// What of the settings the live cluster has not as wanted, the firewall aside: in `update`, if it
// is not null, for the API; as the return value, for people ("plugins.routing_agent"), "" if none.
std::string SettingsDifference(const ClusterModel& wanted, const digitalocean::Cluster& live,
                               digitalocean::ClusterUpdate* update);

// The same for the firewall, which a step of its own looks after.
digitalocean::ControlPlaneFirewall WantedFirewall(const ClusterModel& wanted);
bool FirewallDiffers(const ClusterModel& wanted, const digitalocean::Cluster& live);

// Writes what the API says into the model. Other spellings of the same ("10m" for "10m0s", an
// address with "/32") stay as `state` has them.
void ReadSettings(const digitalocean::Cluster& live, ClusterModel& state);

// Off is off: plugins and expanders that are no longer configured are planned away. What
// DigitalOcean decides stays as it is, and so does another spelling of what is there. `prior` is
// nullptr on create.
void PlanSettings(const ClusterModel* prior, const ClusterModel& config, ClusterModel& planned);

// Takes the settings that do not change out of the reasons to replace the cluster: a subnet that
// nobody configures, and what a state of an older kproto does not mention.
void KeepFromReplacing(const ClusterModel& prior, const ClusterModel& planned,
                       std::vector<Path>& replace);

// What DigitalOcean would refuse, and what would shut its owner out.
void CheckSettings(const ClusterModel& config, Diagnostics& diagnostics);

}  // namespace kproto
