// SPDX-License-Identifier: MPL-2.0
#include "tests/bench/stack.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "base/subprocess.h"
#include "clients/helm/chart_mirror.h"
#include "resources/monitoring_stack/charts.h"
#include "tests/bench/platform.h"
#include "tests/lab/support/lab_program.h"
#include "tests/support/provider_host.h"
#include "tests/support/temp_dir.h"

namespace kproto::bench {
namespace {

using monitoring_stack::Chart;
using testing::ProviderHost;
using testing::TempDir;

constexpr int kRounds = 7;

absl::Status Failed(const std::string& what, const std::string& said) {
  return absl::UnavailableError(absl::StrCat(what, " failed: ", said));
}

absl::StatusOr<absl::Duration> Timed(const std::function<absl::Status()>& work) {
  const absl::Time begun = absl::Now();
  KPROTO_RETURN_IF_ERROR(work());
  return absl::Now() - begun;
}

// What a user without kproto types, once for each chart.
absl::Status RunTemplates(const std::map<std::string, std::string>& environment) {
  const TempDir caches;
  for (const Chart* chart : monitoring_stack::kCharts) {
    Command command;
    command.argv = {
        "helm",
        "template",
        chart->component,
        chart->name,
        "--repo",
        helm::MirroredRepository(environment.at("KPROTO_CHART_MIRROR"), chart->repository),
        "--version",
        chart->version,
        "--include-crds"};
    for (const char* folder : {"/", "/dev/"}) {
      const std::string file = absl::StrCat(ValuesDir(), folder, chart->component, ".yaml");
      if (std::filesystem::exists(file)) {
        command.argv.push_back(absl::StrCat("--values=", file));
      }
    }
    command.environment = environment;
    for (const char* home : {"HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"}) {
      command.environment[home] = caches / home;
    }
    KPROTO_ASSIGN_OR_RETURN(const CommandResult result, Run(command));
    if (result.exit_code != 0) {
      return Failed("helm template", result.err);
    }
  }
  return absl::OkStatus();
}

absl::Duration Median(std::vector<absl::Duration> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

class Bench {
 public:
  explicit Bench(const std::string& provider) : provider_(provider) { lab_.Up(); }

  absl::StatusOr<StackReport> Measure();

 private:
  absl::StatusOr<std::string> MakeCluster();
  ProviderHost::Options OptionsFor(const std::string& type) const {
    return HostOptions(provider_, type, directory_, environment_);
  }

  const std::string provider_;
  const TempDir directory_;
  lab::testing::LabProgram lab_;
  std::map<std::string, std::string> environment_;
};

absl::StatusOr<std::string> Bench::MakeCluster() {
  ProviderHost host(OptionsFor("kproto_cluster"));
  if (!host.Apply({{"kproto_cluster.this", PlatformCluster()}})) {
    return Failed("the cluster", host.said());
  }
  return host.resources.at("kproto_cluster.this").state["id"].string();
}

absl::StatusOr<StackReport> Bench::Measure() {
  environment_ = LabEnvironment(lab_);
  KPROTO_ASSIGN_OR_RETURN(const std::string cluster, MakeCluster());
  const ProviderHost::Configuration configuration = {
      {"kproto_monitoring_stack.this", PlatformStack(cluster)}};
  ProviderHost host(OptionsFor("kproto_monitoring_stack"));
  const auto timed = [&](const std::string& what, const std::function<bool()>& work) {
    return Timed([&] { return work() ? absl::OkStatus() : Failed(what, host.said()); });
  };
  StackReport report{.rounds = kRounds};
  std::vector<absl::Duration> templates, cold, unchanged, refresh;
  for (int round = 0; round < kRounds; ++round) {
    KPROTO_ASSIGN_OR_RETURN(templates.emplace_back(),
                            Timed([&] { return RunTemplates(environment_); }));
    KPROTO_ASSIGN_OR_RETURN(cold.emplace_back(),
                            timed("the first plan", [&] { return host.Plan(configuration) == 1; }));
    host.End();
  }
  KPROTO_ASSIGN_OR_RETURN(report.apply,
                          timed("the apply", [&] { return host.Apply(configuration); }));
  for (int round = 0; round < kRounds; ++round) {
    host.End();
    KPROTO_ASSIGN_OR_RETURN(refresh.emplace_back(),
                            timed("the refresh", [&] { return host.Refresh(); }));
    KPROTO_ASSIGN_OR_RETURN(unchanged.emplace_back(), timed("the plan of no change", [&] {
                              return host.PlanWithoutRefresh(configuration) == 0;
                            }));
  }
  report.templates = Median(templates);
  report.cold = Median(cold);
  report.refresh = Median(refresh);
  report.unchanged = Median(unchanged);
  return report;
}

}  // namespace

absl::StatusOr<StackReport> MeasureStack(const std::string& provider) {
  return Bench(provider).Measure();
}

void PrintStack(const StackReport& report) {
  absl::PrintF("\n| a monitoring stack | median of %d | ratio |\n|---|--:|--:|\n", report.rounds);
  const auto row = [&](const char* what, absl::Duration took) {
    absl::PrintF("| %s | %.2f s | %.3f |\n", what, absl::ToDoubleSeconds(took),
                 absl::FDivDuration(took, report.templates));
  };
  row("`helm template` of its four charts, fetched anew", report.templates);
  row("plan of a new one: process, charts, render, checks", report.cold);
  row("plan when nothing has changed, without its refresh", report.unchanged);
  row("refresh: process, release, objects, Applications", report.refresh);
  row("apply in a cluster with nothing else, once", report.apply);
}

}  // namespace kproto::bench
