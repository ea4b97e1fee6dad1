// SPDX-License-Identifier: MPL-2.0
#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

using TokensTest = SimulatorTest;

TEST_F(TokensTest, StrangersAreUnauthorized) {
  for (const char* token : {"", "wrong"}) {
    const Answer answer = Call("GET", "/v2/account", nullptr, token);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(StringField(answer.body, "id"), "unauthorized");
    EXPECT_NE(StringField(answer.body, "request_id"), "");
  }
}

TEST_F(TokensTest, WithoutUserTokensAnyIsAccepted) {
  options_.user_tokens.clear();
  EXPECT_EQ(Call("GET", "/v2/account", nullptr, "whatever").status, 200);
  EXPECT_EQ(Call("GET", "/v2/account", nullptr, "").status, 401);
}

TEST_F(TokensTest, TheLabsOwnCallsAreTheControllers) {
  EXPECT_EQ(Get("/lab/inventory").status, 401);
  EXPECT_EQ(Call("GET", "/lab/inventory", nullptr, "").status, 401);
  EXPECT_EQ(Admin("GET", "/lab/inventory").status, 200);
  EXPECT_EQ(Admin("GET", "/v2/account").status, 200);
}

TEST_F(TokensTest, NoControllerTokenMeansNoController) {
  options_.controller_token = "";
  EXPECT_EQ(Call("GET", "/lab/inventory", nullptr, "").status, 401);
}

TEST_F(TokensTest, OnlyUsersCallsAreRecorded) {
  Get("/v2/account");
  Post("/v2/vpcs", {{"name", "!"}});
  Admin("GET", "/v2/account");
  Call("GET", "/v2/account", nullptr, "wrong");
  const Json calls = Admin("GET", "/lab/calls").body["calls"];
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0]["path"], "/v2/account");
  EXPECT_EQ(calls[0]["user_agent"], "test");
  EXPECT_EQ(calls[1]["method"], "POST");
  EXPECT_EQ(calls[1]["status"], 422);
  EXPECT_EQ(Admin("DELETE", "/lab/calls").status, 204);
  EXPECT_TRUE(Admin("GET", "/lab/calls").body["calls"].empty());
}

TEST_F(TokensTest, UnknownEndpointsAreNotFound) {
  const Answer answer = Get("/v2/no/such/thing");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(StringField(answer.body, "id"), "not_found");
  EXPECT_EQ(Get("/").status, 404);
}

TEST_F(TokensTest, BrokenJsonIsABadRequest) {
  HttpRequest request{"POST", "/v2/vpcs", {{"authorization", "Bearer user"}}, "{\"name\": "};
  EXPECT_EQ(simulator().Handle(request).status, 400);
}

}  // namespace
}  // namespace kproto::lab
