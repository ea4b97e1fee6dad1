// SPDX-License-Identifier: MPL-2.0
#include "resources/subnets/subnet_plan.h"

#include "resources/networks.h"
#include "tests/resources/reading_test.h"

namespace kproto::testing {
namespace {

using ::testing::HasSubstr;

class SubnetPlanTest : public ::testing::Test {
 protected:
  Called Plan(const std::vector<std::string>& networks) {
    std::vector<Value> arguments;
    for (const std::string& network : networks) {
      arguments.push_back(network.empty() ? Value::Null() : Value::String(network));
    }
    return Call(*function_, arguments);
  }
  // The plan's three networks and those that were taken: none may overlap another.
  void ExpectApart(const Called& called, std::vector<std::string> taken) {
    ASSERT_EQ(called.error, "");
    for (const char* name : {"ip_range", "cluster_subnet", "service_subnet"}) {
      taken.push_back(called.value[name].string());
    }
    for (size_t j = taken.size() - 3; j < taken.size(); ++j) {
      for (size_t i = 0; i < j; ++i) {
        EXPECT_FALSE(ParseNetwork(taken[i])->Overlaps(*ParseNetwork(taken[j])))
            << taken[i] << " and " << taken[j];
      }
    }
  }
  const std::unique_ptr<AnyFunction> function_ = MakeSubnetPlan();
};

TEST_F(SubnetPlanTest, DigitalOceansOwnDefaultsAreTakenWhereTheyAreFree) {
  const Called called = Plan({"10.10.0.0/20"});
  ASSERT_EQ(called.error, "");
  EXPECT_EQ(called.value["ip_range"].string(), "10.10.0.0/20");
  EXPECT_EQ(called.value["cluster_subnet"].string(), "10.244.0.0/16");
  EXPECT_EQ(called.value["service_subnet"].string(), "10.245.0.0/16");
}

TEST_F(SubnetPlanTest, WhatIsTakenIsStayedClearOf) {
  const std::vector<std::string> taken = {"10.244.0.0/15", "10.128.0.0/9"};
  const Called called = Plan({"10.10.0.0/20", taken[0], taken[1]});
  ExpectApart(called, taken);
  EXPECT_EQ(called.value["cluster_subnet"].string(), "10.127.0.0/16");
  EXPECT_EQ(called.value["service_subnet"].string(), "10.126.0.0/16");
}

TEST_F(SubnetPlanTest, WithoutAVpcTheLowestFreeOneIsChosen) {
  EXPECT_EQ(Plan({""}).value["ip_range"].string(), "10.0.0.0/20");
  const std::vector<std::string> taken = {"10.0.0.0/19", "10.0.32.0/24"};
  const Called called = Plan({"", taken[0], taken[1]});
  ExpectApart(called, taken);
  EXPECT_EQ(called.value["ip_range"].string(), "10.0.48.0/20");
}

TEST_F(SubnetPlanTest, NarrowerNetworksAreTakenWhenNoWideOneIsFree) {
  const std::vector<std::string> taken = {"10.0.0.0/8", "172.16.0.0/12"};
  const Called called = Plan({"192.168.0.0/20", taken[0], taken[1]});
  ExpectApart(called, taken);
  EXPECT_EQ(called.value["cluster_subnet"].string(), "192.168.128.0/17");
  EXPECT_EQ(called.value["service_subnet"].string(), "192.168.64.0/18");
}

TEST_F(SubnetPlanTest, TheAnswerIsTheSameEveryTime) {
  EXPECT_EQ(Plan({"", "10.0.0.0/12"}).value, Plan({"", "10.0.0.0/12"}).value);
}

struct BadPlan {
  std::vector<std::string> networks;
  int64_t argument;
  std::string says;
};

TEST_F(SubnetPlanTest, AnErrorNamesTheArgumentAndWhatIsValid) {
  const std::vector<BadPlan> bad = {
      {{"10.10.0.0"}, 0, "vpc_cidr: must be an IPv4 network in CIDR form"},
      {{"10.10.0.1/20"}, 0, "did you mean 10.10.0.0/20?"},
      {{"10.0.0.0/8"}, 0, "between /28 and /16"},
      {{"11.10.0.0/20"}, 0, "within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"},
      {{"10.244.16.0/20"}, 0, "which DigitalOcean keeps for itself"},
      {{"10.10.0.0/20", "10.20.0.0/20", "office"}, 2, "taken[1]: must be an IPv4 network"},
      {{"10.10.0.0/20", "10.10.0.0/16"}, 1, "taken[0]: 10.10.0.0/16 overlaps the VPC's"},
      {{"10.10.0.0/20", "172.16.0.0/12", "192.168.0.0/16", "10.128.0.0/9", "10.64.0.0/10",
        "10.32.0.0/11", "10.16.0.0/12", "10.0.0.0/13", "10.12.0.0/14", "10.11.0.0/16",
        "10.8.0.0/15", "10.10.16.0/20", "10.10.32.0/19", "10.10.64.0/18", "10.10.128.0/17"},
       14,
       "no room left for the pods"},
      {{"", "0.0.0.0/0"}, 0, "no free /20 for a VPC"},
  };
  for (const BadPlan& plan : bad) {
    const Called called = Plan(plan.networks);
    EXPECT_EQ(called.argument, plan.argument) << plan.says;
    EXPECT_THAT(called.error, HasSubstr(plan.says));
    EXPECT_TRUE(called.value.is_null());
  }
}

TEST(NetworkTest, TextThatIsNoNetworkIsRefused) {
  for (const char* text : {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/ 8",
                           "10.0.0/8", "::/0", "10.0.0.0/8/8", "10.0.0.0/999999999999"}) {
    EXPECT_FALSE(ParseExactNetwork(text).ok()) << text;
  }
  EXPECT_EQ(ParseNetwork("0.0.0.0/0")->ToString(), "0.0.0.0/0");
  EXPECT_EQ(ParseNetwork("255.255.255.255/32")->ToString(), "255.255.255.255/32");
}

TEST(NetworkTest, TheFreeOneIsTheLowestOrTheHighestWithinTheSpace) {
  const Network all = *ParseNetwork("0.0.0.0/0"), half = *ParseNetwork("128.0.0.0/1");
  EXPECT_EQ(FindFree(all, 8, {}, From::kLowest)->ToString(), "0.0.0.0/8");
  EXPECT_EQ(FindFree(all, 8, {}, From::kHighest)->ToString(), "255.0.0.0/8");
  EXPECT_EQ(FindFree(all, 8, {half}, From::kHighest)->ToString(), "127.0.0.0/8");
  EXPECT_EQ(FindFree(half, 1, {half}, From::kHighest), std::nullopt);
  EXPECT_EQ(FindFree(all, 8, {all}, From::kLowest), std::nullopt);
  EXPECT_EQ(FindFree(all, 8, {all}, From::kHighest), std::nullopt);
  EXPECT_EQ(FindFree(half, 0, {}, From::kLowest), std::nullopt);
}

}  // namespace
}  // namespace kproto::testing
