// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/sizes.h"

#include <cmath>

#include "absl/strings/match.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/paging.h"

namespace kproto::lab {

const std::vector<Size>& Sizes() {
  static const auto& sizes = *new std::vector<Size>{
      {"s-1vcpu-512mb-10gb", "Basic", 512, 1, 10, 0.5, 4},
      {"s-1vcpu-1gb", "Basic", 1024, 1, 25, 1, 6},
      {"s-1vcpu-2gb", "Basic", 2048, 1, 50, 2, 12},
      {"s-2vcpu-2gb", "Basic", 2048, 2, 60, 3, 18},
      {"s-2vcpu-4gb", "Basic", 4096, 2, 80, 4, 24},
      {"s-4vcpu-8gb", "Basic", 8192, 4, 160, 5, 48},
      {"s-8vcpu-16gb", "Basic", 16384, 8, 320, 6, 96},
      {"c-2", "CPU-Optimized", 4096, 2, 25, 4, 42},
      {"c-4", "CPU-Optimized", 8192, 4, 50, 5, 84},
      {"c-8", "CPU-Optimized", 16384, 8, 100, 6, 168},
      {"c-16", "CPU-Optimized", 32768, 16, 200, 7, 336},
      {"g-2vcpu-8gb", "General Purpose", 8192, 2, 25, 4, 63},
      {"g-4vcpu-16gb", "General Purpose", 16384, 4, 50, 5, 126},
      {"g-8vcpu-32gb", "General Purpose", 32768, 8, 100, 6, 252},
      {"m-2vcpu-16gb", "Memory-Optimized", 16384, 2, 50, 4, 84},
      {"m-4vcpu-32gb", "Memory-Optimized", 32768, 4, 100, 6, 168},
      {"m-8vcpu-64gb", "Memory-Optimized", 65536, 8, 200, 7, 336},
      {"gpu-mi300x1-192gb", "GPU", 245760, 20, 720, 15, 1337.28},
  };
  return sizes;
}

const Size* FindSize(absl::string_view slug) {
  for (const Size& size : Sizes()) {
    if (slug == size.slug) {
      return &size;
    }
  }
  return nullptr;
}

bool SizeInRegion(const Size& size, const Region& region) {
  const bool large = absl::StartsWith(size.slug, "m-") || absl::StartsWith(size.slug, "g-") ||
                     absl::StartsWith(size.slug, "gpu-");
  return region.large_sizes || !large;
}

bool HasAmdGpu(const Size& size) { return absl::StartsWith(size.slug, "gpu-mi"); }

bool FitsKubernetes(const Size& size) { return size.memory_mib >= 2048; }

void ServeSizes(Cloud*, Router* router) {
  router->Add("GET", "/v2/sizes", [](const ApiRequest& request) {
    Json sizes = Json::array();
    for (const Size& size : Sizes()) {
      Json regions = Json::array();
      for (const Region& region : Regions()) {
        if (SizeInRegion(size, region)) {
          regions.push_back(region.slug);
        }
      }
      sizes.push_back({{"slug", size.slug},
                       {"memory", size.memory_mib},
                       {"vcpus", size.vcpus},
                       {"disk", size.disk_gib},
                       {"transfer", size.transfer_tib},
                       {"price_monthly", size.price_monthly},
                       {"price_hourly", std::round(size.price_monthly / 672 * 1e5) / 1e5},
                       {"regions", regions},
                       {"available", true},
                       {"description", size.description}});
    }
    return Page(request, "sizes", sizes);
  });
}

}  // namespace kproto::lab
