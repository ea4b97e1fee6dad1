// SPDX-License-Identifier: MPL-2.0
// The regions of the simulated cloud, and the calls that list them (/v2/regions).
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kproto::lab {

struct Region {
  const char* slug;
  const char* name;
  bool large_sizes;  // whether the CPU- and memory-optimized families are offered here
  int vpc_octet;     // the default VPC is 10.<octet>.0.0/20
};

const std::vector<Region>& Regions();
// Null for a region that does not exist.
const Region* FindRegion(absl::string_view slug);

}  // namespace kproto::lab
