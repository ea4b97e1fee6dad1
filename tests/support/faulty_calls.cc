// SPDX-License-Identifier: MPL-2.0
#include "tests/support/faulty_calls.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace kproto::testing {

class FaultyKubernetes : public kubernetes::Kubernetes {
 public:
  using Json = kubernetes::Json;
  using Call = kubernetes::Call;
  using ObjectKey = kubernetes::ObjectKey;

  FaultyKubernetes(FaultyCalls& calls, std::shared_ptr<kubernetes::Kubernetes> to)
      : calls_(calls), to_(std::move(to)) {}

  absl::StatusOr<std::optional<Json>> Get(const ObjectKey& key, const Call& call) override {
    return calls_.Do(absl::StrCat("get ", key.ToString()), [&] { return to_->Get(key, call); });
  }
  absl::StatusOr<std::vector<Json>> List(absl::string_view api_version, absl::string_view kind,
                                         const kubernetes::ListOptions& options,
                                         const Call& call) override {
    return calls_.Do(absl::StrCat("list ", kind),
                     [&] { return to_->List(api_version, kind, options, call); });
  }
  absl::StatusOr<Json> Apply(const Json& object, kubernetes::Conflicts conflicts,
                             const Call& call) override {
    return calls_.Do(absl::StrCat("apply ", kubernetes::KeyOf(object).ToString()),
                     [&] { return to_->Apply(object, conflicts, call); });
  }
  absl::StatusOr<Json> Patch(const ObjectKey& key, kubernetes::PatchType type, const Json& patch,
                             const Call& call) override {
    return calls_.Do(absl::StrCat("patch ", key.ToString()),
                     [&] { return to_->Patch(key, type, patch, call); });
  }
  absl::Status Delete(const ObjectKey& key, kubernetes::Propagation propagation,
                      const Call& call) override {
    return calls_.Do(absl::StrCat("delete ", key.ToString()),
                     [&] { return to_->Delete(key, propagation, call); });
  }
  absl::StatusOr<std::optional<Json>> WaitUntil(const ObjectKey& key, const Predicate& done,
                                                const Call& call) override {
    return calls_.Do(absl::StrCat("wait ", key.ToString()),
                     [&] { return to_->WaitUntil(key, done, call); });
  }
  absl::StatusOr<kubernetes::ServiceAccountToken> RequestToken(const std::string& ns,
                                                               const std::string& account,
                                                               absl::Duration lifetime,
                                                               const Call& call) override {
    return calls_.Do(absl::StrCat("token ", ns, "/", account),
                     [&] { return to_->RequestToken(ns, account, lifetime, call); });
  }
  absl::StatusOr<kubernetes::Version> GetVersion(const Call& call) override {
    return calls_.Do("version", [&] { return to_->GetVersion(call); });
  }
  absl::StatusOr<kubernetes::ServiceResponse> Proxy(const kubernetes::ServiceRequest& request,
                                                    const Call& call) override {
    return calls_.Do(absl::StrCat("proxy ", request.service),
                     [&] { return to_->Proxy(request, call); });
  }

 private:
  FaultyCalls& calls_;
  const std::shared_ptr<kubernetes::Kubernetes> to_;
};

class FaultyHelm : public helm::Helm {
 public:
  using Json = helm::Json;
  using Call = helm::Call;
  using Cluster = helm::Cluster;
  using ReleaseKey = helm::ReleaseKey;

  FaultyHelm(FaultyCalls& calls, helm::Helm& to) : calls_(calls), to_(to) {}

