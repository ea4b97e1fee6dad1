// SPDX-License-Identifier: MPL-2.0
// Scene: a way in which a cluster fails, by name. It is played on a real API server, so that what
// is seen of it is what would be seen anywhere. PlayingScenes knows which are on where.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lab/kubernetes/api_client.h"
#include "lab/kubernetes/cluster.h"

namespace kproto::lab {

struct SceneSite {
  Cluster& cluster;
  ApiClient& api;  // as the lab itself, whatever becomes of minted tokens
};

struct Scene {
  // Whether a restart of the lab ends it.
  enum class Lasts { kUntilCleared, kWhileTheLabRuns };

  const char* name;
  const char* what;    // goes wrong; a line for people
  const char* target;  // what it is aimed at when nothing else is said; "" where there is no choice
  Lasts lasts;
  // Both return when it is so, and may be repeated.
  absl::Status (*begin)(const SceneSite& site, const std::string& target);
  absl::Status (*end)(const SceneSite& site, const std::string& target);
};

const std::vector<Scene>& Scenes();

// NotFound names those there are.
absl::StatusOr<const Scene*> FindScene(absl::string_view name);

// What is on objects that a scene has made or changed: an annotation or label, with its name.
inline constexpr char kSceneMark[] = "lab.kproto.io/scene";

}  // namespace kproto::lab
