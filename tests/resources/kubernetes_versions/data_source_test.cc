// SPDX-License-Identifier: MPL-2.0
#include "resources/kubernetes_versions/data_source.h"

#include "tests/resources/reading_test.h"

namespace kproto::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class VersionsTest : public ReadingTest {
 protected:
  VersionsTest() {
    cloud().Edit([](FakeCloud& cloud) {
      cloud.options.versions = {{"1.30.2-do.0", "1.30.2", {}},
                                {"1.3.9-do.1", "1.3.9", {}},
                                {"1.30.10-do.0", "1.30.10", {"ha-control-plane"}},
                                {"1.3.9-do.2", "1.3.9", {}}};
    });
  }
  Value WithPrefix(const std::string& prefix) {
    return Read(source_, {{"version_prefix", Value::String(prefix)}});
  }
  KubernetesVersionsDataSource source_{connections};
};

TEST_F(VersionsTest, AreNewestFirstByNumberNotByText) {
  const Value state = Read(source_, {});
  EXPECT_THAT(Texts(state["valid_versions"]),
              ElementsAre("1.30.10-do.0", "1.30.2-do.0", "1.3.9-do.2", "1.3.9-do.1"));
  EXPECT_EQ(state["latest_version"].string(), "1.30.10-do.0");
  EXPECT_THAT(Texts(state["minors"]), ElementsAre("1.30", "1.3"));
  EXPECT_THAT(Texts(state["versions"].list()[0]["supported_features"]),
              ElementsAre("ha-control-plane"));
}

TEST_F(VersionsTest, APrefixGoesByPartsSoThat13IsNot130) {
  EXPECT_THAT(Texts(WithPrefix("1.3")["valid_versions"]), ElementsAre("1.3.9-do.2", "1.3.9-do.1"));
  EXPECT_EQ(WithPrefix("1.30.")["latest_version"].string(), "1.30.10-do.0");
  EXPECT_EQ(WithPrefix("1.30.2-do.0")["latest_version"].string(), "1.30.2-do.0");
  EXPECT_EQ(Texts(WithPrefix("1")["valid_versions"]).size(), 4u);
}

TEST_F(VersionsTest, APrefixThatNothingHasSaysWhatIsOffered) {
  WithPrefix("1.31");
  EXPECT_THAT(Said(), HasSubstr("no version that begins with \"1.31\"; offered: 1.30.10-do.0, "));
  EXPECT_THAT(Said(), HasSubstr("[version_prefix]"));
}

TEST_F(VersionsTest, WhatIsNoVersionIsRefusedWithoutACall) {
  WithPrefix("newest");
  EXPECT_THAT(Said(), HasSubstr("must be the beginning of a version"));
  EXPECT_THAT(cloud().calls(), IsEmpty());
}

TEST_F(VersionsTest, ASlugThatKprotoCannotReadIsKeptAndComesLast) {
  cloud().Edit([](FakeCloud& cloud) {
    cloud.options.versions.insert(cloud.options.versions.begin(), {"2-next", "2", {}});
  });
  EXPECT_EQ(Texts(Read(source_, {})["valid_versions"]).back(), "2-next");
}

}  // namespace
}  // namespace kproto::testing
