// SPDX-License-Identifier: MPL-2.0
#include "resources/sizes/size_for.h"

#include "tests/resources/reading_test.h"

namespace kproto::testing {
namespace {

using ::testing::HasSubstr;

Value Size(const std::string& slug, int64_t vcpus, double memory_gib, int64_t price,
           std::vector<std::string> regions) {
  Value::List list;
  for (const std::string& region : regions) {
    list.push_back(Value::String(region));
  }
  return Value::OfMap({{"slug", Value::String(slug)},
                       {"vcpus", Value::Int(vcpus)},
                       {"memory_gib", Value::OfNumber(Number(memory_gib))},
                       {"price_monthly", Value::Int(price)},
                       {"regions", Value::OfList(std::move(list))}});
}

class SizeForTest : public ::testing::Test {
 protected:
  Called Pick(int64_t vcpus, double memory_gib, Value region = Value()) {
    return Call(*function_,
                {sizes_, Value::Int(vcpus), Value::OfNumber(Number(memory_gib)), region});
  }

  const std::unique_ptr<AnyFunction> function_ = MakeSizeFor();
  Value sizes_ =
      Value::OfList({Size("m-2", 2, 16, 84, {"nyc3"}), Size("c-4", 4, 8, 84, {"nyc3", "ams3"}),
                     Size("s-1", 1, 0.5, 4, {"nyc3"}), Size("s-2", 2, 4, 24, {"ams3"})});
};

TEST_F(SizeForTest, TheCheapestThatIsLargeEnoughIsTaken) {
  EXPECT_EQ(Pick(1, 0.5).value.string(), "s-1");
  EXPECT_EQ(Pick(2, 4).value.string(), "s-2");
  EXPECT_EQ(Pick(2, 12).value.string(), "m-2");
}

TEST_F(SizeForTest, OfOnePriceTheFirstBySlugIsTaken) {
  EXPECT_EQ(Pick(2, 8).value.string(), "c-4");
}

TEST_F(SizeForTest, ARegionLeavesOutWhatItHasNot) {
  EXPECT_EQ(Pick(2, 4, Value::String("nyc3")).value.string(), "c-4");
}

TEST_F(SizeForTest, AnErrorNamesTheArgumentThatAsksTooMuch) {
  Called called = Pick(64, 4);
  EXPECT_EQ(called.argument, 1);
  EXPECT_THAT(called.error, HasSubstr("vcpus: no size has 64 vCPUs"));
  EXPECT_THAT(called.error, HasSubstr("4 vCPUs, 16 GiB"));
  called = Pick(4, 16, Value::String("ams3"));
  EXPECT_EQ(called.argument, 2);
  called = Pick(1, 1, Value::String("nyc9"));
  EXPECT_EQ(called.argument, 3);
  EXPECT_THAT(called.error, HasSubstr("region: no size is offered in \"nyc9\"; regions with sizes: "
                                      "ams3, nyc3"));
  sizes_ = Value::OfList({});
  EXPECT_EQ(Pick(1, 1).argument, 0);
}

TEST_F(SizeForTest, ElementsWithNullsAreNoTrouble) {
  sizes_.list().push_back(Value::Null());
  sizes_.list().push_back(Value::OfMap({{"slug", Value::Null()}}));
  EXPECT_EQ(Pick(2, 4).value.string(), "s-2");
}

}  // namespace
}  // namespace kproto::testing
