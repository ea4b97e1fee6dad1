// SPDX-License-Identifier: MPL-2.0
// The kinds of things the simulated API serves: each registers its routes, and those whose things
// take time to become what they shall be also advance them. All run under the simulator's lock.
#pragma once

#include "lab/digitalocean/cloud.h"
#include "lab/digitalocean/router.h"

namespace kproto::lab {

void ServeAccount(Cloud* cloud, Router* router);
void ServeRegions(Cloud* cloud, Router* router);
void ServeSizes(Cloud* cloud, Router* router);
void ServeKubernetesOptions(Cloud* cloud, Router* router);
void ServeClusters(Cloud* cloud, Router* router);
void ServeClusterAccess(Cloud* cloud, Router* router);
void ServeClusterUpgrades(Cloud* cloud, Router* router);
void ServeClusterExtras(Cloud* cloud, Router* router);
void ServeAssociatedResources(Cloud* cloud, Router* router);
void ServeNodePools(Cloud* cloud, Router* router);
void ServeVpcs(Cloud* cloud, Router* router);
void ServeVpcPeerings(Cloud* cloud, Router* router);
void ServeNatGateways(Cloud* cloud, Router* router);
void ServeFirewalls(Cloud* cloud, Router* router);
void ServeLoadBalancers(Cloud* cloud, Router* router);
void ServeVolumes(Cloud* cloud, Router* router);
void ServeSnapshots(Cloud* cloud, Router* router);
void ServeProjects(Cloud* cloud, Router* router);
void ServeRegistries(Cloud* cloud, Router* router);
void ServeClusterRegistries(Cloud* cloud, Router* router);
void ServeTags(Cloud* cloud, Router* router);
void ServeDroplets(Cloud* cloud, Router* router);

void AdvanceClusters(Cloud* cloud);
void AdvanceVpcs(Cloud* cloud);
void AdvanceVpcPeerings(Cloud* cloud);
void AdvanceNatGateways(Cloud* cloud);
void AdvanceFirewalls(Cloud* cloud);
void AdvanceLoadBalancers(Cloud* cloud);

}  // namespace kproto::lab
