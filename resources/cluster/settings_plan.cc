// SPDX-License-Identifier: MPL-2.0
// What a plan makes of the settings, and what is wrong with them before anybody is asked.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "resources/cluster/model.h"
#include "resources/cluster/plugins.h"
#include "resources/cluster/settings.h"

namespace kproto {
namespace {

struct Rivals {
  const char *device_plugin, *driver;
  Attr<bool> ClusterPlugins::*plugin_member;
  Attr<bool> ClusterPlugins::*driver_member;
};

// Either offers the GPUs of a node; DigitalOcean refuses both at once.
constexpr Rivals kRivals[] = {
    {"amd_gpu_device_plugin", "amd_gpu_dra_driver", &ClusterPlugins::amd_gpu_device_plugin,
     &ClusterPlugins::amd_gpu_dra_driver},
    {"nvidia_gpu_device_plugin", "nvidia_gpu_dra_driver", &ClusterPlugins::nvidia_gpu_device_plugin,
     &ClusterPlugins::nvidia_gpu_dra_driver}};

// Nothing is configured and nothing was there: nothing will be.
template <typename T>
void KeepNull(const Attr<T>& prior, Attr<T>& planned) {
  if (planned.is_unknown() && prior.is_null()) {
    planned = prior;
  }
}

void PlanPlugins(const ClusterModel* prior, const ClusterModel& config, ClusterModel& planned) {
  if (config.plugins.is_null() && prior != nullptr && prior->plugins.is_known()) {
    planned.plugins = WithoutAskedFor(*prior->plugins);
  }
  if (!planned.plugins.is_known() || !config.plugins.is_known()) {
    return;
  }
  for (const Rivals& rivals : kRivals) {
    if (((*planned.plugins).*rivals.driver_member).value_or(false) &&
        ((*config.plugins).*rivals.plugin_member).is_null()) {
      (*planned.plugins).*rivals.plugin_member = false;
    }
  }
}

// How long the window stays open is DigitalOcean's to say, and to say anew when the window changes.
void PlanMaintenance(const ClusterModel& prior, ClusterModel& planned) {
  KeepNull(prior.maintenance_policy, planned.maintenance_policy);
  if (planned.maintenance_policy.is_known() && prior.maintenance_policy.is_known() &&
      planned.maintenance_policy->day == prior.maintenance_policy->day &&
      planned.maintenance_policy->start_time == prior.maintenance_policy->start_time) {
    planned.maintenance_policy->duration = prior.maintenance_policy->duration;
  } else if (planned.maintenance_policy.is_known()) {
    planned.maintenance_policy->duration = Attr<std::string>::Unknown();
  }
}

void PlanAutoscaler(const ClusterModel& prior, const ClusterModel& config, ClusterModel& planned) {
  Attr<ClusterAutoscaler>& autoscaler = planned.cluster_autoscaler_configuration;
  const Attr<ClusterAutoscaler>& before = prior.cluster_autoscaler_configuration;
  KeepNull(before, autoscaler);
  if (!autoscaler.is_known() || !before.is_known()) {
    return;
  }
  if (config.cluster_autoscaler_configuration.is_null()) {
    autoscaler->expanders = ListOf<std::string>();
  }
  KeepNull(before->scale_down_utilization_threshold, autoscaler->scale_down_utilization_threshold);
  KeepNull(before->scale_down_unneeded_time, autoscaler->scale_down_unneeded_time);
  // Another spelling of what is there is no change.
  digitalocean::Cluster live;
  digitalocean::ClusterSpec asked;
  PutSettings(prior, asked);
  live.cluster_autoscaler_configuration = asked.cluster_autoscaler_configuration;
  ClusterModel wanted;
  wanted.cluster_autoscaler_configuration = autoscaler;
  if (SettingsDifference(wanted, live, nullptr).empty()) {
    autoscaler = before;
  }
}

void PlanFirewall(const ClusterModel& prior, ClusterModel& planned) {
  if (!planned.control_plane_firewall.is_known() || !prior.control_plane_firewall.is_known() ||
      !planned.control_plane_firewall->allowed_addresses.is_known()) {
    return;
  }
  digitalocean::Cluster live;
  live.control_plane_firewall = WantedFirewall(prior);
  live.control_plane_firewall->enabled = WantedFirewall(planned).enabled;
  if (!FirewallDiffers(planned, live)) {
    planned.control_plane_firewall->allowed_addresses =
        prior.control_plane_firewall->allowed_addresses;
  }
}

void CheckFirewall(const ClusterModel& config, Diagnostics& diagnostics) {
  if (!config.control_plane_firewall.is_known()) {
    return;
  }
  const ControlPlaneFirewall& firewall = *config.control_plane_firewall;
  const bool empty =
      firewall.allowed_addresses.is_null() ||
      (firewall.allowed_addresses.is_known() && firewall.allowed_addresses->elements.empty());
  const bool guarded = firewall.allow_lockout.is_null() ||
                       (firewall.allow_lockout.is_known() && !*firewall.allow_lockout);
  if (firewall.enabled.value_or(false) && empty && guarded) {
    const Path path = Path("control_plane_firewall").Attribute("allowed_addresses");
    diagnostics.AddError(
        "Nobody could reach the API server",
        absl::StrCat(path.ToString(),
                     " is empty while the firewall is enabled: it would shut everybody out, "
                     "OpenTofu included. List the public addresses from which the cluster is used "
                     "(\"203.0.113.7\", \"198.51.100.0/24\"), or write allow_lockout = true."),
        path);
  }
}

void CheckSso(const ClusterModel& config, Diagnostics& diagnostics) {
  if (!config.sso.is_known() || !config.sso->enabled.is_known()) {
    return;
  }
  const ClusterSso& sso = *config.sso;
  const Path path("sso");
  const auto need = [&](const char* name, const Attr<std::string>& attribute) {
    if (*sso.enabled && attribute.is_null()) {
      diagnostics.AddError("Incomplete single sign-on",
                           absl::StrCat("sso.", name,
                                        " is missing; sso.enabled = true needs "
                                        "issuer_url and client_id."),
                           path.Attribute(name));
    }
  };
  need("issuer_url", sso.issuer_url);
  need("client_id", sso.client_id);
  if (!sso.required.value_or(false)) {
    return;
  }
  if (!*sso.enabled) {
    diagnostics.AddError("Single sign-on required but off",
                         "sso.required = true needs sso.enabled = true: nobody could log in.",
                         path.Attribute("required"));
  } else {
    diagnostics.AddWarning(
        "Only single sign-on will be accepted",
        "sso.required = true makes the API server refuse tokens, those of kproto included: "
        "kproto_monitoring_stack cannot work on this cluster.",
        path.Attribute("required"));
  }
}

void CheckPlugins(const ClusterModel& config, Diagnostics& diagnostics) {
  if (!config.plugins.is_known()) {
    return;
  }
  for (const Rivals& rivals : kRivals) {
    if (((*config.plugins).*rivals.driver_member).value_or(false) &&
        ((*config.plugins).*rivals.plugin_member).value_or(false)) {
      diagnostics.AddError(
          "Plugins that exclude each other",
          absl::StrCat("plugins.", rivals.driver, " and plugins.", rivals.device_plugin,
                       " both offer the same GPUs. Turn one of them off."),
          Path("plugins").Attribute(rivals.driver));
    }
  }
}

}  // namespace

void PlanSettings(const ClusterModel* prior, const ClusterModel& config, ClusterModel& planned) {
  PlanPlugins(prior, config, planned);
  if (prior == nullptr) {
    return;
  }
  PlanAutoscaler(*prior, config, planned);
  PlanFirewall(*prior, planned);
  PlanMaintenance(*prior, planned);
  KeepNull(prior->worker_subnet_id, planned.worker_subnet_id);
}

void KeepFromReplacing(const ClusterModel& prior, const ClusterModel& planned,
                       std::vector<Path>& replace) {
  std::erase_if(replace, [&](const Path& path) {
    return (path == Path("worker_subnet_id") &&
            planned.worker_subnet_id == prior.worker_subnet_id) ||
           (path == Path("isolated_workers") && prior.isolated_workers.is_null() &&
            planned.isolated_workers.is_known() && !*planned.isolated_workers);
  });
}

void CheckSettings(const ClusterModel& config, Diagnostics& diagnostics) {
  CheckFirewall(config, diagnostics);
  CheckSso(config, diagnostics);
  CheckPlugins(config, diagnostics);
  const bool vpc_named =
      config.vpc.is_unknown() || (config.vpc.is_known() && !config.vpc->id.is_null());
  if (config.worker_subnet_id.is_known() && !vpc_named) {
    diagnostics.AddError("Subnet without its VPC",
                         "worker_subnet_id names a subnet of an existing VPC: write that VPC's id "
                         "as vpc = { id = \"…\" }.",
                         Path("worker_subnet_id"));
  }
}

}  // namespace kproto
