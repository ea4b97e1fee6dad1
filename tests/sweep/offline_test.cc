// SPDX-License-Identifier: MPL-2.0
// Nothing leaves for anywhere but api_url: every other address would be asked of the proxy that the
// environment names, and the proxy here is a witness.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "tests/sweep/operation.h"

namespace kproto::testing {
namespace {

// A port that counts who comes and hangs up.
class Witness {
 public:
  Witness() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_, raw, size), 0);
    EXPECT_EQ(listen(listener_, 16), 0);
    EXPECT_EQ(getsockname(listener_, raw, &size), 0);
    url_ = absl::StrCat("http://127.0.0.1:", ntohs(address.sin_port));
    thread_ = std::jthread([this] {
      for (int fd; (fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
        ++seen_;
        close(fd);
      }
    });
  }
  ~Witness() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  const std::string& url() const { return url_; }
  int seen() const { return seen_; }

 private:
  const int listener_;
  std::string url_;
  std::atomic<int> seen_ = 0;
  std::jthread thread_;
};

class OfflineTest : public ::testing::Test {
 protected:
  std::unique_ptr<ProviderHost> Host(const std::string& api_url) {
    ProviderHost::Options options = HostOptions(cloud_, dir_ / "data");
    options.configuration["api_url"] = api_url;
    for (const char* name :
         {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
      options.environment[name] = proxy_.url();
    }
    options.environment["no_proxy"] = options.environment["NO_PROXY"] = "";
    return std::make_unique<ProviderHost>(options);
  }

  Witness proxy_;
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
  EXPECT_EQ(proxy_.seen(), 0);
  EXPECT_GT(cloud_.calls().size(), 20u);
}

TEST_F(OfflineTest, TheProxySeesWhatGoesElsewhere) {
  const auto host = Host("http://api.example.test");
  std::jthread import([&] { EXPECT_FALSE(host->Import("kproto_cluster.this", "k8s")); });
  const absl::Time limit = absl::Now() + absl::Seconds(20);
  while (proxy_.seen() == 0 && absl::Now() < limit) {
    std::this_thread::yield();
  }
  EXPECT_GT(proxy_.seen(), 0);
  host->Stop();  // or it would try again and again
}

}  // namespace
}  // namespace kproto::testing
