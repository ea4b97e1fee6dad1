// SPDX-License-Identifier: MPL-2.0
#include "tests/support/fake_helm.h"

#include "absl/strings/str_cat.h"

namespace kproto::testing {

using helm::Json;
using helm::Release;
using helm::ReleaseKey;
using helm::ReleaseStatus;

void FakeHelm::AddChart(const std::string& repo_url, helm::ChartMetadata metadata, Json values,
                        Renderer renderer) {
  std::lock_guard lock(mutex_);
  charts_[{repo_url, metadata.name}].push_back({metadata, std::move(values), std::move(renderer)});
}

void FakeHelm::SetStatus(const ReleaseKey& key, ReleaseStatus status) {
  std::lock_guard lock(mutex_);
  std::vector<Record>& records = releases_[{key.ns, key.name}];
  if (records.empty()) {
    records.push_back({Release{.key = key, .revision = 1}, Json::object(), {}});
  }
  records.back().release.status = status;
}

std::optional<Release> FakeHelm::Find(const ReleaseKey& key) const {
  std::lock_guard lock(mutex_);
  const auto found = releases_.find({key.ns, key.name});
  if (found == releases_.end()) {
    return std::nullopt;
  }
  return found->second.back().release;
}

void FakeHelm::OnInstall(std::function<void(const helm::UpgradeRequest&)> controller) {
  std::lock_guard lock(mutex_);
  on_install_ = std::move(controller);
}

void FakeHelm::OnUninstall(std::function<void(const ReleaseKey&)> controller) {
  std::lock_guard lock(mutex_);
  on_uninstall_ = std::move(controller);
}

absl::Status FakeHelm::Begin(std::string line, const Call& call) {
  if (call.stop.stop_requested()) {
    return absl::CancelledError("interrupted");
  }
  return log.Record(std::move(line));
}

absl::StatusOr<FakeHelm::Chart> FakeHelm::FindChart(const helm::ChartRef& ref) const {
  const auto found = charts_.find({ref.repo_url, ref.name});
  if (found == charts_.end()) {
    return absl::NotFoundError(absl::StrCat(ref.ToString(), " not found"));
  }
  if (ref.version.empty()) {
    return found->second.back();
  }
  for (const Chart& chart : found->second) {
    if (chart.metadata.version == ref.version) {
      return chart;
    }
  }
  return absl::NotFoundError(absl::StrCat(ref.ToString(), " not found"));
}

absl::StatusOr<helm::ChartMetadata> FakeHelm::ShowChart(const helm::ChartRef& ref,
                                                        const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("chart ", ref.name, " ", ref.version), call); !s.ok()) {
    return s;
  }
  std::lock_guard lock(mutex_);
  absl::StatusOr<Chart> chart = FindChart(ref);
  if (!chart.ok()) {
    return chart.status();
  }
  return chart->metadata;
}

absl::StatusOr<Json> FakeHelm::ShowValues(const helm::ChartRef& ref, const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("values ", ref.name, " ", ref.version), call); !s.ok()) {
    return s;
  }
  std::lock_guard lock(mutex_);
  absl::StatusOr<Chart> chart = FindChart(ref);
  if (!chart.ok()) {
    return chart.status();
  }
  return chart->values;
}

absl::StatusOr<std::shared_ptr<const helm::ChartContents>> FakeHelm::ReadChart(
    const helm::ChartRef& ref, const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("read ", ref.name, " ", ref.version), call); !s.ok()) {
    return s;
  }
  std::lock_guard lock(mutex_);
  absl::StatusOr<Chart> chart = FindChart(ref);
  if (!chart.ok()) {
    return chart.status();
  }
  auto contents = std::make_shared<helm::ChartContents>();
  contents->metadata = chart->metadata;
  contents->values = chart->values;
  return std::shared_ptr<const helm::ChartContents>(contents);
}

absl::StatusOr<std::vector<Json>> FakeHelm::Template(const helm::TemplateRequest& request,
                                                     const Call& call) {
  const std::string line =
      absl::StrCat("template ", request.chart.name, " ", request.chart.version);
  if (absl::Status s = Begin(line, call); !s.ok()) {
    return s;
  }
  absl::StatusOr<Chart> chart;
  {
    std::lock_guard lock(mutex_);
    chart = FindChart(request.chart);
  }
  if (!chart.ok()) {
    return chart.status();
  }
  return chart->renderer ? chart->renderer(request) : std::vector<Json>{};
}

absl::StatusOr<std::optional<Release>> FakeHelm::Status(const Cluster&, const ReleaseKey& key,
                                                        const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("status ", key.ns, "/", key.name), call); !s.ok()) {
    return s;
  }
  return Find(key);
}

absl::StatusOr<Release> FakeHelm::Add(const helm::UpgradeRequest& request, const Chart& chart,
                                      std::vector<Json> manifest) {
  std::vector<Record>& records = releases_[{request.key.ns, request.key.name}];
  int revision = 1;
  if (!records.empty()) {
    Release& last = records.back().release;
    if (helm::IsPending(last.status)) {
      return absl::AbortedError("another operation (install/upgrade/rollback) is in progress");
    }
    last.status =
        last.status == ReleaseStatus::kDeployed ? ReleaseStatus::kSuperseded : last.status;
    revision = last.revision + 1;
  }
  Release release{request.key,
                  revision,
                  ReleaseStatus::kDeployed,
                  chart.metadata.name,
                  chart.metadata.version,
                  chart.metadata.app_version,
                  "Upgrade complete"};
  records.push_back({release, request.values, std::move(manifest)});
  return release;
}

