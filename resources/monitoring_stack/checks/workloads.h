// SPDX-License-Identifier: MPL-2.0
// What Kubernetes will make of rendered objects: pods with their number, requests and placement,
// claims for volumes. Reading only; objects of odd shape read as empty. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "resources/monitoring_stack/checks/rendered_stack.h"

namespace kproto::monitoring_stack {

// An object that makes pods. Points into the picture.
struct Workload {
  const RenderedComponent* component;
  const Json* object;
  const Json* pod;     // the pod template's spec
  const Json* labels;  // of the pods
  std::string kind, name;
  int64_t replicas = 1;  // at most, where an autoscaler decides; one a node for a DaemonSet

  bool IsDaemonSet() const { return kind == "DaemonSet"; }
  std::string ToString() const { return kind + " " + name; }
};

// Without jobs and pods that run once, such as hooks and tests.
std::vector<Workload> WorkloadsOf(const RenderedStack& stack);
std::vector<Workload> WorkloadsOf(const RenderedComponent& component);

struct Requests {
  int64_t milli_cpus = 0, memory_bytes = 0;
};
Requests RequestsOf(const Workload& workload);

// A claim for a volume: a PersistentVolumeClaim, or one that a StatefulSet makes for each pod.
struct Claim {
  const RenderedComponent* component;
  std::string name;  // "storage" of the template, or of the claim itself
  std::string of;    // the StatefulSet; "" for a claim of its own
  std::vector<std::string> access_modes;
  std::optional<std::string> storage_class;  // nullopt: the cluster's default
  int64_t bytes = 0;
  int64_t count = 1;
};
std::vector<Claim> ClaimsOf(const RenderedStack& stack);

// Objects of a kind ("Service") in the picture, with the component that renders each.
struct Rendered {
  const RenderedComponent* component;
  const Json* object;
  std::string name, ns;
};
std::vector<Rendered> ObjectsOf(const RenderedStack& stack, const std::string& kind);

// The path of a key in the component's values whose value is `value`; empty when there is none.
// Finds where something in a rendered object was said.
std::vector<std::string> KeyWithValue(const Json& values, const std::string& key,
                                      const Json& value);

// "singleBinary.persistence.size"; a key with a dot in it is put in quotes.
std::string KeyText(const std::vector<std::string>& path);

}  // namespace kproto::monitoring_stack
