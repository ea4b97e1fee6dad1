// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/write_json.h"

#include "clients/digitalocean/networking_json.h"
#include "gtest/gtest.h"

namespace kproto::digitalocean {
namespace {

TEST(WriteClusterSpecTest, AMinimalOneHasNoInventedSettings) {
  const ClusterSpec spec{.name = "k8s",
                         .region = "nyc3",
                         .version = "1.34",
                         .node_pools = {{.name = "primary", .size = "s-2vcpu-4gb", .count = 3}}};
  EXPECT_EQ(WriteClusterSpec(spec), Json::parse(R"({
      "name": "k8s", "region": "nyc3", "version": "1.34", "tags": [],
      "node_pools": [{"name": "primary", "size": "s-2vcpu-4gb", "count": 3, "tags": [],
                      "labels": {}, "taints": [], "auto_scale": false}]})"));
}

TEST(WriteClusterSpecTest, AFullOneHasAll) {
  const ClusterSpec spec{
      .name = "k8s",
      .region = "nyc3",
      .version = "1.34.1-do.0",
      .vpc_uuid = "v",
      .worker_subnet_uuid = "w",
      .cluster_subnet = "192.168.0.0/20",
      .service_subnet = "192.168.16.0/22",
      .tags = {"kproto:abc"},
      .node_pools = {{.name = "scaled",
                      .size = "c-2",
                      .count = 2,
                      .tags = {"t"},
                      .labels = {{"node-type", "scaled"}},
                      .taints = {{"dedicated", "scaled", "NoSchedule"}},
                      .auto_scale = true,
                      .min_nodes = 1,
                      .max_nodes = 5,
                      .gpu_partition_mode = "AMD_PARTITION_MODE_SPX_NPS1"}},
      .maintenance_policy = MaintenancePolicy{"sunday", "03:00", "ignored"},
      .control_plane_firewall = ControlPlaneFirewall{true, {"198.51.100.7"}},
      .cluster_autoscaler_configuration = ClusterAutoscaler{0.5, "5m0s", {"random"}},
      .sso = Sso{true, true, "https://id.example", "doks"},
      .plugins = {{"routing_agent", true}, {"coredns_autoscaler", false}},
      .auto_upgrade = true,
      .surge_upgrade = false,
      .ha = true,
      .isolated_workers = false};
  EXPECT_EQ(WriteClusterSpec(spec), Json::parse(R"({
      "name": "k8s", "region": "nyc3", "version": "1.34.1-do.0", "vpc_uuid": "v",
      "worker_subnet_uuid": "w", "cluster_subnet": "192.168.0.0/20",
      "service_subnet": "192.168.16.0/22", "tags": ["kproto:abc"],
      "node_pools": [{"name": "scaled", "size": "c-2", "count": 2, "tags": ["t"],
        "labels": {"node-type": "scaled"},
        "taints": [{"key": "dedicated", "value": "scaled", "effect": "NoSchedule"}],
        "auto_scale": true, "min_nodes": 1, "max_nodes": 5,
        "gpu_partition_mode": "AMD_PARTITION_MODE_SPX_NPS1"}],
      "maintenance_policy": {"day": "sunday", "start_time": "03:00"},
      "control_plane_firewall": {"enabled": true, "allowed_addresses": ["198.51.100.7"]},
      "cluster_autoscaler_configuration": {"scale_down_utilization_threshold": 0.5,
        "scale_down_unneeded_time": "5m0s", "expanders": ["random"]},
      "sso": {"enabled": true, "required": true, "issuer_url": "https://id.example",
        "client_id": "doks"},
      "routing_agent": {"enabled": true}, "coredns_autoscaler": {"enabled": false},
      "auto_upgrade": true, "surge_upgrade": false, "ha": true, "isolated_workers": false})"));
}

TEST(WriteClusterUpdateTest, OnlyWhatChangesIsSent) {
  EXPECT_EQ(WriteClusterUpdate({.name = "k8s"}), Json::parse(R"({"name": "k8s"})"));
}

TEST(WriteClusterUpdateTest, OffSwitchesAndEmptyListsAreSent) {
  const ClusterUpdate update{.name = "k8s",
                             .tags = std::vector<std::string>{},
                             .control_plane_firewall = ControlPlaneFirewall{},
                             .cluster_autoscaler_configuration = ClusterAutoscaler{},
                             .sso = Sso{},
                             .plugins = {{"routing_agent", false}},
                             .auto_upgrade = false,
                             .surge_upgrade = false};
  EXPECT_EQ(WriteClusterUpdate(update), Json::parse(R"({
      "name": "k8s", "tags": [],
      "control_plane_firewall": {"enabled": false, "allowed_addresses": []},
      "cluster_autoscaler_configuration": {"expanders": []},
      "sso": {"enabled": false, "required": false},
      "routing_agent": {"enabled": false}, "auto_upgrade": false, "surge_upgrade": false})"));
}

TEST(WriteNodePoolUpdateTest, TheLastLabelTagAndTaintCanGo) {
  EXPECT_EQ(WriteNodePoolUpdate({.name = "p"}), Json::parse(R"({"name": "p"})"));
  const NodePoolUpdate update{.name = "p",
                              .count = 0,
                              .tags = std::vector<std::string>{},
                              .labels = std::map<std::string, std::string>{},
                              .taints = std::vector<Taint>{},
                              .auto_scale = false,
                              .min_nodes = 0,
                              .max_nodes = 0};
  EXPECT_EQ(WriteNodePoolUpdate(update), Json::parse(R"({
      "name": "p", "count": 0, "tags": [], "labels": {}, "taints": [], "auto_scale": false,
      "min_nodes": 0, "max_nodes": 0})"));
}

TEST(WriteVpcTest, AutomaticRangeIsLeftOut) {
  EXPECT_EQ(WriteVpcSpec({.name = "v", .region = "nyc3"}),
            Json::parse(R"({"name": "v", "region": "nyc3"})"));
  EXPECT_EQ(WriteVpcSpec({"v", "nyc3", "kproto:1", "10.10.0.0/20"}), Json::parse(R"({
      "name": "v", "region": "nyc3", "description": "kproto:1", "ip_range": "10.10.0.0/20"})"));
  EXPECT_EQ(WriteVpcUpdate({}), Json::object());
  EXPECT_EQ(WriteVpcUpdate({.description = ""}), Json::parse(R"({"description": ""})"));
}

TEST(WriteAssociatedSelectionTest, AllThreeListsAreAlwaysThere) {
  EXPECT_EQ(WriteAssociatedSelection({.volumes = {"v"}}), Json::parse(R"({
      "load_balancers": [], "volumes": ["v"], "volume_snapshots": []})"));
}

}  // namespace
}  // namespace kproto::digitalocean
