// SPDX-License-Identifier: MPL-2.0
// Every call about networks, down to the socket: its method, path and body.
#include <functional>

#include "clients/digitalocean/rest_digitalocean.h"
#include "clients/http/curl_client.h"
#include "clients/http/response.h"
#include "clients/http/retrying_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/http_imposter.h"
#include "tests/support/status_matchers.h"

namespace kproto::digitalocean {
namespace {

using ::kproto::testing::FakeClock;
using ::kproto::testing::HttpImposter;
using ::kproto::testing::IsOk;
using ::kproto::testing::Reply;
using ::kproto::testing::StatusIs;

class RestNetworkingTest : public ::testing::Test {
 protected:
  HttpImposter server_;
  FakeClock clock_;
  http::CurlClient curl_{{}};
  http::RetryingClient retrying_{curl_, clock_, {.jitter = [] { return 1.0; }}};
  RestDigitalOcean client_{retrying_, server_.url(), SecretString("t")};
};

TEST_F(RestNetworkingTest, EveryCallHasItsMethodPathAndBody) {
  struct Case {
    std::string method, target;
    Reply reply;
    std::string body;
    std::function<absl::Status()> call;
  };
  const std::string all = "?page=1&per_page=200";
  const std::string firewall_body =
      R"({"name":"f","inbound_rules":[],"outbound_rules":[],"droplet_ids":[],"tags":["t"]})";
  const Reply peering = {.body = R"({"vpc_peering":{"id":"p"}})"};
  const Reply gateway = {.body = R"({"vpc_nat_gateway":{"id":"g"}})"};
  const Reply firewall = {.body = R"({"firewall":{"id":"f"}})"};
  const Reply accepted = {.code = 202};
  const std::vector<Case> cases = {
      {"GET",
       "/v2/vpc_peerings" + all,
       {.body = R"({"vpc_peerings":[{"id":"p"}]})"},
       "",
       [&] { return client_.ListVpcPeerings({}).status(); }},
      {"GET", "/v2/vpc_peerings/p", peering, "",
       [&] { return client_.GetVpcPeering("p", {}).status(); }},
      {"POST", "/v2/vpc_peerings", peering, R"({"name":"n","vpc_ids":["a","b"]})",
       [&] {
         return client_.CreateVpcPeering({"n", {"a", "b"}}, {}).status();
       }},
      {"PATCH", "/v2/vpc_peerings/p", peering, R"({"name":"m"})",
       [&] { return client_.RenameVpcPeering("p", "m", {}).status(); }},
      {"DELETE", "/v2/vpc_peerings/p", accepted, "",
       [&] { return client_.DeleteVpcPeering("p", {}); }},
      {"GET",
       "/v2/vpc_nat_gateways" + all,
       {.body = R"({"vpc_nat_gateways":[{"id":"g"}]})"},
       "",
       [&] { return client_.ListNatGateways({}).status(); }},
      {"GET", "/v2/vpc_nat_gateways/g", gateway, "",
       [&] { return client_.GetNatGateway("g", {}).status(); }},
      {"POST", "/v2/vpc_nat_gateways", gateway,
       R"({"name":"n","type":"PUBLIC","region":"nyc3","size":1,"vpcs":[]})",
       [&] { return client_.CreateNatGateway({.name = "n", .region = "nyc3"}, {}).status(); }},
      {"PUT", "/v2/vpc_nat_gateways/g", gateway, R"({"name":"n","size":3})",
       [&] { return client_.UpdateNatGateway("g", {.name = "n", .size = 3}, {}).status(); }},
      {"DELETE", "/v2/vpc_nat_gateways/g", accepted, "",
       [&] { return client_.DeleteNatGateway("g", {}); }},
      {"GET",
       "/v2/firewalls" + all,
       {.body = R"({"firewalls":[{"id":"f"}]})"},
       "",
       [&] { return client_.ListFirewalls({}).status(); }},
      {"GET", "/v2/firewalls/f", firewall, "",
       [&] { return client_.GetFirewall("f", {}).status(); }},
      {"POST", "/v2/firewalls", firewall, firewall_body,
       [&] { return client_.CreateFirewall({.name = "f", .tags = {"t"}}, {}).status(); }},
      {"PUT", "/v2/firewalls/f", firewall, firewall_body,
       [&] { return client_.UpdateFirewall("f", {.name = "f", .tags = {"t"}}, {}).status(); }},
      {"DELETE",
       "/v2/firewalls/f",
       {.code = 204},
       "",
       [&] { return client_.DeleteFirewall("f", {}); }},
  };
  for (const Case& c : cases) {
    server_.On(c.method, c.target, c.reply);
    EXPECT_THAT(c.call(), IsOk()) << c.method << " " << c.target;
    const std::string body = server_.requests().back().body;
    EXPECT_EQ(body.empty() ? Json() : Json::parse(body),
              c.body.empty() ? Json() : Json::parse(c.body))
        << c.method << " " << c.target;
  }
}

TEST_F(RestNetworkingTest, ACreateIsNeverSentTwiceOnAMaybe) {
  server_.On("POST", "/v2/vpc_nat_gateways", {.code = 502});
  const auto made = client_.CreateNatGateway({.name = "n"}, {});
  EXPECT_THAT(made, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(http::MayHaveTakenEffect(made.status()));
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(RestNetworkingTest, ATakenNameIsAborted) {
  server_.On("POST", "/v2/firewalls",
             {.code = 409, .body = R"({"id":"conflict","message":"duplicate name"})"});
  EXPECT_THAT(client_.CreateFirewall({.name = "f"}, {}),
              StatusIs(absl::StatusCode::kAborted, ::testing::HasSubstr("duplicate name")));
}

}  // namespace
}  // namespace kproto::digitalocean
