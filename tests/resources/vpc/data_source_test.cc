// SPDX-License-Identifier: MPL-2.0
#include "resources/vpc/data_source.h"

#include "tests/resources/reading_test.h"

namespace kproto::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class VpcDataTest : public ReadingTest {
 protected:
  VpcDataTest() {
    cloud().Edit([](FakeCloud& cloud) {
      cloud.vpcs["v"] = {.id = "v",
                         .urn = "do:vpc:v",
                         .name = "office",
                         .region = "ams3",
                         .ip_range = "10.20.0.0/20"};
    });
  }
  VpcDataSource source_{connections};
};

TEST_F(VpcDataTest, IsFoundByIdByNameAndAsTheDefaultOfARegion) {
  EXPECT_EQ(Read(source_, {{"id", Value::String("v")}})["name"].string(), "office");
  EXPECT_EQ(Read(source_, {{"name", Value::String("office")}})["ip_range"].string(),
            "10.20.0.0/20");
  const Value state = Read(source_, {{"region", Value::String("nyc3")}});
  EXPECT_EQ(state["name"].string(), "default-nyc3");
  EXPECT_TRUE(state["default"].bool_value());
  EXPECT_THAT(Said(), IsEmpty());
}

TEST_F(VpcDataTest, NotFoundListsWhatThereIs) {
  for (const char* attribute : {"id", "name", "region"}) {
    Read(source_, {{attribute, Value::String("none")}});
    EXPECT_THAT(Said(), HasSubstr("office (v, ams3)"));
    EXPECT_THAT(Said(), HasSubstr(absl::StrCat("[", attribute, "]")));
  }
}

TEST_F(VpcDataTest, ARegionWithoutADefaultSaysHowItGetsOne) {
  Read(source_, {{"region", Value::String("ams3")}});
  EXPECT_THAT(Said(), HasSubstr("has no default VPC"));
  EXPECT_THAT(Said(), HasSubstr("becomes its default"));
}

TEST_F(VpcDataTest, ExactlyOneWayToSayWhichIsNeeded) {
  Read(source_, {});
  EXPECT_THAT(Said(), HasSubstr("exactly one of id, name and region"));
  Read(source_, {{"id", Value::String("v")}, {"name", Value::String("office")}});
  EXPECT_THAT(Said(), HasSubstr("exactly one of id, name and region"));
  EXPECT_THAT(cloud().calls(), IsEmpty());
}

TEST_F(VpcDataTest, WhatIsNotKnownYetIsNoMistake) {
  source_.Validate({}, Whole(source_.schema(), {{"id", Value::Unknown()}}), said);
  EXPECT_THAT(Said(), IsEmpty());
}

}  // namespace
}  // namespace kproto::testing
