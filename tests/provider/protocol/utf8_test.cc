// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/utf8.h"

#include "gtest/gtest.h"

namespace kproto {
namespace {

#define BAD "\xef\xbf\xbd"

TEST(Utf8Test, WellFormedTextIsLeftAlone) {
  for (const std::string text : {"", "plain", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                 "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(ToValidUtf8(text), text);
  }
  EXPECT_EQ(ToValidUtf8(std::string("a\0b", 3)), std::string("a\0b", 3));
}

TEST(Utf8Test, EachStrayByteIsReplaced) {
  EXPECT_EQ(ToValidUtf8("a\x80z"), "a" BAD "z");
  EXPECT_EQ(ToValidUtf8("\xc3"), BAD);
  EXPECT_EQ(ToValidUtf8("\xc3("), BAD "(");
  EXPECT_EQ(ToValidUtf8("\xe2\x82"), BAD BAD);
  EXPECT_EQ(ToValidUtf8("\xff\xfe"), BAD BAD);
}

TEST(Utf8Test, OverlongFormsSurrogatesAndWhatIsBeyondUnicodeAreReplaced) {
  EXPECT_EQ(ToValidUtf8("\xc0\x80"), BAD BAD);
  EXPECT_EQ(ToValidUtf8("\xe0\x80\x80"), BAD BAD BAD);
  EXPECT_EQ(ToValidUtf8("\xed\xa0\x80"), BAD BAD BAD);
  EXPECT_EQ(ToValidUtf8("\xf4\x90\x80\x80"), BAD BAD BAD BAD);
}

}  // namespace
}  // namespace kproto
