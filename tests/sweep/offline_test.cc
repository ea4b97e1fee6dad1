// SPDX-License-Identifier: MPL-2.0
// Nothing leaves for anywhere but api_url: every other address would be asked of the proxy that the
// environment names, and the proxy here is a witness.
#include <atomic>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "tests/sweep/operation.h"

namespace kproto::testing {
namespace {

class OfflineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto port = proxy_.Start(0);
    ASSERT_TRUE(port.ok()) << port.status();
    proxy_url_ = absl::StrCat("http://127.0.0.1:", *port);
  }
  std::unique_ptr<ProviderHost> Host(const std::string& api_url) {
    ProviderHost::Options options = HostOptions(cloud_, dir_ / "data");
    options.configuration["api_url"] = api_url;
    for (const char* name :
         {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
      options.environment[name] = proxy_url_;
    }
    options.environment["no_proxy"] = options.environment["NO_PROXY"] = "";
    return std::make_unique<ProviderHost>(options);
  }

  std::atomic<int> asked_ = 0;
  lab::HttpServer proxy_{[this](const lab::HttpRequest&) {
    ++asked_;
    return lab::HttpReply{.status = 403, .body = "{}"};
  }};
  std::string proxy_url_;
  TempDir dir_;
  FaultyCloud cloud_{"", kSweepTimeFactor};
};

TEST_F(OfflineTest, EveryCallOfAClustersLifeGoesToApiUrl) {
  const auto host = Host(cloud_.url());
  for (const Operation& operation : {CreateOperation(), UpdateOperation(), UpgradeOperation(),
                                     SwapOperation(), DestroyOperation()}) {
    ASSERT_TRUE(host->Apply(operation.after)) << operation.name << ": " << host->said();
    host->End();
  }
  EXPECT_EQ(asked_, 0);
  EXPECT_GT(cloud_.calls().size(), 20u);
}

TEST_F(OfflineTest, TheWitnessSeesWhatGoesElsewhere) {
  const auto host = Host("http://api.example.test");
  EXPECT_FALSE(host->Apply(CreateOperation().after));
  EXPECT_GT(asked_, 0);
}

}  // namespace
}  // namespace kproto::testing
