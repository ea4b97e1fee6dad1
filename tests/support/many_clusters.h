// SPDX-License-Identifier: MPL-2.0
// A configuration of many clusters, each with a VPC of its own and three pools.
#pragma once

#include "tests/support/provider_host.h"

namespace kproto::testing {

// kproto_cluster.c-1 … c-`count`; `count` at most 400.
ProviderHost::Configuration ManyClusters(int count);

// Resident memory of a process now, and the most it ever was, in megabytes; 0 when it is gone.
struct Memory {
  double now = 0, peak = 0;
};
Memory MemoryOf(pid_t pid);

}  // namespace kproto::testing
