// SPDX-License-Identifier: MPL-2.0
// The droplet sizes of the simulated cloud with their prices (/v2/sizes). Prices in USD as listed
// by DigitalOcean in 2026; an hour costs a 672nd of a month.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lab/digitalocean/regions.h"

namespace kproto::lab {

struct Size {
  const char* slug;
  const char* description;
  int memory_mib;
  int vcpus;
  int disk_gib;
  double transfer_tib;
  double price_monthly;
};

const std::vector<Size>& Sizes();
const Size* FindSize(absl::string_view slug);  // null when there is none
bool SizeInRegion(const Size& size, const Region& region);
bool HasAmdGpu(const Size& size);
// Whether a Kubernetes node can be that small.
bool FitsKubernetes(const Size& size);

}  // namespace kproto::lab
