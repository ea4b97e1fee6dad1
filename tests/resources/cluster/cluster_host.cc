// SPDX-License-Identifier: MPL-2.0
#include "tests/resources/cluster/cluster_host.h"

namespace kproto::testing {

ClusterModel SmallPlatform() {
  ClusterModel cluster;
  cluster.name = "k8s";
  cluster.region = "nyc3";
  cluster.version = "1.33";
  cluster.vpc = ClusterVpc{.ip_range = "10.10.0.0/20"};
  ClusterPool primary, monitoring;
  primary.size = "s-2vcpu-4gb";
  primary.count = 2;
  monitoring.size = "s-4vcpu-8gb";
  monitoring.count = 1;
  monitoring.dedicated = true;
  MapOf<ClusterPool> pools;
  pools["primary"] = primary;
  pools["monitoring"] = monitoring;
  cluster.node_pools = pools;
  return cluster;
}

}  // namespace kproto::testing
