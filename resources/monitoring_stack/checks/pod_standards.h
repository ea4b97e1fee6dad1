// SPDX-License-Identifier: MPL-2.0
// PodStandards: Kubernetes' Pod Security Standards, as its own admission holds a pod against them,
// for pods that are not there yet. Pure.
#pragma once

#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace kproto::monitoring_stack {

enum class PodLevel { kPrivileged, kBaseline, kRestricted };

// "privileged", "baseline", "restricted"; what is none of them asks for nothing.
PodLevel PodLevelOf(const std::string& name);
const char* ToString(PodLevel level);

// What a level forbids of a pod: "hostPath volumes (containers, pods)". `pod` is a pod's or a
// template's object with metadata and spec.
std::vector<std::string> ViolationsOf(const nlohmann::json& pod, PodLevel level);

}  // namespace kproto::monitoring_stack
