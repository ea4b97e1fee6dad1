// SPDX-License-Identifier: MPL-2.0
#include "lab/scenes/playing_scenes.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "lab/kubernetes/json.h"
#include "lab/process/private_file.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

std::string NotePath(const Cluster& cluster) {
  return absl::StrCat(cluster.directory(), "/scenes.json");
}

json Told(const Scene& scene, const Cluster& cluster, const std::string& target) {
  return {{"scene", scene.name}, {"cluster", cluster.spec().name}, {"target", target}};
}

absl::StatusOr<std::string> TargetOf(const Scene& scene, const json& wanted) {
  std::string target = Text(wanted, {"target"});
  if (!target.empty() && *scene.target == '\0') {
    return absl::InvalidArgumentError(absl::StrCat(scene.name, " takes no target"));
  }
  return target.empty() ? scene.target : target;
}

}  // namespace

absl::StatusOr<std::shared_ptr<Cluster>> PlayingScenes::ClusterOf(const json& wanted) {
  return backend_ == nullptr
             ? absl::FailedPreconditionError("this lab's clusters exist by name only")
             : backend_->Choose(Text(wanted, {"cluster"}));
}

PlayingScenes::Targets& PlayingScenes::On(const Cluster& cluster) {
  const auto [found, first] = on_.try_emplace(cluster.directory());
  if (first) {
    const json noted = ParseJson(ReadFile(NotePath(cluster)).value_or("{}"));
    for (const Scene& scene : Scenes()) {
      if (At(noted, {scene.name}).is_string()) {
        found->second[scene.name] = Text(noted, {scene.name});
      }
    }
  }
  return found->second;
}

absl::Status PlayingScenes::Note(const Cluster& cluster) {
  json lasting = json::object();
  for (const Scene& scene : Scenes()) {
    const auto on = On(cluster).find(scene.name);
    if (on != On(cluster).end() && scene.lasts == Scene::Lasts::kUntilCleared) {
      lasting[scene.name] = on->second;
    }
  }
  return WritePrivateFile(NotePath(cluster), lasting.dump());
}

absl::StatusOr<json> PlayingScenes::Begin(const json& wanted) {
  KPROTO_ASSIGN_OR_RETURN(const Scene* scene, FindScene(Text(wanted, {"scene"})));
  KPROTO_ASSIGN_OR_RETURN(const std::string target, TargetOf(*scene, wanted));
  KPROTO_ASSIGN_OR_RETURN(const std::shared_ptr<Cluster> cluster, ClusterOf(wanted));
  absl::MutexLock lock(&mutex_);
  ApiClient api(cluster->access());
  const SceneSite site{*cluster, api};
  Targets& on = On(*cluster);
  if (const auto before = on.find(scene->name); before != on.end() && before->second != target) {
    KPROTO_RETURN_IF_ERROR(scene->end(site, before->second));
    on.erase(before);
  }
  KPROTO_RETURN_IF_ERROR(scene->begin(site, target));
  on[scene->name] = target;
  KPROTO_RETURN_IF_ERROR(Note(*cluster));
  return Told(*scene, *cluster, target);
}

absl::StatusOr<json> PlayingScenes::End(const json& wanted) {
  KPROTO_ASSIGN_OR_RETURN(const Scene* scene, FindScene(Text(wanted, {"scene"})));
  KPROTO_ASSIGN_OR_RETURN(std::string target, TargetOf(*scene, wanted));
  KPROTO_ASSIGN_OR_RETURN(const std::shared_ptr<Cluster> cluster, ClusterOf(wanted));
  absl::MutexLock lock(&mutex_);
  ApiClient api(cluster->access());
  Targets& on = On(*cluster);
  if (const auto before = on.find(scene->name); before != on.end()) {
    target = before->second;
  }
  KPROTO_RETURN_IF_ERROR(scene->end({*cluster, api}, target));
  on.erase(scene->name);
  KPROTO_RETURN_IF_ERROR(Note(*cluster));
  return Told(*scene, *cluster, target);
}

json PlayingScenes::List() {
  json scenes = json::array();
  absl::MutexLock lock(&mutex_);
  for (const Scene& scene : Scenes()) {
    json on = json::array();
    for (const ClusterStatus& status :
         backend_ == nullptr ? std::vector<ClusterStatus>() : backend_->Status()) {
      const auto cluster = backend_->Choose(status.id);
      if (cluster.ok() && On(**cluster).contains(scene.name)) {
        on.push_back({{"cluster", status.name}, {"target", On(**cluster)[scene.name]}});
      }
    }
    scenes.push_back(
        {{"scene", scene.name}, {"what", scene.what}, {"target", scene.target}, {"on", on}});
  }
  return {{"scenes", scenes}};
}

}  // namespace kproto::lab
