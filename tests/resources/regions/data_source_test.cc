// SPDX-License-Identifier: MPL-2.0
#include "resources/regions/data_source.h"

#include "tests/resources/reading_test.h"

namespace kproto::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RegionsTest : public ReadingTest {
 protected:
  RegionsTest() {
    cloud().Edit([](FakeCloud& cloud) {
      cloud.regions = {{"nyc3", "New York 3", true, {"storage", "ipv6"}, {"c-4", "c-2"}},
                       {"nyc2", "New York 2", false, {"ipv6"}, {"c-2"}},
                       {"ams3", "Amsterdam 3", true, {"storage"}, {"c-2"}}};
    });
  }
  RegionsDataSource source_{connections};
};

TEST_F(RegionsTest, AreAllOfThemBySlugWithWhatTheyHave) {
  const Value state = Read(source_, {});
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_THAT(Texts(state["slugs"]), ElementsAre("ams3", "nyc2", "nyc3"));
  const Value& last = state["regions"].list()[2];
  EXPECT_EQ(last["name"].string(), "New York 3");
  EXPECT_TRUE(last["kubernetes"].bool_value());
  EXPECT_THAT(Texts(last["features"]), ElementsAre("storage", "ipv6"));
  EXPECT_FALSE(state["regions"].list()[1]["kubernetes"].bool_value());
}

TEST_F(RegionsTest, TwoReadsAreTheSame) { EXPECT_EQ(Read(source_, {}), Read(source_, {})); }

TEST_F(RegionsTest, EachFilterLeavesWhatMeetsIt) {
  EXPECT_THAT(Texts(Read(source_, {{"available", Value::Bool(false)}})["slugs"]),
              ElementsAre("nyc2"));
  EXPECT_THAT(Texts(Read(source_, {{"kubernetes", Value::Bool(true)}})["slugs"]),
              ElementsAre("ams3", "nyc3"));
  EXPECT_THAT(Texts(Read(source_, {{"feature", Value::String("ipv6")}})["slugs"]),
              ElementsAre("nyc2", "nyc3"));
  EXPECT_THAT(Texts(Read(source_, {{"size", Value::String("c-4")}})["slugs"]), ElementsAre("nyc3"));
}

TEST_F(RegionsTest, ASpellingMistakeInAFilterSaysWhatThereIs) {
  Read(source_, {{"feature", Value::String("ipv9")}});
  EXPECT_THAT(Said(), HasSubstr("no region has the feature \"ipv9\"; there are: ipv6, storage"));
  EXPECT_THAT(Said(), HasSubstr("[feature]"));
}

TEST_F(RegionsTest, WithoutATokenTheErrorIsThatOfTheProvider) {
  connections.token = absl::FailedPreconditionError("no DigitalOcean token is given");
  Read(source_, {});
  EXPECT_THAT(Said(), HasSubstr("Could not read the regions: no DigitalOcean token is given"));
}

}  // namespace
}  // namespace kproto::testing
