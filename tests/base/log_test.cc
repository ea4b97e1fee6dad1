// SPDX-License-Identifier: MPL-2.0
#include "base/log.h"

#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/scoped_environment.h"

namespace kproto {
namespace {

using ::kproto::testing::ScopedEnvironment;
using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

TEST(LogLevelTest, IsOffWhenNothingAsks) {
  ScopedEnvironment a("TF_LOG", std::nullopt), b("TF_LOG_PROVIDER", std::nullopt),
      c("TF_LOG_PROVIDER_KPROTO", std::nullopt);
  EXPECT_EQ(LogLevelFromEnvironment(), LogLevel::kOff);
}

TEST(LogLevelTest, TheMostSpecificVariableWins) {
  ScopedEnvironment a("TF_LOG", "error"), b("TF_LOG_PROVIDER", "WARN"),
      c("TF_LOG_PROVIDER_KPROTO", std::nullopt);
  EXPECT_EQ(LogLevelFromEnvironment(), LogLevel::kWarn);
  ScopedEnvironment d("TF_LOG_PROVIDER_KPROTO", "debug");
  EXPECT_EQ(LogLevelFromEnvironment(), LogLevel::kDebug);
}

TEST(LogLevelTest, JsonMeansTraceAndNonsenseMeansOff) {
  ScopedEnvironment a("TF_LOG", "JSON"), b("TF_LOG_PROVIDER", std::nullopt),
      c("TF_LOG_PROVIDER_KPROTO", std::nullopt);
  EXPECT_EQ(LogLevelFromEnvironment(), LogLevel::kTrace);
  ScopedEnvironment d("TF_LOG", "loud");
  EXPECT_EQ(LogLevelFromEnvironment(), LogLevel::kOff);
}

TEST(LogTest, WritesOneJsonObjectALine) {
  SetLogLevel(LogLevel::kDebug);
  CaptureStderr();
  Log(LogLevel::kInfo, "a \"quoted\"\nline\\", {{"key", "tab\there"}});
  const std::string out = GetCapturedStderr();
  SetLogLevel(LogLevel::kOff);
  EXPECT_THAT(out, HasSubstr("\"@level\":\"info\""));
  EXPECT_THAT(out, HasSubstr(R"("@message":"a \"quoted\"\u000aline\\")"));
  EXPECT_THAT(out, HasSubstr(R"("key":"tab\u0009here")"));
  EXPECT_THAT(out, ::testing::ContainsRegex(
                       "\"@timestamp\":\"[0-9-]+T[0-9:]+\\.[0-9][0-9][0-9][0-9][0-9][0-9]Z\""));
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1);
}

TEST(LogTest, IsSilentBelowItsLevel) {
  SetLogLevel(LogLevel::kWarn);
  CaptureStderr();
  Log(LogLevel::kInfo, "unseen");
  Log(LogLevel::kError, "seen");
  const std::string out = GetCapturedStderr();
  SetLogLevel(LogLevel::kOff);
  EXPECT_THAT(out, ::testing::Not(HasSubstr("unseen\"")));
  EXPECT_THAT(out, HasSubstr("\"@message\":\"seen\""));
}

}  // namespace
}  // namespace kproto
