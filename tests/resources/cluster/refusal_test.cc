// SPDX-License-Identifier: MPL-2.0
// What DigitalOcean refuses points at the attribute that is to blame and keeps the request id.
#include "resources/cluster/refusal.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Explained(const std::string& message) {
  Diagnostics diagnostics;
  diagnostics.AddStatus(ExplainRefusal(absl::InvalidArgumentError(message)), "Refused");
  return Text(diagnostics);
}

TEST(RefusalTest, EveryKnownMessageHasItsPlace) {
  const std::pair<const char*, const char*> cases[] = {
      {"validation error: invalid version slug", "[version]"},
      {"invalid droplet size", "[node_pools]"},
      {"validation error: 3 additional nodes but not enough available droplet limit",
       "[node_pools]"},
      {"isolated workers require a NAT gateway in the VPC", "[isolated_workers]"},
      {"worker_subnet_uuid requires vpc_uuid", "[worker_subnet_id]"},
      {"service subnet overlaps with VPC network 10.0.0.0/16", "[service_subnet]"},
      {"cluster subnet overlaps with service subnet", "[cluster_subnet]"},
      {"control_plane_firewall.allowed_addresses: x is invalid",
       "[control_plane_firewall.allowed_addresses]"},
      {"maintenance_policy.day is invalid", "[maintenance_policy]"},
      {"scale_down_unneeded_time is invalid", "[cluster_autoscaler_configuration]"},
      {"unknown expander", "[cluster_autoscaler_configuration.expanders]"},
      {"sso.issuer_url is required", "[sso]"},
      {"nvidia_gpu_device_plugin and nvidia_gpu_dra_driver cannot both be enabled",
       "[plugins.nvidia_gpu_dra_driver]"},
      {"rdma_shared_dev_plugin is not available", "[plugins.rdma_shared_device_plugin]"},
      {"high availability cannot be disabled", "[ha]"},
      {"vpc not found", "[vpc]"},
      {"invalid region", "[region]"},
      {"something new", "[]"}};
  for (const auto& [message, place] : cases) {
    EXPECT_THAT(Explained(message), AllOf(HasSubstr(message), HasSubstr(place)));
  }
}

TEST(RefusalTest, OtherFailuresAreNobodysFault) {
  const absl::Status down = absl::UnavailableError("invalid version slug");
  EXPECT_EQ(ExplainRefusal(down), down);
  EXPECT_EQ(ExplainRefusal(absl::OkStatus()), absl::OkStatus());
}

TEST(RefusalTest, AVersionWithdrawnBetweenPlanAndApplyIsBlamedOnTheVersion) {
  ClusterHost host;
  host.cloud().FailNext("CreateCluster", absl::InvalidArgumentError(
                                             "validation error: invalid version slug "
                                             "(unprocessable_entity, HTTP 422, request 4851a)"));
  EXPECT_FALSE(host.Apply(SmallPlatform()));
  EXPECT_THAT(
      Text(host.said),
      AllOf(HasSubstr("Could not create cluster \"k8s\": cluster: could not create the cluster: "
                      "validation error: invalid version slug"),
            HasSubstr("request 4851a"), HasSubstr("plan again"), HasSubstr("[version]")));
}

}  // namespace
}  // namespace kproto::testing
