// SPDX-License-Identifier: MPL-2.0
// Helm: charts (pull, show, template: no cluster needed) and releases (install, upgrade, uninstall
// in a cluster). CliHelm drives the real helm, version 3 or 4; tests/support/fake_helm.h is the one
// in memory. Every implementation is thread-safe. Values may hold secrets: no error, log line or
// command line ever repeats them.
//
// Errors: NotFound (chart, version or repository; names URL and chart), InvalidArgument (the
// chart's own text from `fail`, schema or template), Unavailable (cluster or repository
// unreachable), Aborted (another operation in progress: see Recover), AlreadyExists (name in use),
// Cancelled, DeadlineExceeded, FailedPrecondition (no usable helm).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "clients/kubernetes/credentials.h"
#include "nlohmann/json.hpp"

namespace kproto::helm {

using Json = nlohmann::json;
using kubernetes::Call;
using Cluster = kubernetes::Credentials;

struct ChartRef {
  std::string
      repo_url;  // https://…, oci://… without the chart's name, file:///… the chart's folder
  std::string name;
  std::string version;  // exact; "" means the newest

  std::string ToString() const;  // "chart grafana 12.11.1 of https://…"
  friend bool operator==(const ChartRef&, const ChartRef&) = default;
};

struct ChartMetadata {
  std::string name, version, app_version, description;
  std::string kube_version;  // constraint such as ">=1.25.0-0"; "" means any
  bool deprecated = false;
};

// What a chart's archive says of itself.
struct ChartContents {
  ChartMetadata metadata;
  Json values = Json::object();           // defaults
  std::string values_text;                // the same as its authors wrote it, comments included
  Json schema;                            // values.schema.json; null without one
  std::map<std::string, Json> subcharts;  // their defaults by name or alias; null when not readable
  std::string templates;                  // the text of all its templates, one after the other
};

struct ReleaseKey {
  std::string ns;
  std::string name;

  std::string ToString() const;  // "release argocd/argocd"
  friend bool operator==(const ReleaseKey&, const ReleaseKey&) = default;
};

// As in a release record of Helm.
enum class ReleaseStatus {
  kUnknown,
  kDeployed,
  kUninstalled,
  kSuperseded,
  kFailed,
  kUninstalling,
  kPendingInstall,
  kPendingUpgrade,
  kPendingRollback
};
ReleaseStatus ParseReleaseStatus(absl::string_view text);
absl::string_view ToString(ReleaseStatus status);  // "pending-install"
bool IsPending(ReleaseStatus status);

struct Release {
  ReleaseKey key;
  int revision = 0;
  ReleaseStatus status = ReleaseStatus::kUnknown;
  std::string chart_name, chart_version, app_version;
  std::string description;  // Helm's sentence on the last operation
};

enum class Namespace { kMustExist, kCreate };
enum class Wait { kNone, kReady };          // kReady: until workloads are ready
enum class OnFailure { kKeep, kRollBack };  // kRollBack implies Wait::kReady

// What to do about objects of the chart's that are there and belong to no release.
enum class Ownership { kRefuse, kTake };

struct UpgradeRequest {
  ReleaseKey key;
  ChartRef chart;
  Json values = Json::object();  // the whole of the user's values: never merged with earlier ones
  Namespace create_namespace = Namespace::kMustExist;
  Wait wait = Wait::kReady;
  OnFailure on_failure = OnFailure::kKeep;
  Ownership ownership = Ownership::kRefuse;
  absl::Duration timeout = absl::Minutes(10);  // Helm's own; Call::deadline cuts it short
};

struct TemplateRequest {
  std::string release_name;
  std::string ns;
  ChartRef chart;
  Json values = Json::object();
  std::string kube_version;  // "1.34"; "" leaves Helm's built-in one
  std::vector<std::string> api_versions;
  enum class Crds { kLeaveOut, kInclude };
  Crds crds = Crds::kInclude;
};

class Helm {
 public:
  virtual ~Helm() = default;

  // --- Charts. Each (repository, name, version) is fetched once and kept for this object's life.
  virtual absl::StatusOr<ChartMetadata> ShowChart(const ChartRef& chart, const Call& call) = 0;
  // The chart's default values.
  virtual absl::StatusOr<Json> ShowValues(const ChartRef& chart, const Call& call) = 0;
  virtual absl::StatusOr<std::shared_ptr<const ChartContents>> ReadChart(const ChartRef& chart,
                                                                         const Call& call) = 0;
  // Every object the chart renders, hooks and CRDs included, in the chart's order. The same request
  // is rendered once for this object's life.
  virtual absl::StatusOr<std::vector<Json>> Template(const TemplateRequest& request,
                                                     const Call& call) = 0;

  // --- Releases.
  // nullopt when there is no such release; Unavailable, never nullopt, when the cluster is away.
  virtual absl::StatusOr<std::optional<Release>> Status(const Cluster& cluster,
                                                        const ReleaseKey& key,
                                                        const Call& call) = 0;
  // Installs, or upgrades what is there (a failed first install too).
  virtual absl::StatusOr<Release> UpgradeInstall(const Cluster& cluster,
                                                 const UpgradeRequest& request,
                                                 const Call& call) = 0;
  // A missing release is success. CRDs that the chart keeps stay.
  virtual absl::Status Uninstall(const Cluster& cluster, const ReleaseKey& key, Wait wait,
                                 absl::Duration timeout, const Call& call) = 0;
  // Oldest first; empty when there is no such release.
  virtual absl::StatusOr<std::vector<Release>> History(const Cluster& cluster,
                                                       const ReleaseKey& key, const Call& call) = 0;
  // The user's values of the deployed revision (not the chart's defaults). May hold secrets.
  virtual absl::StatusOr<Json> GetValues(const Cluster& cluster, const ReleaseKey& key,
                                         const Call& call) = 0;
  // The objects of a revision as Helm applied them, without hooks. NotFound when there is no such
  // revision. May hold secrets.
  virtual absl::StatusOr<std::vector<Json>> GetManifest(const Cluster& cluster,
                                                        const ReleaseKey& key, int revision,
                                                        const Call& call) = 0;
  virtual absl::Status Rollback(const Cluster& cluster, const ReleaseKey& key, int revision,
                                Wait wait, absl::Duration timeout, const Call& call) = 0;
  // Frees a release that a killed helm left in pending-*: rolls back to the last revision that was
  // deployed, or, where there was none, removes the record of the unfinished install so that the
  // next UpgradeInstall starts over and adopts what it made. What it did in a sentence; "" when the
  // release was not pending. Only for a caller who knows that no other helm is at work.
  virtual absl::StatusOr<std::string> Recover(const Cluster& cluster, const ReleaseKey& key,
                                              const Call& call) = 0;
  // Removes Helm's records of a release and nothing of what it installed: somebody else keeps that
  // from here on. A missing release is success.
  virtual absl::Status Forget(const Cluster& cluster, const ReleaseKey& key, const Call& call) = 0;
};

}  // namespace kproto::helm
