// SPDX-License-Identifier: MPL-2.0
#include "lab/process/port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <set>

#include "gtest/gtest.h"

namespace kproto::lab {
namespace {

TEST(FreePortTest, IsNeverGivenTwice) {
  std::set<int> ports;
  for (int i = 0; i < 50; ++i) {
    const int port = FreePort();
    EXPECT_GT(port, 0);
    EXPECT_LT(port, 32768) << "the kernel may give it to an outgoing connection";
    EXPECT_TRUE(ports.insert(port).second);
  }
}

TEST(FreePortTest, ATakenPortIsNotFree) {
  const int port = FreePort();
  ASSERT_TRUE(PortIsFree(port));
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(fd, 1), 0);
  EXPECT_FALSE(PortIsFree(port));
  close(fd);
}

}  // namespace
}  // namespace kproto::lab
