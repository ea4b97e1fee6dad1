// SPDX-License-Identifier: MPL-2.0
#include "tests/bench/early_start.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "base/subprocess.h"
#include "tests/bench/platform.h"
#include "tests/lab/support/lab_program.h"
#include "tests/support/provider_host.h"
#include "tests/support/temp_dir.h"

namespace kproto::bench {
namespace {

using nlohmann::json;
using testing::ProviderHost;
using testing::TempDir;

// Slow enough for moments in whole seconds: nodes run six of them after the API server answers.
constexpr char kTimeFactor[] = "5";

absl::StatusOr<absl::Time> TimeOf(const json& stamp) {
  absl::Time time;
  std::string error;
  if (!stamp.is_string() ||
      !absl::ParseTime(absl::RFC3339_full, stamp.get<std::string>(), &time, &error)) {
    return absl::UnavailableError(absl::StrCat("no moment: ", stamp.dump(), " ", error));
  }
  return time;
}

class Run {
 public:
  Run(const std::string& provider, bool wait_for_nodes)
      : provider_(provider), wait_for_nodes_(wait_for_nodes) {
    lab_.Up({"--time-factor", kTimeFactor});
    environment_ = LabEnvironment(lab_);
  }

  absl::StatusOr<StartSample> Measure() {
    ProviderHost clusters(HostOptions(provider_, "kproto_cluster", directory_, environment_));
    json cluster = PlatformCluster();
    cluster["wait_for_nodes"] = wait_for_nodes_;
    const absl::Time begun = absl::Now();
    if (!clusters.Apply({{"kproto_cluster.this", cluster}})) {
      return absl::UnavailableError(absl::StrCat("the cluster failed: ", clusters.said()));
    }
    const std::string id = clusters.resources.at("kproto_cluster.this").state["id"].string();
    ProviderHost stacks(
        HostOptions(provider_, "kproto_monitoring_stack", directory_, environment_));
    if (!stacks.Apply({{"kproto_monitoring_stack.this", PlatformStack(id)}})) {
      return absl::UnavailableError(absl::StrCat("the stack failed: ", stacks.said()));
    }
    const absl::Time done = absl::Now();
    StartSample sample{.stack = done - begun};
    KPROTO_ASSIGN_OR_RETURN(const absl::Time api_server, ApiServerRan(id));
    KPROTO_ASSIGN_OR_RETURN(const absl::Time last_node, LastNodeRan(id));
    KPROTO_ASSIGN_OR_RETURN(const absl::Time install, InstallBegan());
    sample.api_server = api_server - begun;
    sample.last_node = last_node - begun;
    sample.install = install - begun;
    return sample;
  }

 private:
  absl::StatusOr<absl::Time> ApiServerRan(const std::string& id) {
    const json answer =
        lab_.Api("GET", absl::StrCat("/v2/kubernetes/clusters/", id, "/status_messages"));
    for (const json& message : answer.at("messages")) {
      if (message.value("message", "") == "cluster is running") {
        return TimeOf(message["timestamp"]);
      }
    }
    return absl::UnavailableError("the cluster does not run");
  }

  absl::StatusOr<absl::Time> LastNodeRan(const std::string& id) {
    const json answer = lab_.Api("GET", absl::StrCat("/v2/kubernetes/clusters/", id));
    absl::Time last = absl::InfinitePast();
    for (const json& pool : answer.at("kubernetes_cluster").at("node_pools")) {
      for (const json& node : pool.at("nodes")) {
        if (node["status"].value("state", "") != "running") {
          return absl::UnavailableError("a node does not run");
        }
        KPROTO_ASSIGN_OR_RETURN(const absl::Time ran, TimeOf(node["updated_at"]));
        last = std::max(last, ran);
      }
    }
    return last;
  }

  absl::StatusOr<absl::Time> InstallBegan() {
    Command command;
    command.argv = {"kubectl", "get", "secret", "-n", "argocd", "-l", "owner=helm,name=argocd",
                    "-o",      "json"};
    command.environment = Environment();
    command.environment["KUBECONFIG"] = lab_.Env()["KUBECONFIG"];
    KPROTO_ASSIGN_OR_RETURN(const CommandResult result, kproto::Run(command));
    const json list = json::parse(result.out, nullptr, false);
    if (list.is_discarded() || list["items"].empty()) {
      return absl::UnavailableError(absl::StrCat("Argo CD has no release: ", result.err));
    }
    absl::Time first = absl::InfiniteFuture();
    for (const json& secret : list["items"]) {
      KPROTO_ASSIGN_OR_RETURN(const absl::Time made,
                              TimeOf(secret["metadata"]["creationTimestamp"]));
      first = std::min(first, made);
    }
    return first;
  }

  const std::string provider_;
  const bool wait_for_nodes_;
  const TempDir directory_;
  lab::testing::LabProgram lab_;
  std::map<std::string, std::string> environment_;
};

}  // namespace

absl::StatusOr<StartReport> MeasureStart(const std::string& provider) {
  StartReport report;
  KPROTO_ASSIGN_OR_RETURN(report.waiting, Run(provider, true).Measure());
  KPROTO_ASSIGN_OR_RETURN(report.early, Run(provider, false).Measure());
  return report;
}

void PrintStart(const StartReport& report) {
  absl::PrintF(
      "\n| from nothing, %s times faster than the cloud | wait_for_nodes = true | = false |\n"
      "|---|--:|--:|\n",
      kTimeFactor);
  const auto row = [&](const char* what, absl::Duration StartSample::*moment) {
    absl::PrintF("| %s | %.0f s | %.0f s |\n", what, absl::ToDoubleSeconds(report.waiting.*moment),
                 absl::ToDoubleSeconds(report.early.*moment));
  };
  row("the API server answers", &StartSample::api_server);
  row("the last node runs", &StartSample::last_node);
  row("Argo CD's install begins", &StartSample::install);
  row("the stack is healthy", &StartSample::stack);
}

}  // namespace kproto::bench
