// SPDX-License-Identifier: MPL-2.0
// The optional parts of DOKS that are only on or off: between the attribute `plugins` and the API's
// objects of the same names. Pure.
#pragma once

#include <string>

#include "clients/digitalocean/types.h"
#include "resources/cluster/settings.h"

namespace kproto {

// The attribute's name of a plugin that the API calls `key`.
std::string PluginAttribute(const std::string& key);

// For a create call. What is to be off is not named: an older version may not know it.
digitalocean::Plugins PluginsToCreate(const ClusterPlugins& wanted);

// What is on and should be off, and the other way round. A plugin the API does not mention is off.
digitalocean::Plugins PluginsToChange(const ClusterPlugins& wanted,
                                      const digitalocean::Plugins& live);

ClusterPlugins ReadPlugins(const digitalocean::Plugins& live);

// What of the prior plugins stays when none are configured: those that DigitalOcean decides about.
ClusterPlugins WithoutAskedFor(ClusterPlugins prior);

}  // namespace kproto
