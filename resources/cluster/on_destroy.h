// SPDX-License-Identifier: MPL-2.0
// What a destroy takes along with the cluster: the attribute `on_destroy`, and deletion protection.
// Pure.
#pragma once

#include "provider/runtime/diagnostics.h"
#include "provider/schema/model.h"

namespace kproto {

struct ClusterModel;

struct OnDestroy {
  Attr<std::string> load_balancers, volumes, volume_snapshots;  // "delete" | "keep"
  static const Table<OnDestroy>& Fields();
};

enum class Fate { kKeep, kDelete };

struct DestroyPolicy {
  Fate load_balancers = Fate::kDelete;
  Fate volumes = Fate::kKeep;  // they hold data
  Fate volume_snapshots = Fate::kKeep;
};

DestroyPolicy PolicyOf(const Attr<OnDestroy>& on_destroy);

// Refuses what can never end: load balancers that stay in a VPC which is to go.
void CheckOnDestroy(const ClusterModel& cluster, Diagnostics& diagnostics);

// FailedPrecondition, with the way to turn it off, when the cluster in the state is protected. One
// that was never finished is not: it may always be taken away. `what` says what was asked for.
absl::Status RefuseIfProtected(const ClusterModel& state, absl::string_view what);

}  // namespace kproto
