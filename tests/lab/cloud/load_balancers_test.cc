// SPDX-License-Identifier: MPL-2.0
#include "lab/cloud/load_balancers.h"

#include "gtest/gtest.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

const ClusterSpec kCluster = {.id = "c-1", .name = "demo", .region = "nyc3", .vpc_uuid = "v-1"};

json Service() {
  return json::parse(R"({"metadata": {"uid": "ab-cd-ef", "annotations": {}},
      "spec": {"ports": [{"port": 80, "nodePort": 31000, "protocol": "TCP"},
                         {"port": 53, "nodePort": 31001, "protocol": "UDP"}]}})");
}

json Nodes() {
  return json::parse(R"({"items": [{"spec": {"providerID": "digitalocean://22"}},
                                   {"spec": {"providerID": "digitalocean://11"}},
                                   {"spec": {}}]})");
}

TEST(LoadBalancerRequestTest, IsNamedTaggedAndPlacedAsTheCloudControllerDoes) {
  const json request = LoadBalancerRequest(Service(), Nodes(), kCluster);
  EXPECT_EQ(Text(request, {"name"}), "aabcdef");
  EXPECT_EQ(request["tags"], json::array({"k8s:c-1"}));
  EXPECT_EQ(Text(request, {"vpc_uuid"}), "v-1");
  EXPECT_EQ(Text(request, {"region"}), "nyc3");
  EXPECT_EQ(request["droplet_ids"], json::array({11, 22}));
  EXPECT_EQ(Text(request, {"type"}), "REGIONAL_NETWORK");
}

TEST(LoadBalancerRequestTest, ANetworkOneKeepsThePortAndARegionalOneGoesToTheNodePort) {
  json service = Service();
  json rules = LoadBalancerRequest(service, Nodes(), kCluster)["forwarding_rules"];
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_EQ(rules[0]["target_port"], 80);
  EXPECT_EQ(rules[1]["entry_protocol"], "udp");
  service["metadata"]["annotations"]["service.beta.kubernetes.io/do-loadbalancer-type"] =
      "REGIONAL";
  rules = LoadBalancerRequest(service, Nodes(), kCluster)["forwarding_rules"];
  EXPECT_EQ(rules[0]["entry_port"], 80);
  EXPECT_EQ(rules[0]["target_port"], 31000);
}

TEST(LoadBalancerRequestTest, AnnotationsChooseNameNetworkAndSize) {
  json service = Service();
  json& annotations = service["metadata"]["annotations"];
  annotations["service.beta.kubernetes.io/do-loadbalancer-name"] = "grafana";
  annotations["service.beta.kubernetes.io/do-loadbalancer-network"] = "INTERNAL";
  annotations["service.beta.kubernetes.io/do-loadbalancer-size-unit"] = "3";
  const json request = LoadBalancerRequest(service, Nodes(), kCluster);
  EXPECT_EQ(Text(request, {"name"}), "grafana");
  EXPECT_EQ(Text(request, {"network"}), "INTERNAL");
  EXPECT_EQ(request["size_unit"], 3);
}

}  // namespace
}  // namespace kproto::lab
