// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/regions.h"

#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/paging.h"
#include "lab/digitalocean/sizes.h"

namespace kproto::lab {

const std::vector<Region>& Regions() {
  static const auto& regions = *new std::vector<Region>{
      {"nyc1", "New York 1", true, 116},      {"nyc3", "New York 3", true, 108},
      {"ams3", "Amsterdam 3", true, 110},     {"sfo2", "San Francisco 2", true, 120},
      {"sfo3", "San Francisco 3", true, 124}, {"sgp1", "Singapore 1", true, 104},
      {"lon1", "London 1", true, 106},        {"fra1", "Frankfurt 1", true, 114},
      {"tor1", "Toronto 1", true, 118},       {"blr1", "Bangalore 1", false, 122},
      {"syd1", "Sydney 1", false, 126},
  };
  return regions;
}

const Region* FindRegion(absl::string_view slug) {
  for (const Region& region : Regions()) {
    if (slug == region.slug) {
      return &region;
    }
  }
  return nullptr;
}

void ServeRegions(Cloud*, Router* router) {
  router->Add("GET", "/v2/regions", [](const ApiRequest& request) {
    Json regions = Json::array();
    for (const Region& region : Regions()) {
      Json sizes = Json::array();
      for (const Size& size : Sizes()) {
        if (SizeInRegion(size, region)) {
          sizes.push_back(size.slug);
        }
      }
      regions.push_back({{"slug", region.slug},
                         {"name", region.name},
                         {"available", true},
                         {"features", {"backups", "ipv6", "metadata", "install_agent", "storage"}},
                         {"sizes", sizes}});
    }
    return Page(request, "regions", regions);
  });
}

}  // namespace kproto::lab
