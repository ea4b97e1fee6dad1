// SPDX-License-Identifier: MPL-2.0
// A Helm in memory: charts that a test adds, releases with their history and Helm's lock on a
// pending one. Installing a chart puts nothing into any cluster; a test plays that by OnInstall().
#pragma once

#include <map>
#include <mutex>

#include "clients/helm/helm.h"
#include "tests/support/call_log.h"

namespace kproto::testing {

class FakeHelm : public helm::Helm {
 public:
  using Json = helm::Json;
  using Call = helm::Call;
  using Cluster = helm::Cluster;

  // Renders the objects of a chart; may answer with an error as a chart's `fail` would.
  using Renderer =
      std::function<absl::StatusOr<std::vector<Json>>(const helm::TemplateRequest& request)>;

  // --- For the test.
  CallLog log;  // lines such as "upgrade argocd/argocd argo-cd 10.1.1"

  // Versions of one chart are added oldest first.
  void AddChart(const std::string& repo_url, helm::ChartMetadata metadata,
                Json values = Json::object(), Renderer renderer = {});
  // As if a helm had been killed, or somebody else had been at it.
  void SetStatus(const helm::ReleaseKey& key, helm::ReleaseStatus status);
  std::optional<helm::Release> Find(const helm::ReleaseKey& key) const;
  // Called after an install, upgrade or uninstall took effect, outside any lock.
  void OnInstall(std::function<void(const helm::UpgradeRequest&)> controller);
  void OnUninstall(std::function<void(const helm::ReleaseKey&)> controller);

  // --- Helm.
  absl::StatusOr<helm::ChartMetadata> ShowChart(const helm::ChartRef& chart,
                                                const Call& call) override;
  absl::StatusOr<Json> ShowValues(const helm::ChartRef& chart, const Call& call) override;
  absl::StatusOr<std::shared_ptr<const helm::ChartContents>> ReadChart(const helm::ChartRef& chart,
                                                                       const Call& call) override;
  absl::StatusOr<std::vector<Json>> Template(const helm::TemplateRequest& request,
                                             const Call& call) override;
  absl::StatusOr<std::optional<helm::Release>> Status(const Cluster& cluster,
                                                      const helm::ReleaseKey& key,
                                                      const Call& call) override;
  absl::StatusOr<helm::Release> UpgradeInstall(const Cluster& cluster,
                                               const helm::UpgradeRequest& request,
                                               const Call& call) override;
  absl::Status Uninstall(const Cluster& cluster, const helm::ReleaseKey& key, helm::Wait wait,
                         absl::Duration timeout, const Call& call) override;
  absl::StatusOr<std::vector<helm::Release>> History(const Cluster& cluster,
                                                     const helm::ReleaseKey& key,
                                                     const Call& call) override;
  absl::StatusOr<Json> GetValues(const Cluster& cluster, const helm::ReleaseKey& key,
                                 const Call& call) override;
  absl::StatusOr<std::vector<Json>> GetManifest(const Cluster& cluster, const helm::ReleaseKey& key,
                                                int revision, const Call& call) override;
  absl::Status Rollback(const Cluster& cluster, const helm::ReleaseKey& key, int revision,
                        helm::Wait wait, absl::Duration timeout, const Call& call) override;
  absl::StatusOr<std::string> Recover(const Cluster& cluster, const helm::ReleaseKey& key,
                                      const Call& call) override;
  absl::Status Forget(const Cluster& cluster, const helm::ReleaseKey& key,
                      const Call& call) override;

 private:
  struct Chart {
    helm::ChartMetadata metadata;
    Json values;
    Renderer renderer;
  };
  struct Record {
    helm::Release release;
    Json values;
    std::vector<Json> manifest;
  };
  using Id = std::pair<std::string, std::string>;

  absl::Status Begin(std::string line, const Call& call);
  absl::StatusOr<Chart> FindChart(const helm::ChartRef& ref) const;
  absl::StatusOr<helm::Release> Add(const helm::UpgradeRequest& request, const Chart& chart,
                                    std::vector<Json> manifest);

  mutable std::mutex mutex_;
  std::map<Id, std::vector<Chart>> charts_;     // by repository and name
  std::map<Id, std::vector<Record>> releases_;  // by namespace and name, oldest revision first
  std::function<void(const helm::UpgradeRequest&)> on_install_;
  std::function<void(const helm::ReleaseKey&)> on_uninstall_;
};

}  // namespace kproto::testing
