// SPDX-License-Identifier: MPL-2.0
// FaultyCalls: a Kubernetes and a Helm that pass every call on to others and count them together;
// one of the calls can be made to fail, before or after its effect, alone or with all that follow
// it. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "clients/helm/helm.h"
#include "clients/kubernetes/kubernetes.h"

namespace kproto::testing {

class FaultyCalls {
 public:
  struct Fault {
    int call = 0;         // which one, from 1
    bool after = false;   // it takes effect and its answer is lost
    bool onward = false;  // every later call fails before its effect
  };

  // Forgets the calls so far; nullopt: nothing fails.
  void Begin(std::optional<Fault> fault);
  // What was called since, such as "apply Application argocd/grafana".
  std::vector<std::string> calls() const;

  // `to` is shared, or outlives what is returned.
  std::shared_ptr<kubernetes::Kubernetes> Around(std::shared_ptr<kubernetes::Kubernetes> to);
  std::unique_ptr<helm::Helm> Around(helm::Helm& to);

 private:
  friend class FaultyKubernetes;
  friend class FaultyHelm;

  enum class Fate { kWell, kBefore, kAfter };
  Fate Next(std::string call);

  template <typename Work>
  auto Do(std::string call, const Work& work) -> decltype(work()) {
    const Fate fate = Next(std::move(call));
    if (fate == Fate::kBefore) {
      return absl::UnavailableError("injected: connection refused");
    }
    auto result = work();
    if (fate == Fate::kAfter) {
      return absl::UnavailableError("injected: connection lost");
    }
    return result;
  }

  mutable std::mutex mutex_;
  std::vector<std::string> calls_;
  std::optional<Fault> fault_;
};

}  // namespace kproto::testing
