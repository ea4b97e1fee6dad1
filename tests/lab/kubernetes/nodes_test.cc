// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/nodes.h"

#include "gtest/gtest.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

NodeSpec Monitoring() {
  return {
      .name = "monitoring-abc12",
      .provider_id = "digitalocean://400000001",
      .labels = {{"node-type", "monitoring"}, {"doks.digitalocean.com/node-pool", "monitoring"}},
      .taints = {{"dedicated", "monitoring", "NoSchedule"}},
      .vcpus = 4,
      .memory_mib = 8192};
}

TEST(NodeObjectTest, SaysWhatTheSizeAndThePoolSay) {
  const json node = NodeObject(Monitoring());
  EXPECT_EQ(Text(node, {"metadata", "labels", "node-type"}), "monitoring");
  EXPECT_EQ(Text(node, {"metadata", "labels", "kubernetes.io/hostname"}), "monitoring-abc12");
  EXPECT_EQ(Text(node, {"spec", "providerID"}), "digitalocean://400000001");
  EXPECT_EQ(node["spec"]["taints"],
            json::parse(R"([{"key":"dedicated","value":"monitoring","effect":"NoSchedule"}])"));
  EXPECT_EQ(Text(node, {"status", "capacity", "memory"}), "8192Mi");
  EXPECT_EQ(Text(node, {"status", "capacity", "cpu"}), "4000m");
  EXPECT_EQ(Text(node, {"status", "allocatable", "cpu"}), "3900m");
  EXPECT_EQ(Text(node, {"status", "allocatable", "memory"}), "6144Mi");
}

TEST(NodeObjectTest, TwoDropletsHaveTwoAddressesAndTheSameOneKeepsIts) {
  NodeSpec other = Monitoring();
  other.provider_id = "digitalocean://400000002";
  EXPECT_EQ(NodeObject(Monitoring()), NodeObject(Monitoring()));
  EXPECT_NE(NodeObject(Monitoring())["status"]["addresses"][1],
            NodeObject(other)["status"]["addresses"][1]);
}

TEST(NodePatchTest, NothingToDoIsNull) {
  EXPECT_TRUE(NodePatch(NodeObject(Monitoring()), Monitoring()).is_null());
}

TEST(NodePatchTest, LabelsAreAddedAndForeignOnesStay) {
  json live = NodeObject(Monitoring());
  live["metadata"]["labels"]["mine"] = "yes";
  NodeSpec wanted = Monitoring();
  wanted.labels["tier"] = "gold";
  EXPECT_EQ(NodePatch(live, wanted), json::parse(R"({"metadata":{"labels":{"tier":"gold"}}})"));
}

TEST(NodePatchTest, APoolsTaintsGoAndKubernetesOwnStay) {
  json live = NodeObject(Monitoring());
  live["spec"]["taints"].push_back(
      {{"key", "node.kubernetes.io/unreachable"}, {"effect", "NoExecute"}});
  NodeSpec wanted = Monitoring();
  wanted.taints.clear();
  const json patch = NodePatch(live, wanted);
  ASSERT_EQ(patch["spec"]["taints"].size(), 1U);
  EXPECT_EQ(Text(patch["spec"]["taints"][0], {"key"}), "node.kubernetes.io/unreachable");
}

TEST(NodePatchTest, AnEmptyTaintValueIsTheSameAsNone) {
  NodeSpec wanted = Monitoring();
  wanted.taints = {{"dedicated", "", "NoSchedule"}};
  json live = NodeObject(wanted);
  live["spec"]["taints"][0].erase("value");
  EXPECT_TRUE(NodePatch(live, wanted).is_null());
}

}  // namespace
}  // namespace kproto::lab
