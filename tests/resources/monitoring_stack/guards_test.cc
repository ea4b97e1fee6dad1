// SPDX-License-Identifier: MPL-2.0
// What keeps an operation from the wrong cluster, and what it says when it has ended.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/access.h"
#include "resources/monitoring_stack/cluster_identity.h"
#include "resources/monitoring_stack/orphans.h"
#include "tests/resources/monitoring_stack/stack_world.h"

namespace kproto::monitoring_stack {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kClusterId;
using testing::StackWorld;

TEST(ClusterIdentityTest, IsTheUidOfKubeSystem) {
  StackWorld world;
  const auto uid = ClusterUid(*world.kubernetes, {});
  ASSERT_TRUE(uid.ok());
  EXPECT_THAT(*uid, HasSubstr("uid-"));
}

TEST(ClusterIdentityTest, WhoMayNotSeeItHasNothingToCompare) {
  StackWorld world;
  world.kubernetes->log.FailMatching("kube-system", absl::PermissionDeniedError("forbidden"));
  EXPECT_EQ(ClusterUid(*world.kubernetes, {}).value_or("?"), "");
  EXPECT_TRUE(CheckSameCluster("uid-1", "", "https://a").ok());
}

TEST(ClusterIdentityTest, AnotherClusterIsRefusedBeforeAnythingIsAskedOfIt) {
  StackWorld world;
  MonitoringStackModel model;
  model.cluster_id = std::string(kClusterId);
  model.cluster_uid = std::string("uid-of-another");
  Access access(world, model, absl::Minutes(30));
  const absl::Status status = access.Get({}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("uid-of-another"));
  EXPECT_THAT(world.kubernetes->log.calls(), ElementsAre(HasSubstr("kube-system")));
}

class ExpiryGuardTest : public ::testing::Test {
 protected:
  // Credentials whose token ends `left` from now.
  Access With(absl::Duration left) {
    const int64_t end = absl::ToUnixSeconds(world_.clock().Now() + left);
    MonitoringStackModel model;
    model.kubernetes = StackKubernetes{};
    model.kubernetes->host = std::string("https://a.example.com");
    model.kubernetes->token = SecretString(absl::StrCat(
        "e30.", absl::WebSafeBase64Escape(absl::StrCat("{\"exp\": ", end, "}")), ".sig"));
    return {world_, model, absl::Minutes(30)};
  }

  StackWorld world_;
};

TEST_F(ExpiryGuardTest, CredentialsThatHaveEndedAreSaidToHave) {
  const absl::Status status = With(-absl::Hours(1)).Get({}).status();
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("ended at"));
  EXPECT_THAT(world_.credentials_seen, IsEmpty());
}

TEST_F(ExpiryGuardTest, CredentialsThatEndTooSoonAreWarnedOf) {
  Access access = With(absl::Minutes(10));
  ASSERT_TRUE(access.Get({}).ok());
  EXPECT_THAT(access.ExpiryWarning(), HasSubstr("in 10m"));
  Access long_enough = With(absl::Hours(2));
  ASSERT_TRUE(long_enough.Get({}).ok());
  EXPECT_EQ(long_enough.ExpiryWarning(), "");
}

class OrphansTest : public ::testing::Test {
 protected:
  OrphansTest() {
    world_.cloud.Edit([](testing::FakeCloud& cloud) {
      cloud.associated[kClusterId] = {
          .load_balancers = {{"lb-1", "aabc"}, {"lb-renamed", "renamed"}, {"lb-left", "left"}},
          .volumes = {{"vol-used", "pvc-used"}, {"vol-left", "pvc-left"}}};
    });
    const auto service = [&](const std::string& name, testing::Json metadata) {
      metadata["name"] = name;
      metadata["namespace"] = "shop";
      world_.kubernetes->Put({{"apiVersion", "v1"}, {"kind", "Service"}, {"metadata", metadata}});
    };
    service("by-uid", {{"uid", "a-b-c"}});
    service("by-id",
            {{"annotations", {{"kubernetes.digitalocean.com/load-balancer-id", "lb-renamed"}}}});
    world_.kubernetes->Put({{"apiVersion", "v1"},
                            {"kind", "PersistentVolume"},
                            {"metadata", {{"name", "pvc-used"}}},
                            {"spec", {{"csi", {{"volumeHandle", "vol-used"}}}}}});
  }

  StackWorld world_;
};

TEST_F(OrphansTest, WhatNoServiceAndNoVolumeStandsForIsFound) {
  const auto orphans = FindOrphans(world_.cloud, *world_.kubernetes, kClusterId, {});
  ASSERT_TRUE(orphans.ok()) << orphans.status();
  EXPECT_THAT(*orphans, ElementsAre("load balancer left (lb-left)", "volume pvc-left (vol-left)"));
}

TEST_F(OrphansTest, AClusterThatDoesNotAnswerIsNotOneWithoutServices) {
  world_.kubernetes->log.FailMatching("list Service", absl::UnavailableError("away"));
  EXPECT_FALSE(FindOrphans(world_.cloud, *world_.kubernetes, kClusterId, {}).ok());
}

}  // namespace
}  // namespace kproto::monitoring_stack
