// SPDX-License-Identifier: MPL-2.0
#include "lab/monitoring/loki_process.h"

#include <gmock/gmock.h>

namespace kproto::lab {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::StartsWith;

TEST(LokiArgumentsTest, KeepWhatThePodSaysAndListenOnLoopbackAlone) {
  const auto arguments = LokiArguments(
      {"-config.file=/here/config.yaml", "-target=write", "-config.expand-env=true"}, 1, 2, 1);
  EXPECT_EQ(arguments[0], "-config.file=/here/config.yaml");
  EXPECT_EQ(arguments[1], "-config.expand-env=true");
  EXPECT_THAT(arguments, Contains("-target=all"));
  EXPECT_THAT(arguments, Not(Contains("-target=write")));
  EXPECT_THAT(arguments, Contains("-server.http-listen-address=127.0.0.1"));
  EXPECT_THAT(arguments, Contains("-server.http-listen-port=1"));
  EXPECT_THAT(arguments, Contains("-server.grpc-listen-port=2"));
  EXPECT_THAT(arguments, Contains("-reporting.enabled=false"));
}

// One Loki alone with three copies to make takes no line, in the lab as in a cluster.
TEST(LokiArgumentsTest, CountCopiesAsThePodsWould) {
  const auto copies = StartsWith("-distributor.replication-factor");
  EXPECT_THAT(LokiArguments({}, 1, 2, 1), Not(Contains(copies)));
  EXPECT_THAT(LokiArguments({}, 1, 2, 3), Contains(copies));
}

}  // namespace
}  // namespace kproto::lab