absl::StatusOr<Release> FakeHelm::UpgradeInstall(const Cluster&,
                                                 const helm::UpgradeRequest& request,
                                                 const Call& call) {
  const std::string line = absl::StrCat("upgrade ", request.key.ns, "/", request.key.name, " ",
                                        request.chart.name, " ", request.chart.version);
  if (absl::Status s = Begin(line, call); !s.ok()) {
    return s;
  }
  absl::StatusOr<Chart> chart;
  {
    std::lock_guard lock(mutex_);
    chart = FindChart(request.chart);
  }
  if (!chart.ok()) {
    return chart.status();
  }
  absl::StatusOr<std::vector<Json>> manifest = std::vector<Json>{};
  if (chart->renderer) {
    helm::TemplateRequest rendered;
    rendered.release_name = request.key.name;
    rendered.ns = request.key.ns;
    rendered.chart = request.chart;
    rendered.values = request.values;
    manifest = chart->renderer(rendered);
  }
  if (!manifest.ok()) {
    return manifest.status();
  }
  absl::StatusOr<Release> release;
  std::function<void(const helm::UpgradeRequest&)> controller;
  {
    std::lock_guard lock(mutex_);
    release = Add(request, *chart, *std::move(manifest));
    controller = on_install_;
  }
  if (release.ok() && controller) {
    controller(request);
  }
  return release;
}

absl::Status FakeHelm::Uninstall(const Cluster&, const ReleaseKey& key, helm::Wait, absl::Duration,
                                 const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("uninstall ", key.ns, "/", key.name), call); !s.ok()) {
    return s;
  }
  std::function<void(const ReleaseKey&)> controller;
  {
    std::lock_guard lock(mutex_);
    if (releases_.erase({key.ns, key.name}) == 0) {
      return absl::OkStatus();
    }
    controller = on_uninstall_;
  }
  if (controller) {
    controller(key);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Release>> FakeHelm::History(const Cluster&, const ReleaseKey& key,
                                                       const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("history ", key.ns, "/", key.name), call); !s.ok()) {
    return s;
  }
  std::lock_guard lock(mutex_);
  std::vector<Release> releases;
  const auto found = releases_.find({key.ns, key.name});
  if (found != releases_.end()) {
    for (const Record& record : found->second) {
      releases.push_back(record.release);
    }
  }
  return releases;
}

absl::StatusOr<Json> FakeHelm::GetValues(const Cluster&, const ReleaseKey& key, const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("get-values ", key.ns, "/", key.name), call); !s.ok()) {
    return s;
  }
  std::lock_guard lock(mutex_);
  const auto found = releases_.find({key.ns, key.name});
  if (found == releases_.end()) {
    return absl::NotFoundError(absl::StrCat(key.ToString(), " not found"));
  }
  return found->second.back().values;
}

absl::StatusOr<std::vector<Json>> FakeHelm::GetManifest(const Cluster&, const ReleaseKey& key,
                                                        int revision, const Call& call) {
  const std::string line = absl::StrCat("get-manifest ", key.ns, "/", key.name, " ", revision);
  if (absl::Status s = Begin(line, call); !s.ok()) {
    return s;
  }
  std::lock_guard lock(mutex_);
  const auto found = releases_.find({key.ns, key.name});
  if (found != releases_.end()) {
    for (const Record& record : found->second) {
      if (record.release.revision == revision) {
        return record.manifest;
      }
    }
  }
  return absl::NotFoundError(absl::StrCat(key.ToString(), " has no revision ", revision));
}

absl::Status FakeHelm::Rollback(const Cluster&, const ReleaseKey& key, int revision, helm::Wait,
                                absl::Duration, const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("rollback ", key.ns, "/", key.name, " ", revision), call);
      !s.ok()) {
    return s;
  }
  std::lock_guard lock(mutex_);
  const auto found = releases_.find({key.ns, key.name});
  if (found == releases_.end()) {
    return absl::NotFoundError(absl::StrCat(key.ToString(), " not found"));
  }
  for (const Record& record : found->second) {
    if (record.release.revision == revision) {
      Record next = record;
      Release& last = found->second.back().release;
      last.status =
          helm::IsPending(last.status) ? ReleaseStatus::kFailed : ReleaseStatus::kSuperseded;
      next.release.revision = last.revision + 1;
      next.release.status = ReleaseStatus::kDeployed;
      next.release.description = absl::StrCat("Rollback to ", revision);
      found->second.push_back(std::move(next));
      return absl::OkStatus();
    }
  }
  return absl::NotFoundError(absl::StrCat(key.ToString(), " has no revision ", revision));
}

absl::StatusOr<std::string> FakeHelm::Recover(const Cluster&, const ReleaseKey& key,
                                              const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("recover ", key.ns, "/", key.name), call); !s.ok()) {
    return s;
  }
  std::lock_guard lock(mutex_);
  const auto found = releases_.find({key.ns, key.name});
  if (found == releases_.end() || !helm::IsPending(found->second.back().release.status)) {
    return "";
  }
  found->second.pop_back();
  if (found->second.empty()) {
    releases_.erase(found);
    return "removed the record of the unfinished install";
  }
  found->second.back().release.status = ReleaseStatus::kDeployed;
  return absl::StrCat("rolled back to revision ", found->second.back().release.revision);
}

absl::Status FakeHelm::Forget(const Cluster&, const ReleaseKey& key, const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("forget ", key.ns, "/", key.name), call); !s.ok()) {
    return s;
  }
  std::lock_guard lock(mutex_);
  releases_.erase({key.ns, key.name});
  return absl::OkStatus();
}

}  // namespace kproto::testing
