// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/operation_lease.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_kubernetes.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::Json;
using testing::FakeClock;
using testing::FakeKubernetes;
using ::testing::HasSubstr;

const kubernetes::ObjectKey kKey = {"coordination.k8s.io/v1", "Lease", "kube-system",
                                    "kproto-monitoring-stack-monitoring"};

class OperationLeaseTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<OperationLease>> Take() {
    return OperationLease::Take(cluster_, "monitoring", clock_, {});
  }
  // As another operation would have left or would be renewing it.
  void HeldBy(const std::string& holder, const std::string& renewed) {
    cluster_->Put({{"apiVersion", kKey.api_version},
                   {"kind", kKey.kind},
                   {"metadata", {{"name", kKey.name}, {"namespace", kKey.ns}}},
                   {"spec",
                    {{"holderIdentity", holder},
                     {"acquireTime", "2026-01-01T00:00:00.000000Z"},
                     {"renewTime", renewed}}}});
  }

  std::shared_ptr<FakeKubernetes> cluster_ = std::make_shared<FakeKubernetes>();
  FakeClock clock_;
};

TEST_F(OperationLeaseTest, IsHeldForTheLengthOfAnOperation) {
  {
    const auto lease = Take();
    ASSERT_TRUE(lease.ok()) << lease.status();
    const std::optional<Json> held = cluster_->Find(kKey);
    ASSERT_TRUE(held);
    EXPECT_EQ((*held)["spec"]["leaseDurationSeconds"], 30);
  }
  EXPECT_FALSE(cluster_->Find(kKey));
}

TEST_F(OperationLeaseTest, AnotherOperationIsNamed) {
  HeldBy("elsewhere_17_abcd", "1");
  clock_.OnSleep([&] { HeldBy("elsewhere_17_abcd", "2"); });
  const auto lease = Take();
  EXPECT_TRUE(absl::IsAborted(lease.status())) << lease.status();
  EXPECT_THAT(std::string(lease.status().message()), HasSubstr("elsewhere_17_abcd"));
  EXPECT_EQ((*cluster_->Find(kKey))["spec"]["holderIdentity"], "elsewhere_17_abcd");
}

TEST_F(OperationLeaseTest, AClaimThatNobodyRenewsIsTakenOver) {
  HeldBy("elsewhere_17_abcd", "1");
  const absl::Time before = clock_.Now();
  const auto lease = Take();
  ASSERT_TRUE(lease.ok()) << lease.status();
  EXPECT_GE(clock_.Now() - before, absl::Seconds(30));
}

TEST_F(OperationLeaseTest, AKilledOperationOfThisMachineIsTakenOverAtOnce) {
  const std::string mine = NewHolderIdentity();
  const size_t host_end = mine.find('_');
  HeldBy(absl::StrCat(mine.substr(0, host_end), "_999999999_abcd"), "1");
  ASSERT_TRUE(Take().ok());
  EXPECT_TRUE(clock_.sleeps().empty());
}

TEST_F(OperationLeaseTest, OfTwoWhoSeeItFreeOneGetsIt) {
  // The other one writes between our look and our claim.
  bool raced = false;
  cluster_->OnWrite([&](const kubernetes::ObjectKey& key) {
    if (key == kKey && !raced) {
      raced = true;
      HeldBy("elsewhere_17_abcd", "1");
    }
  });
  clock_.OnSleep([&] { HeldBy("elsewhere_17_abcd", "2"); });
  const auto lease = Take();
  EXPECT_TRUE(absl::IsAborted(lease.status())) << lease.status();
}

TEST_F(OperationLeaseTest, WhatAnotherHasTakenOverIsNotGivenBack) {
  {
    const auto lease = Take();
    ASSERT_TRUE(lease.ok());
    HeldBy("elsewhere_17_abcd", "1");
  }
  EXPECT_TRUE(cluster_->Find(kKey));
}

TEST_F(OperationLeaseTest, WithoutTheRightToHoldOneNobodyIsKeptOut) {
  cluster_->log.FailMatching("get Lease", absl::PermissionDeniedError("leases is forbidden"));
  const auto lease = Take();
  ASSERT_TRUE(lease.ok()) << lease.status();
  EXPECT_EQ(*lease, nullptr);
}

}  // namespace
}  // namespace kproto::monitoring_stack
