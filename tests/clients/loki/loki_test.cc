// SPDX-License-Identifier: MPL-2.0
#include "clients/loki/loki.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_kubernetes.h"
#include "tests/support/status_matchers.h"

namespace kproto::loki {
namespace {

using ::kproto::testing::IsOk;
using ::kproto::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

class LokiTest : public ::testing::Test {
 protected:
  void Answer(int status, const std::string& body) {
    kubernetes_.OnProxy([=, this](const kubernetes::ServiceRequest& request) {
      request_ = request;
      return kubernetes::ServiceResponse{status, body, {}};
    });
  }

  testing::FakeKubernetes kubernetes_;
  kubernetes::ServiceRequest request_;
  Loki loki_{&kubernetes_, "monitoring", "loki-gateway", "80", "team"};
  const absl::Time time_ = absl::FromUnixSeconds(1);
};

TEST_F(LokiTest, ALineIsPushedAsLokiTakesIt) {
  Answer(204, "");
  ASSERT_THAT(loki_.Push({{"job", "j"}}, time_, "a \"line\"", {}), IsOk());
  EXPECT_EQ(request_.path, "loki/api/v1/push");
  EXPECT_EQ(request_.headers.at("X-Scope-OrgID"), "team");
  EXPECT_EQ(Json::parse(request_.body),
            (Json{{"streams",
                   Json::array({{{"stream", {{"job", "j"}}},
                                 {"values", Json::array({{"1000000000", "a \"line\""}})}}})}}));
}

TEST_F(LokiTest, LinesAreFoundByAQuery) {
  Answer(200, R"({"data": {"result": [{"values": [["2", "b"], ["1", "a"]]}]}})");
  const auto lines = loki_.Query("{job=\"j\"} |= \"x\"", time_, time_ + absl::Seconds(1), {});
  ASSERT_THAT(lines, IsOk());
  EXPECT_THAT(*lines, ElementsAre("b", "a"));
  EXPECT_THAT(request_.path, HasSubstr("query=%7Bjob%3D%22j%22%7D"));
  EXPECT_THAT(request_.path, HasSubstr("&start=1000000000&end=2000000000"));
}

TEST_F(LokiTest, WhatLokiRefusesIsToldInItsWords) {
  Answer(400, "entry too far behind\n");
  EXPECT_THAT(loki_.Push({}, time_, "x", {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("entry too far behind")));
  Answer(503, "Ingester not ready");
  EXPECT_THAT(loki_.Push({}, time_, "x", {}), StatusIs(absl::StatusCode::kUnavailable));
  Answer(200, "not JSON");
  EXPECT_THAT(*loki_.Query("{}", time_, time_, {}), ElementsAre());
}

}  // namespace
}  // namespace kproto::loki
