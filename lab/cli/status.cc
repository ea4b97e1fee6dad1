// SPDX-License-Identifier: MPL-2.0
// `status`: what runs, and where it is reached.
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "lab/cli/commands.h"
#include "lab/cli/table.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

std::string OrNone(const std::string& url) { return url.empty() ? "not served" : url; }

Table Clusters(const nlohmann::json& status) {
  Table table({"CLUSTER", "ID", "STATE", "API", "NODES READY", "ARGO CD"});
  for (const nlohmann::json& cluster : Items(status, {"clusters"})) {
    table.Add({Text(cluster, {"name"}), Text(cluster, {"id"}),
               At(cluster, {"ready"}) == true ? "ready" : "starting", Text(cluster, {"server"}),
               At(cluster, {"nodes_ready"}).dump(),
               At(cluster, {"argocd"}) == true ? "running" : "not installed"});
  }
  return table;
}

}  // namespace

absl::Status StatusCommand(const Words& words) {
  KPROTO_ASSIGN_OR_RETURN(const Arguments arguments,
                          Arguments::Parse(words, {"dir", "name"}, {"json"}));
  KPROTO_ASSIGN_OR_RETURN(const RunningLab lab, FindRunningLab(arguments));
  KPROTO_ASSIGN_OR_RETURN(nlohmann::json status,
                          Ask(lab, lab.record.control_url, "GET", "/status"));
  if (arguments.Has("json")) {
    status.update({{"directory", lab.files.directory()},
                   {"pid", lab.pid},
                   {"simulator_url", lab.record.simulator_url},
                   {"charts_url", lab.record.charts_url},
                   {"git_url", lab.record.git_url},
                   {"time_factor", lab.record.time_factor}});
    printf("%s\n", status.dump(2).c_str());
    return absl::OkStatus();
  }
  Table lab_table({"LAB", lab.files.directory()});
  lab_table.Add({"process", absl::StrCat(lab.pid)});
  lab_table.Add({"DigitalOcean API", lab.record.simulator_url});
  lab_table.Add({"time", absl::StrCat("× ", lab.record.time_factor)});
  lab_table.Add({"charts", OrNone(lab.record.charts_url)});
  lab_table.Add({"Git repository", OrNone(lab.record.git_url)});
  const Table clusters = Clusters(status);
  printf("%s\n%s", lab_table.Text().c_str(),
         clusters.empty() ? "no clusters\n" : clusters.Text().c_str());
  return absl::OkStatus();
}

}  // namespace kproto::lab
