// SPDX-License-Identifier: MPL-2.0
// FakeApi: what the parts of FakeDigitalOcean share: a small cloud in memory under one lock, the
// log of calls, and the failures they were told. A part (fake_networking.h …) implements one family
// of the interface on it, each method as one Do().
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "clients/digitalocean/digitalocean.h"
#include "clients/http/response.h"

namespace kproto::testing {

namespace api = ::kproto::digitalocean;

// When a call that shall fail does so.
enum class FailWhen {
  kBefore,  // nothing was done
  kAfter,   // it was done and the answer got lost; the error says that it may have taken effect
};

// What becomes of a change of plugins that was accepted.
enum class PluginChanges { kDone, kIgnored };

// What the cloud holds. Tests may change it between calls through Edit().
struct FakeCloud {
  api::Account account;
  std::vector<api::Region> regions;
  std::vector<api::Size> sizes;
  api::KubernetesOptions options;
  std::map<std::string, api::Cluster> clusters;  // by id
  std::map<std::string, api::Vpc> vpcs;
  std::map<std::string, api::VpcPeering> vpc_peerings;
  std::map<std::string, api::NatGateway> nat_gateways;
  std::map<std::string, api::Firewall> firewalls;
  std::map<std::string, api::LoadBalancer> load_balancers;
  std::map<std::string, api::Volume> volumes;
  std::map<std::string, api::Snapshot> snapshots;
  std::map<std::string, api::Project> projects;
  std::map<std::string, std::vector<std::string>> project_urns;        // by project id
  std::map<std::string, api::Registry> registries;                     // by name
  std::string registry_tier;                                           // of the account
  std::map<std::string, std::vector<std::string>> cluster_registries;  // by cluster id
  std::map<std::string, std::vector<api::TaggedResource>> tags;
  std::map<std::string, api::AssociatedResources> associated;           // by cluster id
  std::map<std::string, std::vector<api::StatusMessage>> messages;      // by cluster id
  std::map<std::string, std::vector<api::KubernetesVersion>> upgrades;  // by cluster id; else as
                                                                        // DigitalOcean's rules say
  std::map<std::string, std::vector<api::ClusterlintDiagnostic>> findings;  // by cluster id
  std::map<std::string, int> clusterlint_runs;  // by run id: how many polls it is yet under way

  int64_t other_droplets = 0;  // Droplets that are nodes of no cluster

  // How many looks (Get calls) see a change still under way.
  int polls_until_active = 2;  // peerings, NAT gateways, firewalls
  int polls_until_running = 2;
  int polls_until_nodes = 0;  // of a cluster that runs
  int polls_until_deleted = 2;
  int polls_until_linted = 1;
  // When set, an upgrade leaves the nodes that are there; when it is accepted and nothing happens.
  bool nodes_outlive_upgrades = false, upgrades_never_begin = false;
  // When set, clusters made from now on end in state error with this message, and peerings, NAT
  // gateways and firewalls in theirs.
  std::string provisioning_error;
  PluginChanges plugin_changes = PluginChanges::kDone;
};

// Thread-safe.
class FakeApi {
 public:
  // Every call so far: the method's name and what it was about (an id, or the name of what is to be
  // made), as in "CreateCluster k8s" or "ListVpcs".
  std::vector<std::string> calls() const;
  // How many calls there were of one method.
  int Count(const std::string& method) const;
  void ForgetCalls();

  // The next call of `method` that has no failure yet fails; once for each time this is called.
  void FailNext(const std::string& method, absl::Status status, FailWhen when = FailWhen::kBefore);
  // The `n`-th call from now on (1: the next one), whichever it is, fails.
  void FailCall(int n, absl::Status status, FailWhen when = FailWhen::kBefore);
  // Called at the start of every call, outside the lock, with its line of the log.
  void OnCall(std::function<void(const std::string& call)> callback);

  void Edit(const std::function<void(FakeCloud&)>& edit);
  FakeCloud cloud() const;  // a copy

 protected:
  struct Failure {
    std::string method;  // "" when it is the n-th call that counts
    int calls_left = 0;
    absl::Status status;
    FailWhen when;
  };

  // Logs the call, fails it if it shall fail, else does it: the frame of every method.
  template <typename F>
  auto Do(const std::string& method, const std::string& about, std::stop_token stop, F effect)
      -> decltype(effect()) {
    const std::string call = about.empty() ? method : absl::StrCat(method, " ", about);
    std::function<void(const std::string&)> on_call;
    {
      std::scoped_lock lock(mutex_);
      on_call = on_call_;
    }
    if (on_call) {
      on_call(call);
    }
    std::scoped_lock lock(mutex_);
    calls_.push_back(call);
    if (stop.stop_requested()) {
      return absl::CancelledError("interrupted");
    }
    const std::optional<Failure> failure = TakeFailure(method);
    if (failure && failure->when == FailWhen::kBefore) {
      return failure->status;
    }
    auto result = effect();
    if (failure) {
      return http::MarkMayHaveTakenEffect(failure->status);
    }
    return result;
  }

  // Below: with mutex_ held, as it is within Do().
  std::string NewId();
  // One look at something that changes: true once it has been looked at often enough. Ids are
  // unique over all kinds.
  bool Looked(const std::string& id, int looks);

  mutable std::mutex mutex_;
  FakeCloud cloud_;
  int next_id_ = 1;

 private:
  std::optional<Failure> TakeFailure(const std::string& method);

  std::vector<std::string> calls_;
  std::vector<Failure> failures_;
  std::function<void(const std::string&)> on_call_;
  std::map<std::string, int> looks_;
};

// What the API answers, for the parts.
inline constexpr char kFakeNow[] = "2026-01-01T00:00:00Z";

inline absl::Status Missing(absl::string_view what) {
  return absl::NotFoundError(absl::StrCat(what, " not found (not_found, HTTP 404, request fake)"));
}

inline absl::Status Refused(absl::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat(message, " (unprocessable_entity, HTTP 422, request fake)"));
}

template <typename T>
std::vector<T> Values(const std::map<std::string, T>& map) {
  std::vector<T> values;
  for (const auto& [id, value] : map) {
    values.push_back(value);
  }
  return values;
}

template <typename T>
std::optional<T> Lookup(const std::map<std::string, T>& map, const std::string& id) {
  const auto found = map.find(id);
  return found == map.end() ? std::nullopt : std::optional<T>(found->second);
}

}  // namespace kproto::testing
