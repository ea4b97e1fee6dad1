// SPDX-License-Identifier: MPL-2.0
// `fault scene` and `fault scenes`: a cluster that fails, by name. The daemon plays them; here they
// are only asked for and shown.
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "lab/cli/commands.h"
#include "lab/cli/table.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

constexpr char kUsage[] =
    "usage: kproto-lab fault scene NAME [TARGET] [--cluster NAME] [--clear]   "
    "which there are: kproto-lab fault scenes";

void PrintScenes(const json& answer) {
  Table table({"SCENE", "WHAT GOES WRONG", "TARGET", "ON"});
  for (const json& scene : Items(answer, {"scenes"})) {
    std::vector<std::string> on;
    for (const json& one : Items(scene, {"on"})) {
      const std::string target = Text(one, {"target"});
      on.push_back(absl::StrCat(Text(one, {"cluster"}), target.empty() ? "" : ": ", target));
    }
    table.Add({Text(scene, {"scene"}), Text(scene, {"what"}), Text(scene, {"target"}),
               absl::StrJoin(on, ", ")});
  }
  printf("%s", table.Text().c_str());
}

}  // namespace

absl::Status SceneCommand(const RunningLab& lab, const Arguments& arguments) {
  const Words& asked = arguments.positional();
  if (asked[0] == "scenes" && asked.size() == 1) {
    KPROTO_ASSIGN_OR_RETURN(const json scenes, Ask(lab, lab.record.control_url, "GET", "/scenes"));
    arguments.Has("json") ? static_cast<void>(printf("%s\n", scenes.dump(2).c_str()))
                          : PrintScenes(scenes);
    return absl::OkStatus();
  }
  if (asked[0] != "scene" || asked.size() < 2 || asked.size() > 3) {
    return absl::InvalidArgumentError(kUsage);
  }
  const bool clear = arguments.Has("clear");
  KPROTO_ASSIGN_OR_RETURN(const json told,
                          Ask(lab, lab.record.control_url, clear ? "DELETE" : "POST", "/scenes",
                              {{"scene", asked[1]},
                               {"target", asked.size() > 2 ? asked[2] : ""},
                               {"cluster", arguments.Get("cluster")}}));
  const std::string target = Text(told, {"target"});
  printf("%s is %s in cluster %s%s%s\n", asked[1].c_str(), clear ? "over" : "on",
         Text(told, {"cluster"}).c_str(), target.empty() ? "" : ": ", target.c_str());
  return absl::OkStatus();
}

}  // namespace kproto::lab
