// SPDX-License-Identifier: MPL-2.0
#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

using InventoryTest = SimulatorTest;

TEST_F(InventoryTest, IsEmptyWhenOnlyTheRegionsDefaultsAreThere) {
  const Json inventory = simulator().Inventory();
  for (const char* kind :
       {"vpcs", "clusters", "load_balancers", "volumes", "snapshots", "droplets"}) {
    EXPECT_TRUE(inventory[kind].empty()) << kind;
  }
  EXPECT_EQ(inventory["monthly_cost"], 0);
}

TEST_F(InventoryTest, AddsUpWhatIsThereAndSaysWhoseItIs) {
  Post("/v2/vpcs", {{"name", "mine"}, {"region", "nyc3"}});
  Json body = ClusterBody();
  body["ha"] = true;
  const std::string id = MakeCluster(body);
  Json balancer = LoadBalancerBody();
  balancer["tags"] = {"k8s:" + id};
  Post("/v2/load_balancers", balancer);
  Post("/v2/volumes",
       {{"name", "d"}, {"region", "nyc3"}, {"size_gigabytes", 50}, {"tags", {"k8s:gone"}}});
  const Json inventory = Admin("GET", "/lab/inventory").body;
  EXPECT_EQ(inventory["vpcs"].size(), 1u);
  EXPECT_EQ(inventory["load_balancers"][0]["owner"], "demo");
  EXPECT_EQ(inventory["load_balancers"][0]["owner_id"], id);
  EXPECT_EQ(inventory["volumes"][0]["owner"], "gone") << "its cluster is not there any more";
  EXPECT_EQ(inventory["droplets"].size(), 2u);
  EXPECT_EQ(inventory["monthly_cost"], 40 + 2 * 24 + 12 + 5);
}

}  // namespace
}  // namespace kproto::lab
