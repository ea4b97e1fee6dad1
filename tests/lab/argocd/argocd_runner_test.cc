// SPDX-License-Identifier: MPL-2.0
#include "lab/argocd/argocd_runner.h"

#include "gtest/gtest.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

json List(const std::string& name, int ready) {
  return {{"items", json::array({{{"metadata", {{"labels", {{"app.kubernetes.io/name", name}}}}},
                                  {"status", {{"readyReplicas", ready}}}}})}};
}

TEST(ArgoCdIsUpTest, NeedsAReadyPodOfBothComponents) {
  const json repo = List("argocd-repo-server", 1);
  const json controller = List("argocd-application-controller", 1);
  const json nothing = {{"items", json::array()}};
  EXPECT_TRUE(ArgoCdIsUp(repo, controller));
  EXPECT_FALSE(ArgoCdIsUp(repo, nothing));
  EXPECT_FALSE(ArgoCdIsUp(nothing, controller));
  EXPECT_FALSE(ArgoCdIsUp(List("argocd-repo-server", 0), controller));
  EXPECT_FALSE(ArgoCdIsUp(json(), json()));
}

TEST(ApplicationSetsAreServedTest, NeedsAReadyPodOfTheirController) {
  EXPECT_TRUE(ApplicationSetsAreServed(List("argocd-applicationset-controller", 1)));
  EXPECT_FALSE(ApplicationSetsAreServed(List("argocd-applicationset-controller", 0)));
  EXPECT_FALSE(ApplicationSetsAreServed(List("argocd-repo-server", 1)));
  EXPECT_FALSE(ApplicationSetsAreServed(json()));
}

TEST(ArgoCdIsUpTest, OneThatIsBeingDeletedDoesNotCount) {
  json repo = List("argocd-repo-server", 1);
  repo["items"][0]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  EXPECT_FALSE(ArgoCdIsUp(repo, List("argocd-application-controller", 1)));
}

}  // namespace
}  // namespace kproto::lab