  absl::StatusOr<helm::ChartMetadata> ShowChart(const helm::ChartRef& chart,
                                                const Call& call) override {
    return calls_.Do("helm show chart " + chart.name, [&] { return to_.ShowChart(chart, call); });
  }
  absl::StatusOr<Json> ShowValues(const helm::ChartRef& chart, const Call& call) override {
    return calls_.Do("helm show values " + chart.name, [&] { return to_.ShowValues(chart, call); });
  }
  absl::StatusOr<std::shared_ptr<const helm::ChartContents>> ReadChart(const helm::ChartRef& chart,
                                                                       const Call& call) override {
    return calls_.Do("helm pull " + chart.name, [&] { return to_.ReadChart(chart, call); });
  }
  absl::StatusOr<std::vector<Json>> Template(const helm::TemplateRequest& request,
                                             const Call& call) override {
    return calls_.Do("helm template " + request.chart.name,
                     [&] { return to_.Template(request, call); });
  }
  absl::StatusOr<std::optional<helm::Release>> Status(const Cluster& cluster, const ReleaseKey& key,
                                                      const Call& call) override {
    return calls_.Do("helm status " + key.name, [&] { return to_.Status(cluster, key, call); });
  }
  absl::StatusOr<helm::Release> UpgradeInstall(const Cluster& cluster,
                                               const helm::UpgradeRequest& request,
                                               const Call& call) override {
    return calls_.Do("helm upgrade " + request.key.name,
                     [&] { return to_.UpgradeInstall(cluster, request, call); });
  }
  absl::Status Uninstall(const Cluster& cluster, const ReleaseKey& key, helm::Wait wait,
                         absl::Duration timeout, const Call& call) override {
    return calls_.Do("helm uninstall " + key.name,
                     [&] { return to_.Uninstall(cluster, key, wait, timeout, call); });
  }
  absl::StatusOr<std::vector<helm::Release>> History(const Cluster& cluster, const ReleaseKey& key,
                                                     const Call& call) override {
    return calls_.Do("helm history " + key.name, [&] { return to_.History(cluster, key, call); });
  }
  absl::StatusOr<Json> GetValues(const Cluster& cluster, const ReleaseKey& key,
                                 const Call& call) override {
    return calls_.Do("helm get values " + key.name,
                     [&] { return to_.GetValues(cluster, key, call); });
  }
  absl::StatusOr<std::vector<Json>> GetManifest(const Cluster& cluster, const ReleaseKey& key,
                                                int revision, const Call& call) override {
    return calls_.Do("helm get manifest " + key.name,
                     [&] { return to_.GetManifest(cluster, key, revision, call); });
  }
  absl::Status Rollback(const Cluster& cluster, const ReleaseKey& key, int revision,
                        helm::Wait wait, absl::Duration timeout, const Call& call) override {
    return calls_.Do("helm rollback " + key.name,
                     [&] { return to_.Rollback(cluster, key, revision, wait, timeout, call); });
  }
  absl::StatusOr<std::string> Recover(const Cluster& cluster, const ReleaseKey& key,
                                      const Call& call) override {
    return calls_.Do("helm recover " + key.name, [&] { return to_.Recover(cluster, key, call); });
  }
  absl::Status Forget(const Cluster& cluster, const helm::ReleaseKey& key,
                      const Call& call) override {
    return calls_.Do("helm forget " + key.name, [&] { return to_.Forget(cluster, key, call); });
  }

 private:
  FaultyCalls& calls_;
  helm::Helm& to_;
};

void FaultyCalls::Begin(std::optional<Fault> fault) {
  std::lock_guard lock(mutex_);
  calls_.clear();
  fault_ = fault;
}

std::vector<std::string> FaultyCalls::calls() const {
  std::lock_guard lock(mutex_);
  return calls_;
}

FaultyCalls::Fate FaultyCalls::Next(std::string call) {
  std::lock_guard lock(mutex_);
  calls_.push_back(std::move(call));
  const int n = static_cast<int>(calls_.size());
  if (!fault_ || n < fault_->call || (n > fault_->call && !fault_->onward)) {
    return Fate::kWell;
  }
  return n == fault_->call && fault_->after ? Fate::kAfter : Fate::kBefore;
}

std::shared_ptr<kubernetes::Kubernetes> FaultyCalls::Around(
    std::shared_ptr<kubernetes::Kubernetes> to) {
  return std::make_shared<FaultyKubernetes>(*this, std::move(to));
}

std::unique_ptr<helm::Helm> FaultyCalls::Around(helm::Helm& to) {
  return std::make_unique<FaultyHelm>(*this, to);
}

}  // namespace kproto::testing
