// SPDX-License-Identifier: MPL-2.0
#include "lab/scenes/scene.h"

#include <set>

#include "gmock/gmock.h"
#include "lab/kubernetes/json.h"
#include "lab/scenes/playing_scenes.h"
#include "tests/support/status_matchers.h"

namespace kproto::lab {
namespace {

using kproto::testing::StatusIs;
using ::testing::HasSubstr;

TEST(SceneTest, EachHasANameOfItsOwnAndSaysWhatGoesWrong) {
  std::set<std::string> names;
  for (const Scene& scene : Scenes()) {
    EXPECT_TRUE(names.insert(scene.name).second) << scene.name;
    EXPECT_STRNE(scene.what, "") << scene.name;
  }
  EXPECT_EQ(names.size(), 7u);
}

TEST(SceneTest, AnUnknownOneNamesThoseThereAre) {
  EXPECT_THAT(FindScene("flood").status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("image-pull-error")));
}

TEST(PlayingScenesTest, ALabOfNamesOnlyListsThemAndPlaysNone) {
  PlayingScenes scenes(nullptr);
  EXPECT_EQ(Items(scenes.List(), {"scenes"}).size(), Scenes().size());
  EXPECT_THAT(scenes.Begin({{"scene", "expired-token"}}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("by name only")));
  EXPECT_THAT(scenes.Begin({{"scene", "expired-token"}, {"target", "x"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("takes no target")));
}

}  // namespace
}  // namespace kproto::lab
