// SPDX-License-Identifier: MPL-2.0
#include "resources/sizes/data_source.h"

#include "tests/resources/reading_test.h"

namespace kproto::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SizesTest : public ReadingTest {
 protected:
  SizesTest() {
    cloud().Edit([](FakeCloud& cloud) {
      const std::vector<std::string> both = {"nyc3", "ams3"}, one = {"nyc3"};
      cloud.sizes = {{"m-2", "Memory", true, 2, 16384, 50, 84, 0.125, one},
                     {"c-4", "CPU", true, 4, 8192, 50, 84, 0.125, both},
                     {"s-1vcpu-512mb", "Basic", true, 1, 512, 10, 4, 0.00595, both},
                     {"s-2vcpu-4gb", "Basic", true, 2, 4096, 80, 24, 0.03571, both},
                     {"gone", "Basic", false, 2, 4096, 80, 1, 0.001, both}};
      cloud.options.sizes = {{"c-4", "c-4"}, {"m-2", "m-2"}, {"s", "s-2vcpu-4gb"}};
    });
  }
  std::vector<std::string> Slugs(Value::Map filters) {
    return Texts(Read(source_, std::move(filters))["slugs"]);
  }
  SizesDataSource source_{connections};
};

TEST_F(SizesTest, AreCheapestFirstAndThenBySlugWithoutThoseThatCannotBeHad) {
  const Value state = Read(source_, {});
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_THAT(Texts(state["slugs"]), ElementsAre("s-1vcpu-512mb", "s-2vcpu-4gb", "c-4", "m-2"));
  EXPECT_EQ(state["cheapest"].string(), "s-1vcpu-512mb");
  const Value& first = state["sizes"].list()[0];
  EXPECT_EQ(first["memory_gib"].number().AsDouble(), 0.5);
  EXPECT_EQ(first["price_monthly"].number().AsDouble(), 4);
  EXPECT_FALSE(first["worker"].bool_value());
  EXPECT_TRUE(state["sizes"].list()[1]["worker"].bool_value());
}

TEST_F(SizesTest, EachFilterLeavesWhatMeetsIt) {
  EXPECT_THAT(Slugs({{"min_vcpus", Value::Int(4)}}), ElementsAre("c-4"));
  EXPECT_THAT(Slugs({{"max_vcpus", Value::Int(1)}}), ElementsAre("s-1vcpu-512mb"));
  EXPECT_THAT(Slugs({{"min_memory_gib", Value::Int(5)}}), ElementsAre("c-4", "m-2"));
  EXPECT_THAT(Slugs({{"max_memory_gib", Value::OfNumber(Number(0.5))}}),
              ElementsAre("s-1vcpu-512mb"));
  EXPECT_THAT(Slugs({{"region", Value::String("ams3")}, {"min_memory_gib", Value::Int(8)}}),
              ElementsAre("c-4"));
  EXPECT_THAT(Slugs({{"worker", Value::Bool(false)}}), ElementsAre("s-1vcpu-512mb"));
}

TEST_F(SizesTest, WhenNothingFitsTheErrorSaysWhatThereIs) {
  Slugs({{"min_vcpus", Value::Int(64)}, {"region", Value::String("nyc3")}});
  EXPECT_THAT(Said(), HasSubstr("no size meets all the filters"));
  EXPECT_THAT(Said(), HasSubstr("c-4 (4 vCPUs, 8 GiB)"));
  Slugs({{"region", Value::String("nyc9")}});
  EXPECT_THAT(Said(), HasSubstr("\"nyc9\"; regions with sizes: ams3, nyc3"));
  EXPECT_THAT(Said(), HasSubstr("[region]"));
}

TEST_F(SizesTest, BoundsTheWrongWayRoundAreRefusedWithoutACall) {
  Slugs({{"min_vcpus", Value::Int(4)}, {"max_vcpus", Value::Int(2)}});
  EXPECT_THAT(Said(), HasSubstr("min_vcpus (4) is above max_vcpus (2)"));
  EXPECT_THAT(cloud().calls(), IsEmpty());
}

TEST_F(SizesTest, AnApiThatIsAwayIsAnErrorNotAnEmptyList) {
  cloud().FailNext("ListSizes", absl::UnavailableError("HTTP 503"));
  EXPECT_TRUE(Slugs({}).empty());
  EXPECT_THAT(Said(), HasSubstr("HTTP 503"));
}

}  // namespace
}  // namespace kproto::testing
