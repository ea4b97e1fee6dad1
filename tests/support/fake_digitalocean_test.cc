// SPDX-License-Identifier: MPL-2.0
// The fake is what step tests believe in, so it is tested itself.
#include "tests/support/fake_digitalocean.h"

#include "clients/http/response.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FakeDigitalOceanTest : public ::testing::Test {
 protected:
  api::Vpc MakeVpc() {
    return *fake_.CreateVpc({"platform", "nyc3", "kproto:1", "10.10.0.0/20"}, {});
  }
  api::ClusterSpec Spec(const std::string& vpc = "") {
    return {.name = "k8s",
            .region = "nyc3",
            .version = "1.34",
            .vpc_uuid = vpc,
            .tags = {"kproto:1"},
            .node_pools = {{.name = "primary", .size = "s-2vcpu-4gb", .count = 3}}};
  }
  api::ClusterState StateAfterOneLook(const std::string& id) {
    return (*fake_.GetCluster(id, {}))->status.state;
  }

  FakeDigitalOcean fake_;
};

TEST_F(FakeDigitalOceanTest, AClusterRunsAfterSoManyLooks) {
  const auto cluster = fake_.CreateCluster(Spec(), {});
  ASSERT_THAT(cluster, IsOk());
  EXPECT_EQ(cluster->version, "1.34.1-do.0");
  EXPECT_EQ(cluster->endpoint, "");
  EXPECT_THAT(cluster->tags, ElementsAre("k8s", "k8s:" + cluster->id, "kproto:1"));
  EXPECT_EQ(StateAfterOneLook(cluster->id), api::ClusterState::kProvisioning);
  EXPECT_EQ(StateAfterOneLook(cluster->id), api::ClusterState::kProvisioning);
  const auto running = fake_.GetCluster(cluster->id, {});
  EXPECT_EQ((*running)->status.state, api::ClusterState::kRunning);
  EXPECT_THAT((*running)->endpoint, HasSubstr(cluster->id));
  ASSERT_EQ((*running)->node_pools[0].nodes.size(), 3u);
  EXPECT_EQ((*running)->node_pools[0].nodes[2].state, api::NodeState::kRunning);
}

