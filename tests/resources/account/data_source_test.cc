// SPDX-License-Identifier: MPL-2.0
#include "resources/account/data_source.h"

#include "tests/resources/reading_test.h"

namespace kproto::testing {
namespace {

using ::testing::HasSubstr;

class AccountTest : public ReadingTest {
 protected:
  int64_t Number(const Value& state, const char* name) { return *state[name].number().AsInt64(); }
  AccountDataSource source_{connections};
};

TEST_F(AccountTest, TellsLimitsAndWhatIsInUseAndFree) {
  cloud().Edit([](FakeCloud& cloud) {
    cloud.other_droplets = 7;
    cloud.volumes["a"] = {.id = "a"};
  });
  const Value state = Read(source_, {});
  EXPECT_EQ(Number(state, "droplet_limit"), 25);
  EXPECT_EQ(Number(state, "droplets_in_use"), 7);
  EXPECT_EQ(Number(state, "droplets_free"), 18);
  EXPECT_EQ(Number(state, "volumes_in_use"), 1);
  EXPECT_EQ(Number(state, "volumes_free"), 99);
  EXPECT_EQ(state["status"].string(), "active");
}

TEST_F(AccountTest, ALimitBelowWhatThereIsLeavesNothingFree) {
  cloud().Edit([](FakeCloud& cloud) { cloud.other_droplets = 30; });
  EXPECT_EQ(Number(Read(source_, {}), "droplets_free"), 0);
}

TEST_F(AccountTest, AFailedCountIsAnErrorNotZero) {
  cloud().FailNext("CountDroplets", absl::DataLossError("no total"));
  Read(source_, {});
  EXPECT_THAT(Said(), HasSubstr("Could not read the account: no total"));
}

}  // namespace
}  // namespace kproto::testing
