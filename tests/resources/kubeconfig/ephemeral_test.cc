// SPDX-License-Identifier: MPL-2.0
#include "resources/kubeconfig/ephemeral.h"

#include "clients/kubernetes/kubeconfig.h"
#include "tests/resources/reading_test.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class KubeconfigTest : public ReadingTest {
 protected:
  KubeconfigTest() {
    cloud().Edit([](FakeCloud& cloud) {
      api::Cluster cluster;
      cluster.id = "c1";
      cluster.name = "web";
      cluster.region = "nyc3";
      cluster.endpoint = "https://c1.k8s.ondigitalocean.com";
      cluster.status = {api::ClusterState::kRunning, "running", ""};
      cloud.clusters["c1"] = cluster;
    });
  }

  EphemeralResult Open(Value::Map given) {
    said = Diagnostics();
    const Value config = Whole(ephemeral_.schema(), std::move(given));
    seam().Validate({}, config, said);
    return said.has_error() ? EphemeralResult() : seam().Open({}, config, said);
  }
  EphemeralResult OpenCluster(const std::string& id) {
    return Open({{"cluster_id", Value::String(id)}});
  }
  AnyEphemeralResource& seam() { return ephemeral_; }

  KubeconfigEphemeral ephemeral_{connections};
};

TEST_F(KubeconfigTest, OpeningGivesAWayInThatKubernetesToolsUnderstand) {
  const EphemeralResult opened = OpenCluster("c1");
  ASSERT_THAT(Said(), IsEmpty());
  EXPECT_TRUE(opened.result.is_wholly_known());
  const auto read = kubernetes::ParseKubeconfig(opened.result["kubeconfig"].string());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->host, opened.result["host"].string());
  EXPECT_EQ(read->token.Reveal(), opened.result["token"].string());
  EXPECT_EQ(read->cluster_ca_certificate, opened.result["cluster_ca_certificate"].string());
  EXPECT_THAT(opened.result["kubeconfig"].string(), HasSubstr("\"do-nyc3-web\""));
}

TEST_F(KubeconfigTest, EachOpeningMakesOneTokenOfItsOwn) {
  const EphemeralResult first = OpenCluster("c1"), second = OpenCluster("c1");
  EXPECT_NE(first.result["token"].string(), second.result["token"].string());
  EXPECT_EQ(cloud().Count("GetCredentials"), 2);
}

TEST_F(KubeconfigTest, TheExpiryIsAskedForAndTheHostIsToldInTime) {
  const EphemeralResult opened =
      Open({{"cluster_id", Value::String("c1")}, {"expiry", Value::String("30m")}});
  ASSERT_THAT(Said(), IsEmpty());
  EXPECT_EQ(opened.result["expires_at"].string(), "2026-01-01T00:30:00Z");
  EXPECT_EQ(opened.renew_at, connections.clock().Now() + absl::Minutes(25));
}

TEST_F(KubeconfigTest, WhatTheHostKeepsHoldsNoSecret) {
  const EphemeralResult opened = OpenCluster("c1");
  EXPECT_THAT(opened.private_state, Not(HasSubstr(opened.result["token"].string())));
  EXPECT_THAT(opened.private_state, Not(IsEmpty()));
}

TEST_F(KubeconfigTest, TheSecretsAreSensitiveInTheSchema) {
  for (const char* name : {"kubeconfig", "token"}) {
    EXPECT_TRUE(FindAttribute(ephemeral_.schema().attributes, name)->sensitive) << name;
  }
}

TEST_F(KubeconfigTest, RenewingSaysThatTheTokenEndsAndDoesNotAskAgain) {
  const EphemeralResult opened = OpenCluster("c1");
  cloud().ForgetCalls();
  const EphemeralResult renewed = seam().Renew({}, opened.private_state, said);
  EXPECT_FALSE(said.has_error());
  EXPECT_THAT(Said(), HasSubstr(absl::StrCat("expires at ", opened.private_state)));
  EXPECT_THAT(Said(), HasSubstr("set expiry to a longer time"));
  EXPECT_FALSE(renewed.renew_at.has_value());
  EXPECT_EQ(renewed.private_state, opened.private_state);
  EXPECT_THAT(cloud().calls(), IsEmpty());
}

TEST_F(KubeconfigTest, ClosingTwiceIsNoTrouble) {
  const EphemeralResult opened = OpenCluster("c1");
  seam().Close({}, opened.private_state, said);
  seam().Close({}, opened.private_state, said);
  EXPECT_THAT(Said(), IsEmpty());
}

TEST_F(KubeconfigTest, AClusterThatIsNoneIsAnErrorThatListsThoseThereAre) {
  OpenCluster("c9");
  EXPECT_THAT(Said(), HasSubstr("no cluster has the id \"c9\"; there are: web (c1)"));
  EXPECT_THAT(Said(), HasSubstr("[cluster_id]"));
}

TEST_F(KubeconfigTest, AClusterWithoutAnApiServerIsAnErrorThatSaysToWait) {
  cloud().Edit([](FakeCloud& cloud) {
    cloud.clusters["c1"].endpoint = "";
    cloud.clusters["c1"].status = {api::ClusterState::kProvisioning, "provisioning", ""};
  });
  OpenCluster("c1");
  EXPECT_THAT(Said(), HasSubstr("no API server to talk to: its status is provisioning"));
  EXPECT_THAT(Said(), HasSubstr("Wait until the cluster is running"));
  EXPECT_EQ(cloud().Count("GetCredentials"), 0);
}

TEST_F(KubeconfigTest, AnExpiryOutOfRangeIsRefusedWithoutACall) {
  for (const char* expiry : {"1m", "200h", "soon", "-5m"}) {
    Open({{"cluster_id", Value::String("c1")}, {"expiry", Value::String(expiry)}});
    EXPECT_TRUE(said.has_error()) << expiry;
    EXPECT_THAT(Said(), HasSubstr("[expiry]"));
  }
  EXPECT_THAT(cloud().calls(), IsEmpty());
}

TEST_F(KubeconfigTest, AnApiThatIsAwayIsSaidAndNothingIsOpened) {
  cloud().FailNext("GetCredentials", absl::UnavailableError("HTTP 503"));
  const EphemeralResult opened = OpenCluster("c1");
  EXPECT_THAT(Said(), HasSubstr("Could not get credentials of the cluster: HTTP 503"));
  EXPECT_FALSE(opened.renew_at.has_value());
}

}  // namespace
}  // namespace kproto::testing
