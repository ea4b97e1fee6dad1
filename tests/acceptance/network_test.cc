// SPDX-License-Identifier: MPL-2.0
// The network resources in the hands of the real OpenTofu: each of their examples is made, needs
// nothing afterwards, is imported, changed in place, and leaves nothing behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/acceptance/workspace.h"

namespace kproto::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class NetworkAcceptanceTest : public ::testing::Test {
 protected:
  void SetUp() override { lab_.Up({"--no-control-plane", "--time-factor", "60"}); }

  lab::testing::LabProgram lab_;
};

TEST_F(NetworkAcceptanceTest, EachExampleIsMadeImportedChangedAndGone) {
  Workspace peering(lab_, "vpc-peering"), gateway(lab_, "vpc-nat-gateway"),
      firewall(lab_, "firewall");
  firewall.SetVariable("cluster_id", "c-1");
  for (Workspace* workspace : {&peering, &gateway, &firewall}) {
    workspace->Init();
    ExpectOk(workspace->Apply());
    workspace->ExpectPlan(0);
  }
  EXPECT_THAT(Inventory(lab_, "vpcs"), UnorderedElementsAre("east", "west", "private"));
  EXPECT_EQ(peering.Output("status"), "ACTIVE");
  EXPECT_THAT(gateway.Output("egress_ips"), SizeIs(1));
  EXPECT_EQ(firewall.Output("status"), "succeeded");

  ExpectImport(peering, "kproto_vpc.east", "east");
  ExpectImport(peering, "kproto_vpc_peering.this", "east-west");
  ExpectImport(gateway, "kproto_vpc_nat_gateway.out", "private-out");
  ExpectImport(firewall, "kproto_firewall.nodes", "nodes");

  firewall.Edit("main.tf", "ports = \"22\"", "ports = \"2222\"");
  const CommandResult plan = firewall.Plan();
  EXPECT_THAT(plan.out, HasSubstr("0 to add, 1 to change, 0 to destroy")) << plan.out;
  ExpectOk(firewall.Apply());
  firewall.ExpectPlan(0);

  for (Workspace* workspace : {&firewall, &gateway, &peering}) {
    ExpectOk(workspace->Destroy());
  }
  for (const char* kind : {"vpcs", "vpc_peerings", "vpc_nat_gateways", "firewalls"}) {
    EXPECT_THAT(Inventory(lab_, kind), IsEmpty()) << kind;
  }
}

// Network, gateway and cluster in one apply: the gateway is active before the cluster is asked for,
// or DigitalOcean would refuse it.
TEST_F(NetworkAcceptanceTest, APrivateClusterIsOneApplyAndLeavesThroughItsGateway) {
  Workspace workspace(lab_, "private-cluster");
  workspace.Init();
  ExpectOk(workspace.Apply());
  workspace.ExpectPlan(0);
  EXPECT_THAT(workspace.Output("egress_ips"), SizeIs(1));
  EXPECT_EQ(workspace.State()["kproto_cluster.private"]["values"]["isolated_workers"], true);
  ExpectImport(workspace, "kproto_cluster.private", "private");
  ExpectOk(workspace.Destroy());
  for (const char* kind : {"clusters", "vpcs", "vpc_nat_gateways"}) {
    EXPECT_THAT(Inventory(lab_, kind), IsEmpty()) << kind;
  }
}

}  // namespace
}  // namespace kproto::testing
