// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/surroundings.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/cluster/cluster_host.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class SurroundingsTest : public ::testing::Test {
 protected:
  SurroundingsTest() {
    EXPECT_TRUE(host_.Apply(SmallPlatform())) << Text(host_.said);
    id_ = *host_.model().id;
    vpc_ = *host_.model().vpc_id;
  }
  // What an import of the cluster says; it must go well.
  std::string Imported() {
    EXPECT_TRUE(host_.Import(id_)) << Text(host_.said);
    return Text(host_.said);
  }
  FakeDigitalOcean& cloud() { return host_.cloud(); }

  ClusterHost host_;
  std::string id_, vpc_;
};

TEST_F(SurroundingsTest, TheVpcOfItsOwnIsImportedWithTheCluster) {
  EXPECT_THAT(Imported(), HasSubstr("VPC k8s-vpc, 10.10.0.0/20 (" + vpc_ +
                                    "): made by kproto for this cluster"));
}

TEST_F(SurroundingsTest, AnAdoptedVpcIsNamedWithWhatToWrite) {
  cloud().Edit([&](FakeCloud& cloud) { cloud.vpcs[vpc_].description = "ours"; });
  EXPECT_THAT(Imported(), HasSubstr("stays as it is with vpc = { id = \"" + vpc_ + "\" }"));
}

TEST_F(SurroundingsTest, WhatElseIsInTheVpcIsNamedWithItsId) {
  cloud().Edit([&](FakeCloud& cloud) {
    api::NatGateway gateway;
    gateway.id = "nat-1";
    gateway.name = "way-out";
    gateway.vpcs = {{.vpc_uuid = vpc_}};
    cloud.nat_gateways["nat-1"] = gateway;
    gateway.id = "nat-2";
    gateway.vpcs = {{.vpc_uuid = "another"}};
    cloud.nat_gateways["nat-2"] = gateway;
    cloud.load_balancers["lb-1"] = {.id = "lb-1", .name = "front"};
    cloud.load_balancers["lb-1"].vpc_uuid = vpc_;
    cloud.load_balancers["lb-2"] = {.id = "lb-2", .name = "elsewhere"};
  });
  const std::string said = Imported();
  EXPECT_THAT(said, HasSubstr("NAT gateway way-out (nat-1): leads out of its VPC"));
  EXPECT_THAT(said, HasSubstr("load balancer front (lb-1): in its VPC, of no Service"));
  EXPECT_THAT(said, Not(HasSubstr("nat-2")));
  EXPECT_THAT(said, Not(HasSubstr("elsewhere")));
}

TEST_F(SurroundingsTest, WhatServicesAndClaimsMadeIsLeftToThem) {
  cloud().Edit([&](FakeCloud& cloud) {
    cloud.load_balancers["lb-1"] = {.id = "lb-1", .name = "a123"};
    cloud.load_balancers["lb-1"].vpc_uuid = vpc_;
    cloud.associated[id_] = {.load_balancers = {{"lb-1", "a123"}},
                             .volumes = {{"v-1", "pvc-1"}},
                             .volume_snapshots = {}};
  });
  const std::string said = Imported();
  EXPECT_THAT(said, HasSubstr("load balancer a123 (lb-1): made by a Service of the cluster"));
  EXPECT_THAT(said, HasSubstr("volume pvc-1 (v-1): made by a volume claim of the cluster"));
  EXPECT_THAT(said, Not(HasSubstr("of no Service")));
}

TEST_F(SurroundingsTest, ProjectAndRegistriesAreFound) {
  cloud().Edit([&](FakeCloud& cloud) {
    cloud.projects["p"] = {.id = "p", .name = "shop"};
    cloud.project_urns["p"] = {"do:kubernetes:" + id_};
    cloud.clusters[id_].registry_enabled = true;
  });
  EXPECT_THAT(Imported(), AllOf(HasSubstr("project shop (p): holds the cluster"),
                                HasSubstr("container registries: the cluster pulls")));
}

TEST_F(SurroundingsTest, WhatCannotBeReadIsSaidAndTheImportGoesOn) {
  cloud().FailNext("ListProjects", absl::PermissionDeniedError("no scope (HTTP 403)"));
  cloud().FailNext("ListNatGateways", absl::UnavailableError("HTTP 503"));
  EXPECT_THAT(Imported(), AllOf(HasSubstr("not known: its project (no scope (HTTP 403))"),
                                HasSubstr("not known: NAT gateways (HTTP 503)")));
}

}  // namespace
}  // namespace kproto::testing
