// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/plugins.h"

#include <algorithm>

namespace kproto {
namespace {

namespace ocean = digitalocean;

struct Plugin {
  const char* key;        // the API's
  const char* attribute;  // ours
  Attr<bool> ClusterPlugins::*member;
};

constexpr Plugin kPlugins[] = {
    {"routing_agent", "routing_agent", &ClusterPlugins::routing_agent},
    {"p2p_oci_registry_plugin", "p2p_oci_registry_plugin",
     &ClusterPlugins::p2p_oci_registry_plugin},
    {"amd_gpu_device_plugin", "amd_gpu_device_plugin", &ClusterPlugins::amd_gpu_device_plugin},
    {"amd_gpu_device_metrics_exporter_plugin", "amd_gpu_device_metrics_exporter_plugin",
     &ClusterPlugins::amd_gpu_device_metrics_exporter_plugin},
    {"nvidia_gpu_device_plugin", "nvidia_gpu_device_plugin",
     &ClusterPlugins::nvidia_gpu_device_plugin},
    {"amd_gpu_dra_driver", "amd_gpu_dra_driver", &ClusterPlugins::amd_gpu_dra_driver},
    {"nvidia_gpu_dra_driver", "nvidia_gpu_dra_driver", &ClusterPlugins::nvidia_gpu_dra_driver},
    {"rdma_shared_dev_plugin", "rdma_shared_device_plugin",
     &ClusterPlugins::rdma_shared_device_plugin},
    {"coredns_autoscaler", "coredns_autoscaler", &ClusterPlugins::coredns_autoscaler},
};

}  // namespace

std::string PluginAttribute(const std::string& key) {
  const auto plugin = std::find_if(std::begin(kPlugins), std::end(kPlugins),
                                   [&](const Plugin& each) { return key == each.key; });
  return plugin == std::end(kPlugins) ? key : plugin->attribute;
}

ocean::Plugins PluginsToCreate(const ClusterPlugins& wanted) {
  ocean::Plugins plugins;
  for (const Plugin& plugin : kPlugins) {
    const Attr<bool>& on = wanted.*plugin.member;
    // Only what DigitalOcean may turn on by itself has to be told to stay off.
    const bool by_itself = !FindAttribute(ClusterPlugins::Fields().attributes(), plugin.attribute)
                                ->default_value.has_value();
    if (on.is_known() && (*on || by_itself)) {
      plugins[plugin.key] = *on;
    }
  }
  return plugins;
}

ocean::Plugins PluginsToChange(const ClusterPlugins& wanted, const ocean::Plugins& live) {
  ocean::Plugins changes;
  for (const Plugin& plugin : kPlugins) {
    const Attr<bool>& on = wanted.*plugin.member;
    const auto now = live.find(plugin.key);
    if (on.is_known() && *on != (now != live.end() && now->second)) {
      changes[plugin.key] = *on;
    }
  }
  return changes;
}

ClusterPlugins ReadPlugins(const ocean::Plugins& live) {
  ClusterPlugins read;
  for (const Plugin& plugin : kPlugins) {
    const auto now = live.find(plugin.key);
    read.*plugin.member = now != live.end() && now->second;
  }
  return read;
}

ClusterPlugins WithoutAskedFor(ClusterPlugins prior) {
  for (const Plugin& plugin : kPlugins) {
    const Attribute& attribute =
        *FindAttribute(ClusterPlugins::Fields().attributes(), plugin.attribute);
    if (attribute.default_value) {
      prior.*plugin.member = false;
    }
  }
  return prior;
}

}  // namespace kproto
