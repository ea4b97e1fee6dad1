// SPDX-License-Identifier: MPL-2.0
// The settings of a kproto_cluster in the hands of the real OpenTofu, over a lab without control
// planes: made, imported, switched off, and refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/acceptance/workspace.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kSettings[] = R"hcl(
  maintenance_policy = { day = "sunday", start_time = "04:00" }
  cluster_autoscaler_configuration = {
    scale_down_utilization_threshold = 0.65
    scale_down_unneeded_time         = "10m"
    expanders                        = ["priority", "least-waste"]
  }
  control_plane_firewall = {
    enabled           = true
    allowed_addresses = ["203.0.113.7", "198.51.100.0/24"]
    allow_lockout     = true # there is no API server here to be locked out of
  }
  sso     = { enabled = true, issuer_url = "https://id.example", client_id = "doks" }
  plugins = { routing_agent = true, amd_gpu_dra_driver = true, coredns_autoscaler = true }
  tags    = ["team:a"]
)hcl";

constexpr char kConfiguration[] = R"hcl(
terraform {
  required_providers { kproto = { source = "kproto/kproto" } }
}
resource "kproto_cluster" "this" {
  name    = "settings"
  region  = "nyc3"
  version = "~> 1.33.0"
  node_pools = {
    gpu  = { size = "gpu-mi300x1-192gb", count = 1, gpu_partition_mode = "AMD_PARTITION_MODE_DPX_NPS2" }
    many = { size = "c-2", auto_scale = true, min_nodes = 1, max_nodes = 3 }
  }
  # settings
}
)hcl";

class SettingsAcceptanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.Up({"--no-control-plane", "--time-factor", "60"});
    workspace_.Write("main.tf", kConfiguration);
    workspace_.Edit("main.tf", "  # settings\n", kSettings);
    workspace_.Init();
  }
  nlohmann::json Cluster() {
    return lab_.Api("GET", "/v2/kubernetes/clusters")["kubernetes_clusters"][0];
  }

  lab::testing::LabProgram lab_;
  Workspace workspace_{lab_};
};

TEST_F(SettingsAcceptanceTest, AreMadeImportedSwitchedOffAndRefused) {
  ExpectOk(workspace_.Apply());
  nlohmann::json cluster = Cluster();
  EXPECT_EQ(cluster["version"], "1.33.8-do.1");
  EXPECT_EQ(cluster["maintenance_policy"]["day"], "sunday");
  EXPECT_EQ(cluster["control_plane_firewall"]["enabled"], true);
  EXPECT_EQ(cluster["sso"]["client_id"], "doks");
  EXPECT_EQ(cluster["routing_agent"]["enabled"], true);
  EXPECT_EQ(cluster["amd_gpu_device_plugin"]["enabled"], false) << "its driver is on";
  workspace_.ExpectPlan(0);

  // The override is no property of the cluster, so an import cannot know it.
  workspace_.Tofu({"state", "rm", "kproto_cluster.this"});
  workspace_.Edit("main.tf", "allow_lockout     = true", "# allow_lockout = true");
  ExpectOk(workspace_.Tofu({"import", "kproto_cluster.this", "settings"}));
  workspace_.ExpectPlan(0);

  workspace_.Write("main.tf", kConfiguration);
  const CommandResult plan = workspace_.Plan();
  EXPECT_THAT(plan.out, AllOf(HasSubstr("routing_agent"), HasSubstr("true -> false"),
                              HasSubstr("1 to change, 0 to destroy")));
  ExpectOk(workspace_.Apply());
  cluster = Cluster();
  EXPECT_EQ(cluster["control_plane_firewall"]["enabled"], false);
  EXPECT_EQ(cluster["sso"]["enabled"], false);
  EXPECT_EQ(cluster["routing_agent"]["enabled"], false);
  EXPECT_EQ(cluster["amd_gpu_dra_driver"]["enabled"], false);
  EXPECT_EQ(cluster["cluster_autoscaler_configuration"]["expanders"], nlohmann::json::array());
  EXPECT_EQ(cluster["tags"].size(), 3u) << "k8s, k8s:<id> and the mark: " << cluster["tags"];
  workspace_.ExpectPlan(0);

  workspace_.Edit("main.tf", "  # settings\n",
                  "  plugins = { amd_gpu_device_plugin = true, amd_gpu_dra_driver = true }\n"
                  "  control_plane_firewall = { enabled = true }\n");
  const CommandResult refused = workspace_.Plan();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("Plugins that exclude each other"),
                                 HasSubstr("Nobody could reach the API server")));
}

}  // namespace
}  // namespace kproto::testing
