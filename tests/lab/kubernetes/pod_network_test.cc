// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/pod_network.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>

#include "lab/digitalocean/http_server.h"
#include "nlohmann/json.hpp"
#include "tests/support/status_matchers.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// As kube-apiserver dials by its configuration file.
class Dialer {
 public:
  explicit Dialer(const PodNetwork& network) : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const auto configuration = nlohmann::json::parse(network.EgressSelectorConfiguration());
    const std::string name =
        configuration["egressSelections"][0]["connection"]["transport"]["uds"]["udsName"];
    EXPECT_EQ(name[0], '@');
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, name.size() - 1, 1);
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address),
                      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())),
              0);
    const timeval patience{20, 0};  // a bound for a broken network, not a wait
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Dialer() { close(fd_); }

  // Says something and reads on until `end` is there or the connection ends.
  std::string Say(const std::string& bytes, const std::string& end) {
    EXPECT_EQ(send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    std::string answer;
    char buffer[1024];
    while (answer.find(end) == std::string::npos) {
      const ssize_t n = recv(fd_, buffer, sizeof buffer, 0);
      if (n <= 0) {
        break;
      }
      answer.append(buffer, static_cast<size_t>(n));
    }
    return answer;
  }
  std::string Connect(const std::string& address) {
    return Say("CONNECT " + address + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "\r\n\r\n");
  }

 private:
  int fd_;
};

class PodNetworkTest : public ::testing::Test {
 protected:
  PodNetworkTest()
      : process_([](const HttpRequest& request) {
          return HttpReply{.body = "asked for " + request.target};
        }) {
    EXPECT_THAT(network_.Start(), IsOk());
    const auto port = process_.Start(0);
    EXPECT_THAT(port, IsOk());
    network_.SetRoutes({{"10.244.1.3:3100", *port}});
  }

  HttpServer process_;
  PodNetwork network_;
};

TEST_F(PodNetworkTest, APodsAddressLeadsToTheProcessBehindIt) {
  Dialer api(network_);
  EXPECT_THAT(api.Connect("10.244.1.3:3100"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(api.Say("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n", "/ready"),
              HasSubstr("asked for /ready"));
  EXPECT_THAT(api.Say("GET /again HTTP/1.1\r\nHost: x\r\n\r\n", "/again"),
              HasSubstr("asked for /again"));
}

TEST_F(PodNetworkTest, AnotherAddressIsRefusedWithTheReason) {
  EXPECT_THAT(Dialer(network_).Connect("10.244.1.3:80"), StartsWith("HTTP/1.1 503 no process"));
  EXPECT_THAT(Dialer(network_).Say("GET / HTTP/1.1\r\n\r\n", "\r\n\r\n"), StartsWith("HTTP/1.1 5"));
  process_.Stop();
  EXPECT_THAT(Dialer(network_).Connect("10.244.1.3:3100"), StartsWith("HTTP/1.1 502 "));
  network_.SetRoutes({});
  EXPECT_THAT(Dialer(network_).Connect("10.244.1.3:3100"), StartsWith("HTTP/1.1 503 "));
}

TEST(ConnectTargetTest, IsTheAddressOfAConnectRequestOnly) {
  EXPECT_EQ(ConnectTarget("CONNECT 10.244.1.3:80 HTTP/1.1\r\nHost: x\r\n\r\n"), "10.244.1.3:80");
  EXPECT_EQ(ConnectTarget("GET / HTTP/1.1\r\n\r\n"), "");
  EXPECT_EQ(ConnectTarget(""), "");
}

}  // namespace
}  // namespace kproto::lab
