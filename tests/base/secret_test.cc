// SPDX-License-Identifier: MPL-2.0
#include "base/secret.h"

#include <sstream>
#include <type_traits>

#include "gtest/gtest.h"

namespace kproto {
namespace {

static_assert(!std::is_convertible_v<SecretString, std::string>);
static_assert(!std::is_convertible_v<std::string, SecretString>);

TEST(SecretTest, PrintsAsAPlaceholder) {
  std::ostringstream out;
  out << SecretString("hunter2");
  EXPECT_EQ(out.str(), "(secret)");
  EXPECT_EQ(::testing::PrintToString(SecretString("hunter2")), "(secret)");
}

TEST(SecretTest, RevealsAndCompares) {
  EXPECT_EQ(SecretString("a").Reveal(), "a");
  EXPECT_EQ(SecretString("a"), SecretString("a"));
  EXPECT_FALSE(SecretString("a") == SecretString("b"));
  EXPECT_TRUE(SecretString().empty());
}

}  // namespace
}  // namespace kproto
