// SPDX-License-Identifier: MPL-2.0
#include "lab/scenes/scene.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lab/scenes/object_scenes.h"
#include "lab/scenes/plane_scenes.h"

namespace kproto::lab {

const std::vector<Scene>& Scenes() {
  using Lasts = Scene::Lasts;
  static const auto& scenes = *new std::vector<Scene>{
      {"image-pull-error",
       "images with TARGET in their name cannot be pulled by pods that start now",
       "grafana/grafana", Lasts::kUntilCleared, &RefuseImage, &AllowImage},
      {"unschedulable-pod", "the nodes of pool TARGET, or all of them, are cordoned", "all",
       Lasts::kUntilCleared, &Cordon, &Uncordon},
      {"failed-sync", "an admission policy refuses workloads whose name begins with TARGET",
       "grafana", Lasts::kUntilCleared, &RefuseWorkloads, &AllowWorkloads},
      {"stuck-finalizer", "the object TARGET (kind/namespace/name) has a finalizer nobody clears",
       "deployment/monitoring/grafana", Lasts::kUntilCleared, &HoldObject, &LetObjectGo},
      {"stuck-release", "the Helm release TARGET (namespace/name) is as a killed helm leaves it",
       "argocd/argocd", Lasts::kUntilCleared, &LeaveReleasePending, &RemovePendingRelease},
      {"expired-token", "tokens that were handed out, or are now, are answered with 401", "",
       Lasts::kWhileTheLabRuns, &InvalidateTokens, &AcceptTokens},
      {"api-server-away", "the API server does not run: its port is closed", "",
       Lasts::kWhileTheLabRuns, &StopApiServer, &StartApiServer}};
  return scenes;
}

absl::StatusOr<const Scene*> FindScene(absl::string_view name) {
  std::vector<std::string> names;
  for (const Scene& scene : Scenes()) {
    if (name == scene.name) {
      return &scene;
    }
    names.emplace_back(scene.name);
  }
  return absl::NotFoundError(
      absl::StrCat("there is no scene '", name, "'; there is: ", absl::StrJoin(names, ", ")));
}

}  // namespace kproto::lab
