// SPDX-License-Identifier: MPL-2.0
#include "tests/bench/scale.h"

#include <functional>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "lab/digitalocean/cloud_time.h"
#include "lab/digitalocean/simulator_server.h"
#include "tests/support/many_clusters.h"
#include "tests/support/provider_host.h"
#include "tests/support/temp_dir.h"

namespace kproto::bench {
namespace {

using testing::ManyClusters;
using testing::MemoryOf;
using testing::ProviderHost;
using testing::TempDir;

constexpr double kTimeFactor = 60;
constexpr int kParallelism = 10;  // OpenTofu's own
constexpr int kRefreshes = 200;
constexpr int kWarmUp = 20;  // refreshes until every thread has had its share of memory

// What only the cloud can hasten, one after the other, for one cluster.
absl::Duration CreateChain() { return lab::kFirstNodesProvisioning; }
absl::Duration DestroyChain() { return lab::kClusterDeleting + lab::kVpcMemberLingers; }

// One account and one working directory.
class Stage {
 public:
  static absl::StatusOr<std::unique_ptr<Stage>> Make(const std::string& provider) {
    auto stage = std::unique_ptr<Stage>(new Stage());
    lab::SimulatorOptions options;
    options.time_factor = kTimeFactor;
    options.droplet_limit = 10000;
    KPROTO_ASSIGN_OR_RETURN(stage->simulator_, lab::Simulator::Create(options));
    stage->server_ = std::make_unique<lab::SimulatorServer>(stage->simulator_.get());
    KPROTO_ASSIGN_OR_RETURN(const int port, stage->server_->Start(0));
    stage->host_ = std::make_unique<ProviderHost>(ProviderHost::Options{
        .binary = provider,
        .data_dir = stage->dir_ / "data",
        .configuration = {{"token", "bench"}, {"api_url", absl::StrCat("http://127.0.0.1:", port)}},
        .parallelism = kParallelism});
    return stage;
  }

  ProviderHost& host() { return *host_; }

  // A run of its own, as each command of a user is.
  absl::StatusOr<ScaleSample> Measure(int clusters, const std::string& operation,
                                      absl::Duration chain, const std::function<bool()>& run) {
    simulator_->calls().Clear();
    const absl::Time begun = absl::Now();
    const bool done = run();
    ScaleSample sample{.clusters = clusters, .operation = operation};
    sample.wall = absl::Now() - begun;
    sample.simulated = sample.wall * kTimeFactor;
    sample.cloud_waits = chain * ((clusters + kParallelism - 1) / kParallelism);
    sample.peak_megabytes = MemoryOf(host_->pid()).peak;
    for (const lab::Json& call : simulator_->calls().ToJson()) {
      ++sample.calls;
      sample.refused += lab::IntField(call, "status") == 429;
    }
    const std::string said = host_->said();
    host_->End();
    return done ? absl::StatusOr<ScaleSample>(sample)
                : absl::UnavailableError(
                      absl::StrCat(operation, " of ", clusters, " clusters failed: ", said));
  }

 private:
  Stage() = default;

  TempDir dir_;
  std::unique_ptr<lab::Simulator> simulator_;
  std::unique_ptr<lab::SimulatorServer> server_;
  std::unique_ptr<ProviderHost> host_;
};

absl::Status MeasureOne(const std::string& provider, int clusters, ScaleReport& report) {
  KPROTO_ASSIGN_OR_RETURN(const auto stage, Stage::Make(provider));
  ProviderHost& host = stage->host();
  const ProviderHost::Configuration configuration = ManyClusters(clusters);
  KPROTO_ASSIGN_OR_RETURN(
      const ScaleSample create,
      stage->Measure(clusters, "create", CreateChain(), [&] { return host.Apply(configuration); }));
  KPROTO_ASSIGN_OR_RETURN(const ScaleSample refresh,
                          stage->Measure(clusters, "refresh", {}, [&] { return host.Refresh(); }));
  KPROTO_ASSIGN_OR_RETURN(const ScaleSample plan, stage->Measure(clusters, "plan", {}, [&] {
    return host.Plan(configuration) == 0;
  }));
  if (clusters == kParallelism) {
    for (report.refreshes = 0; report.refreshes < kRefreshes && host.Refresh();
         ++report.refreshes) {
      if (report.refreshes == kWarmUp) {
        report.megabytes_at_first = MemoryOf(host.pid()).now;
      }
    }
    report.megabytes_at_last = MemoryOf(host.pid()).now;
    host.End();
  }
  KPROTO_ASSIGN_OR_RETURN(
      const ScaleSample destroy,
      stage->Measure(clusters, "destroy", DestroyChain(), [&] { return host.Destroy(); }));
  for (const ScaleSample& sample : {create, refresh, plan, destroy}) {
    report.samples.push_back(sample);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ScaleReport> MeasureScale(const std::string& provider) {
  ScaleReport report;
  for (const int clusters : {1, 10, 100}) {
    KPROTO_RETURN_IF_ERROR(MeasureOne(provider, clusters, report));
  }
  return report;
}

void PrintScale(const ScaleReport& report) {
  absl::PrintF(
      "| clusters | operation | API calls | refused (429) | wall | in the cloud's time | "
      "longest chain of cloud waits | ratio | peak memory |\n"
      "|--:|---|--:|--:|--:|--:|--:|--:|--:|\n");
  for (const ScaleSample& sample : report.samples) {
    const bool waits = sample.cloud_waits > absl::ZeroDuration();
    absl::PrintF(
        "| %d | %s | %d | %d | %.2f s | %s | %s | %s | %.1f MB |\n", sample.clusters,
        sample.operation, sample.calls, sample.refused, absl::ToDoubleSeconds(sample.wall),
        waits ? absl::StrFormat("%.0f s", absl::ToDoubleSeconds(sample.simulated)) : "–",
        waits ? absl::StrFormat("%.0f s", absl::ToDoubleSeconds(sample.cloud_waits)) : "–",
        waits ? absl::StrFormat("%.3f", absl::FDivDuration(sample.simulated, sample.cloud_waits))
              : "–",
        sample.peak_megabytes);
  }
  absl::PrintF(
      "\nOne process, %d refreshes of %d clusters: %.1f MB after the first %d, %.1f MB at "
      "the end.\n",
      report.refreshes, kParallelism, report.megabytes_at_first, kWarmUp, report.megabytes_at_last);
}

}  // namespace kproto::bench
