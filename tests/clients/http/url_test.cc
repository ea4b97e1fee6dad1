// SPDX-License-Identifier: MPL-2.0
#include "clients/http/url.h"

#include "gtest/gtest.h"

namespace kproto::http {
namespace {

TEST(UrlTest, FindsTheHost) {
  EXPECT_EQ(HostOf("https://api.example.com/v2"), "api.example.com");
  EXPECT_EQ(HostOf("https://api.example.com:8443?x=1"), "api.example.com");
  EXPECT_EQ(HostOf("http://user:word@api.example.com:1/"), "api.example.com");
  EXPECT_EQ(HostOf("http://[::1]:80/a"), "::1");
  EXPECT_EQ(HostOf("http://[::1"), "");
  EXPECT_EQ(HostOf("api.example.com"), "");
  EXPECT_EQ(HostOf(""), "");
}

TEST(UrlTest, PathHasNeitherQueryNorFragment) {
  EXPECT_EQ(PathOf("https://a/v2/b?token=x#y"), "/v2/b");
  EXPECT_EQ(PathOf("https://a?token=/x"), "/");
  EXPECT_EQ(PathOf("https://a"), "/");
}

TEST(UrlTest, LoopbackIsOnlyWhatIsWrittenAsSuch) {
  for (const char* host : {"localhost", "LOCALHOST", "127.0.0.1", "127.255.0.9", "::1"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host : {"127.evil.example", "127.0.0.1.evil.example", "localhost.evil.example",
                           "10.0.0.1", "::2", "", "0.0.0.0"}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
  EXPECT_FALSE(IsLoopback(HostOf("http://127.0.0.1@evil.example/")));
  EXPECT_FALSE(IsLoopback(HostOf("http://evil.example/@127.0.0.1")));
}

TEST(UrlTest, EncodesWhatIsNotPlain) {
  EXPECT_EQ(PercentEncode("kproto:a/b c%\xc3\xa9~"), "kproto%3Aa%2Fb%20c%25%C3%A9~");
}

}  // namespace
}  // namespace kproto::http
