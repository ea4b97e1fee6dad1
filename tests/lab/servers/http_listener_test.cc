// SPDX-License-Identifier: MPL-2.0
#include "lab/servers/http_listener.h"

#include "tests/support/status_matchers.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;

void ServeOne(httplib::Server& server) {
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("one", "text/plain");
  });
}

TEST(HttpListenerTest, AnswersUntilItIsGoneAndTakesItsPortAgain) {
  auto listener = HttpListener::Start(0, ServeOne);
  ASSERT_THAT(listener, IsOk());
  const int port = (*listener)->port();
  const auto answer = httplib::Client((*listener)->url()).Get("/");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "one");
  listener->reset();
  EXPECT_FALSE(httplib::Client("127.0.0.1", port).Get("/"));
  auto again = HttpListener::Start(port, ServeOne);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ((*again)->port(), port);
}

TEST(HttpListenerTest, ATakenPortLeadsToAnother) {
  auto first = HttpListener::Start(0, ServeOne);
  ASSERT_THAT(first, IsOk());
  auto second = HttpListener::Start((*first)->port(), ServeOne);
  ASSERT_THAT(second, IsOk());
  EXPECT_NE((*second)->port(), (*first)->port());
}

}  // namespace
}  // namespace kproto::lab
