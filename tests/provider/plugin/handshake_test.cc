// SPDX-License-Identifier: MPL-2.0
#include "provider/plugin/handshake.h"

#include <nlohmann/json.hpp>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace kproto {
namespace {

using ::kproto::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const char kCookie[] = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

HostTerms Terms(EnvironmentMap environment) {
  environment["TF_PLUGIN_MAGIC_COOKIE"] = kCookie;
  const absl::StatusOr<HostTerms> terms = ReadHostTerms(environment, "program");
  EXPECT_TRUE(terms.ok()) << terms.status();
  return terms.value_or(HostTerms());
}

TEST(HandshakeTest, WithoutTheCookieAPersonIsToldWhatToDo) {
  EXPECT_THAT(ReadHostTerms({}, "terraform-provider-kproto"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       ::testing::AllOf(HasSubstr("terraform-provider-kproto is a provider plugin"),
                                        HasSubstr("--debug"), HasSubstr("required_providers"))));
}

TEST(HandshakeTest, AWrongCookieIsNone) {
  EXPECT_THAT(ReadHostTerms({{"TF_PLUGIN_MAGIC_COOKIE", "x"}}, "p"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(HandshakeTest, FindsProtocol6AmongWhatIsOffered) {
  for (const char* versions : {"6", "5,6", "6,5", "x,,6", " 6 ,7"}) {
    EXPECT_TRUE(Terms({{"PLUGIN_PROTOCOL_VERSIONS", versions}}).offers_protocol_6) << versions;
  }
  for (const char* versions : {"", "5", "4", "66", "-6", "garbage"}) {
    EXPECT_FALSE(Terms({{"PLUGIN_PROTOCOL_VERSIONS", versions}}).offers_protocol_6) << versions;
  }
}

TEST(HandshakeTest, SocketsGoWhereTheHostSaysElseToTmpdir) {
  EXPECT_THAT(Terms({}).socket_dirs, ElementsAre("/tmp"));
  EXPECT_THAT(Terms({{"TMPDIR", "/t"}}).socket_dirs, ElementsAre("/t", "/tmp"));
  EXPECT_THAT(Terms({{"TMPDIR", "/t"}, {"PLUGIN_UNIX_SOCKET_DIR", "/s"}}).socket_dirs,
              ElementsAre("/s"));
  EXPECT_EQ(Terms({{"PLUGIN_UNIX_SOCKET_GROUP", "staff"}}).socket_group, "staff");
}

TEST(HandshakeTest, TheLineHasSixFields) {
  EXPECT_EQ(HandshakeLine(Terms({}), "/tmp/s", "QUJD"), "1|6|unix|/tmp/s|grpc|QUJD\n");
  EXPECT_EQ(HandshakeLine(Terms({}), "/tmp/s", ""), "1|6|unix|/tmp/s|grpc|\n");
}

TEST(HandshakeTest, TheSeventhFieldIsOnlyForWhoAsks) {
  EXPECT_EQ(HandshakeLine(Terms({{"PLUGIN_MULTIPLEX_GRPC", "true"}}), "/s", "C"),
            "1|6|unix|/s|grpc|C|false\n");
}

TEST(HandshakeTest, ReattachIsJsonThatAHostTakes) {
  EXPECT_EQ(nlohmann::json::parse(ReattachJson("kproto/kproto", 42, "/tmp/s")),
            nlohmann::json::parse(R"({"kproto/kproto": {"Protocol": "grpc", "ProtocolVersion": 6,
                "Pid": 42, "Test": true, "Addr": {"Network": "unix", "String": "/tmp/s"}}})"));
}

}  // namespace
}  // namespace kproto
