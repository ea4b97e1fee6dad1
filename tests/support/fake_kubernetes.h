// SPDX-License-Identifier: MPL-2.0
// A Kubernetes in memory, for tests of steps and of the Argo CD client. It does what an API server
// does to objects (merging and pruning by server-side apply, generations, finalizers, missing
// namespaces and kinds) and nothing of what controllers do: a test plays those. Never sleeps.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include "clients/kubernetes/kubernetes.h"
#include "tests/support/call_log.h"

namespace kproto::testing {

class FakeKubernetes : public kubernetes::Kubernetes {
 public:
  using Json = kubernetes::Json;
  using ObjectKey = kubernetes::ObjectKey;
  using Call = kubernetes::Call;

  FakeKubernetes();

  // --- For the test.
  CallLog log;  // lines such as "apply Application argocd/grafana"

  // Puts an object there as it is, without a call; its namespace need not exist.
  void Put(Json object);
  void Remove(const ObjectKey& key);
  std::optional<Json> Find(const ObjectKey& key) const;
  std::vector<ObjectKey> Keys() const;

  // As if this kind's CRD were not installed.
  void HideKind(const std::string& kind);
  void ShowKind(const std::string& kind);

  // Called after each write (apply, patch, delete that leaves the object), outside any lock; plays
  // a controller by Put() or Remove().
  void OnWrite(std::function<void(const ObjectKey&)> controller);

  // Steps of the world, one taken each time a WaitUntil() would have to wait. When none is left,
  // WaitUntil() answers DeadlineExceeded.
  void Then(std::function<void()> step);

  // By which tokens are dated; without it the time stands at the start of 2026.
  void TellTime(std::function<absl::Time()> now);
  void SetVersion(kubernetes::Version version);
  void OnProxy(
      std::function<absl::StatusOr<kubernetes::ServiceResponse>(const kubernetes::ServiceRequest&)>
          service);

  // --- Kubernetes.
  absl::StatusOr<std::optional<Json>> Get(const ObjectKey& key, const Call& call) override;
  absl::StatusOr<std::vector<Json>> List(absl::string_view api_version, absl::string_view kind,
                                         const kubernetes::ListOptions& options,
                                         const Call& call) override;
  absl::StatusOr<Json> Apply(const Json& object, kubernetes::Conflicts conflicts,
                             const Call& call) override;
  absl::StatusOr<Json> Patch(const ObjectKey& key, kubernetes::PatchType type, const Json& patch,
                             const Call& call) override;
  absl::Status Delete(const ObjectKey& key, kubernetes::Propagation propagation,
                      const Call& call) override;
  absl::StatusOr<std::optional<Json>> WaitUntil(const ObjectKey& key, const Predicate& done,
                                                const Call& call) override;
  absl::StatusOr<kubernetes::ServiceAccountToken> RequestToken(const std::string& ns,
                                                               const std::string& account,
                                                               absl::Duration lifetime,
                                                               const Call& call) override;
  absl::StatusOr<kubernetes::Version> GetVersion(const Call& call) override;
  absl::StatusOr<kubernetes::ServiceResponse> Proxy(const kubernetes::ServiceRequest& request,
                                                    const Call& call) override;

 private:
  using Id = std::tuple<std::string, std::string, std::string, std::string>;
  static Id IdOf(const ObjectKey& key);
  absl::Status Begin(std::string line, const Call& call);
  Json Store(const Id& id, Json object);
  void Wrote(const ObjectKey& key);

  mutable std::mutex mutex_;
  std::map<Id, Json> objects_;
  std::map<Id, Json> applied_;  // what Apply() was last given
  std::set<std::string> hidden_;
  std::deque<std::function<void()>> steps_;
  std::function<void(const ObjectKey&)> controller_;
  std::function<absl::StatusOr<kubernetes::ServiceResponse>(const kubernetes::ServiceRequest&)>
      service_;
  std::function<absl::Time()> now_ = [] { return absl::FromUnixSeconds(1767225600); };
  kubernetes::Version version_ = {"v1.34.1", 1, 34};
  int64_t revision_ = 0;
};

}  // namespace kproto::testing
