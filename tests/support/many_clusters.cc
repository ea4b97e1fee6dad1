// SPDX-License-Identifier: MPL-2.0
#include "tests/support/many_clusters.h"

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kproto::testing {

ProviderHost::Configuration ManyClusters(int count) {
  ProviderHost::Configuration configuration;
  for (int n = 1; n <= count; ++n) {
    const std::string name = absl::StrCat("c-", n);
    configuration["kproto_cluster." + name] = {
        {"name", name},
        {"region", "nyc3"},
        {"version", "1.34"},
        {"vpc", {{"ip_range", absl::StrCat("10.", 30 + n / 16, ".", n % 16 * 16, ".0/20")}}},
        {"node_pools",
         {{"primary", {{"size", "s-2vcpu-4gb"}, {"count", 1}}},
          {"batch", {{"size", "c-2"}, {"count", 1}, {"labels", {{"tier", "batch"}}}}},
          {"monitoring", {{"size", "s-4vcpu-8gb"}, {"count", 1}, {"dedicated", true}}}}}};
  }
  return configuration;
}

Memory MemoryOf(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/status"));
  Memory memory;
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> words =
        absl::StrSplit(line, absl::ByAnyChar(": \t"), absl::SkipEmpty());
    double kilobytes = 0;
    if (words.size() > 1 && absl::SimpleAtod(words[1], &kilobytes)) {
      memory.now = words[0] == "VmRSS" ? kilobytes / 1024 : memory.now;
      memory.peak = words[0] == "VmHWM" ? kilobytes / 1024 : memory.peak;
    }
  }
  return memory;
}

}  // namespace kproto::testing
