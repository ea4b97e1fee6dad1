// SPDX-License-Identifier: MPL-2.0
// Footprint: what the rendered Applications need of their cluster: kinds, namespaces, and the
// workloads whose number an autoscaler sets. The plan takes it from the render and hands it to the
// apply in the private state; the AppProject allows just that. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "clients/argocd/application.h"
#include "nlohmann/json.hpp"

namespace kproto::monitoring_stack {

struct RenderedStack;

// What Applications of one AppProject need.
struct Needs {
  std::vector<argocd::GroupKind> cluster_kinds, namespaced_kinds;  // each sorted, without doubles
  std::vector<std::string> namespaces;                             // that objects name; sorted
  friend bool operator==(const Needs&, const Needs&) = default;
};

// The needs of the stack's own Applications, and beside them those of the user's.
struct Footprint : Needs {
  // A workload that an autoscaler owns the replicas of.
  struct Scaled {
    std::string group, kind, name;
    friend auto operator<=>(const Scaled&, const Scaled&) = default;
  };
  Needs extra;
  std::map<std::string, std::vector<Scaled>> scaled;  // by component
  std::vector<std::string> images;                    // of all containers, Argo CD's too; sorted
  // In Git mode, where the folder could be rendered: the commit, and all repositories; sorted.
  std::string commit;
  std::vector<std::string> repositories;
  friend bool operator==(const Footprint&, const Footprint&) = default;
};

// Whether an AppProject for one would do for the other: which commit of Git it was does not matter,
// whether any was does.
bool NeedTheSame(Footprint a, Footprint b);

// Of what Argo CD deploys, but for the images; every component has rendered.
Footprint FootprintOf(const RenderedStack& stack);

nlohmann::json ToJson(const Footprint& footprint);
// Lenient: what is missing is empty.
Footprint FootprintFrom(const nlohmann::json& json);

}  // namespace kproto::monitoring_stack
