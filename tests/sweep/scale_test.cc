// SPDX-License-Identifier: MPL-2.0
// Many clusters in one configuration: what they cost the token that they share. `make bench` tells
// the same of a hundred.
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lab/digitalocean/simulator_server.h"
#include "tests/support/many_clusters.h"
#include "tests/support/temp_dir.h"

namespace kproto::testing {
namespace {

constexpr int kClusters = 30;

class ScaleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    lab::SimulatorOptions options;
    options.time_factor = 300;
    options.droplet_limit = 1000;
    auto simulator = lab::Simulator::Create(options);
    ASSERT_TRUE(simulator.ok()) << simulator.status();
    simulator_ = *std::move(simulator);
    server_ = std::make_unique<lab::SimulatorServer>(simulator_.get());
    const auto port = server_->Start(0);
    ASSERT_TRUE(port.ok()) << port.status();
    host_ = std::make_unique<ProviderHost>(ProviderHost::Options{
        .binary = KPROTO_PROVIDER,
        .data_dir = dir_ / "data",
        .configuration = {{"token", "user"}, {"api_url", absl::StrCat("http://127.0.0.1:", *port)}},
        .parallelism = kClusters});
  }

  // How many calls there were of each kind, and with which answer.
  std::map<std::string, int> Calls() {
    std::map<std::string, int> calls;
    for (const lab::Json& call : simulator_->calls().ToJson()) {
      ++calls["all"];
      ++calls[absl::StrCat(lab::IntField(call, "status"))];
      ++calls[lab::StringField(call, "method")];
    }
    simulator_->calls().Clear();
    return calls;
  }

  TempDir dir_;
  std::unique_ptr<lab::Simulator> simulator_;
  std::unique_ptr<lab::SimulatorServer> server_;
  std::unique_ptr<ProviderHost> host_;
};

TEST_F(ScaleTest, ManyClustersShareOneRateBudgetAndOneListForARefresh) {
  const ProviderHost::Configuration configuration = ManyClusters(kClusters);
  ASSERT_TRUE(host_->Apply(configuration)) << host_->said();
  host_->End();
  std::map<std::string, int> calls = Calls();
  EXPECT_EQ(calls["429"], 0) << "parallel creates must not run into the limit of a minute";
  EXPECT_EQ(calls["POST"], 2 * kClusters) << "a VPC and a cluster each, nothing twice";
  EXPECT_EQ(simulator_->Inventory()["clusters"].size(), static_cast<size_t>(kClusters));

  ASSERT_TRUE(host_->Refresh()) << host_->said();
  host_->End();
  calls = Calls();
  EXPECT_LE(calls["all"], 5) << "a refresh costs calls by pages, not by objects";
  EXPECT_EQ(host_->resources.size(), static_cast<size_t>(kClusters));

  EXPECT_EQ(host_->Plan(configuration), 0) << host_->said();
  host_->End();
  EXPECT_LE(Calls()["all"], 10);

  ASSERT_TRUE(host_->Destroy()) << host_->said();
  host_->End();
  EXPECT_EQ(Calls()["429"], 0);
  EXPECT_TRUE(simulator_->Inventory()["clusters"].empty());
  EXPECT_TRUE(simulator_->Inventory()["vpcs"].empty());
}

}  // namespace
}  // namespace kproto::testing