TEST_F(FakeDigitalOceanTest, AVpcGoesOnlyAfterItsCluster) {
  const api::Vpc vpc = MakeVpc();
  EXPECT_FALSE(vpc.is_default);
  const auto cluster = fake_.CreateCluster(Spec(vpc.id), {});
  EXPECT_THAT(fake_.DeleteCluster(cluster->id, {}), IsOk());
  EXPECT_THAT(fake_.DeleteVpc(vpc.id, {}), StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(fake_.ListVpcMembers(vpc.id, {})->size(), 1u);
  EXPECT_EQ(StateAfterOneLook(cluster->id), api::ClusterState::kDeleting);
  EXPECT_EQ(StateAfterOneLook(cluster->id), api::ClusterState::kDeleting);
  EXPECT_FALSE(fake_.GetCluster(cluster->id, {})->has_value());
  EXPECT_THAT(fake_.DeleteCluster(cluster->id, {}), IsOk());
  EXPECT_THAT(fake_.DeleteVpc(vpc.id, {}), IsOk());
  EXPECT_THAT(fake_.DeleteVpc(vpc.id, {}), IsOk());
}

TEST_F(FakeDigitalOceanTest, TheFirstVpcOfARegionCanNeverGo) {
  const auto vpc = fake_.CreateVpc({.name = "first", .region = "ams3"}, {});
  EXPECT_TRUE(vpc->is_default);
  EXPECT_THAT(fake_.DeleteVpc(vpc->id, {}), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(FakeDigitalOceanTest, RefusesWhatDigitalOceanRefuses) {
  MakeVpc();
  EXPECT_THAT(fake_.CreateVpc({.name = "platform", .region = "nyc3"}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("same name")));
  EXPECT_THAT(fake_.CreateVpc({"other", "nyc3", "", "10.10.0.0/20"}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("overlaps")));
  api::ClusterSpec spec = Spec();
  spec.version = "1.3";
  EXPECT_THAT(fake_.CreateCluster(spec, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("invalid version slug")));
  EXPECT_THAT(fake_.UpdateCluster("none", {}, {}), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(FakeDigitalOceanTest, FailsBeforeTheEffect) {
  fake_.FailNext("CreateVpc", absl::UnavailableError("down"));
  EXPECT_THAT(fake_.CreateVpc({.name = "a", .region = "nyc3"}, {}),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(fake_.cloud().vpcs.size(), 1u);  // the default one
  EXPECT_THAT(fake_.CreateVpc({.name = "a", .region = "nyc3"}, {}), IsOk());
}

TEST_F(FakeDigitalOceanTest, FailsAfterTheEffect) {
  fake_.FailNext("CreateCluster", absl::UnavailableError("lost"), FailWhen::kAfter);
  const auto lost = fake_.CreateCluster(Spec(), {});
  EXPECT_THAT(lost, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(http::MayHaveTakenEffect(lost.status()));
  EXPECT_EQ(fake_.ListClusters({})->size(), 1u);
}

TEST_F(FakeDigitalOceanTest, FailsTheNthCall) {
  fake_.FailCall(2, absl::UnavailableError("second"));
  EXPECT_THAT(fake_.ListVpcs({}), IsOk());
  EXPECT_THAT(fake_.ListRegions({}), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(fake_.ListVpcs({}), IsOk());
}

TEST_F(FakeDigitalOceanTest, EndsInErrorWhenToldTo) {
  fake_.Edit([](FakeCloud& cloud) { cloud.provisioning_error = "droplet limit exceeded"; });
  const auto cluster = fake_.CreateCluster(Spec(), {});
  fake_.GetCluster(cluster->id, {}).IgnoreError();
  fake_.GetCluster(cluster->id, {}).IgnoreError();
  const auto failed = fake_.GetCluster(cluster->id, {});
  EXPECT_EQ((*failed)->status.state, api::ClusterState::kError);
  EXPECT_EQ((*failed)->status.message, "droplet limit exceeded");
}

TEST_F(FakeDigitalOceanTest, LogsCallsAndObeysTheStopToken) {
  std::stop_source stop;
  fake_.OnCall([&](const std::string& call) {
    if (call == "ListClusters") {
      stop.request_stop();
    }
  });
  EXPECT_THAT(fake_.GetVpc("v", stop.get_token()), IsOk());
  EXPECT_THAT(fake_.ListClusters(stop.get_token()), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(fake_.calls(), ElementsAre("GetVpc v", "ListClusters"));
  EXPECT_EQ(fake_.Count("GetVpc"), 1);
  EXPECT_EQ(fake_.Count("GetV"), 0);
  fake_.ForgetCalls();
  EXPECT_THAT(fake_.calls(), IsEmpty());
}

TEST_F(FakeDigitalOceanTest, PoolsGrowAndShrink) {
  const auto cluster = fake_.CreateCluster(Spec(), {});
  const std::string pool = cluster->node_pools[0].id;
  EXPECT_EQ(fake_.UpdateNodePool(cluster->id, pool, {.name = "primary", .count = 4}, {})->count, 4);
  EXPECT_EQ((*fake_.GetNodePool(cluster->id, pool, {}))->nodes.size(), 4u);
  const auto more = fake_.CreateNodePool(cluster->id, {.name = "more", .size = "c-2"}, {});
  EXPECT_THAT(fake_.CreateNodePool(cluster->id, {.name = "more"}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(fake_.ListNodePools(cluster->id, {})->size(), 2u);
  EXPECT_THAT(fake_.DeleteNodePool(cluster->id, more->id, {}), IsOk());
  EXPECT_FALSE(fake_.GetNodePool(cluster->id, more->id, {})->has_value());
}

TEST_F(FakeDigitalOceanTest, UpgradesToWhatItOffersOnly) {
  api::ClusterSpec spec = Spec();
  spec.version = "1.33";
  fake_.Edit([](FakeCloud& cloud) { cloud.polls_until_running = 0; });
  const auto cluster = fake_.CreateCluster(spec, {});
  EXPECT_EQ(StateAfterOneLook(cluster->id), api::ClusterState::kRunning);
  EXPECT_EQ(fake_.ListUpgrades(cluster->id, {})->at(0).slug, "1.34.1-do.0");
  EXPECT_THAT(fake_.UpgradeCluster(cluster->id, "1.32.10-do.0", {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("invalid upgrade path")));
  EXPECT_THAT(fake_.UpgradeCluster(cluster->id, "1.34.1-do.0", {}), IsOk());
  EXPECT_EQ((*fake_.GetCluster(cluster->id, {}))->version, "1.34.1-do.0");
}

}  // namespace
}  // namespace kproto::testing
