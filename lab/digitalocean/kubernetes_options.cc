// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/kubernetes_options.h"

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/regions.h"
#include "lab/digitalocean/sizes.h"

namespace kproto::lab {
namespace {

// Slugs, newest first. The newest is what the lab's API server really is.
Json& Slugs(Cloud* cloud) {
  Json& slugs = cloud->store.root()["kubernetes_versions"];
  if (!slugs.is_array()) {
    slugs = {"1.34.4-do.1", "1.33.8-do.1", "1.32.12-do.1"};
  }
  return slugs;
}

Json Describe(const std::string& slug) {
  return {{"slug", slug},
          {"kubernetes_version", slug.substr(0, slug.find('-'))},
          {"supported_features",
           {"cluster-autoscaler", "docr-integration", "ha-control-plane", "token-authentication"}}};
}

}  // namespace

Version Version::Parse(const std::string& slug) {
  Version version;
  const std::vector<std::string> halves = absl::StrSplit(slug, "-do.");
  if (halves.size() != 2) {
    return version;
  }
  const std::vector<std::string> numbers = absl::StrSplit(halves[0], '.');
  version.valid =
      numbers.size() == 3 && numbers[0] == "1" && absl::SimpleAtoi(numbers[1], &version.minor) &&
      absl::SimpleAtoi(numbers[2], &version.patch) && absl::SimpleAtoi(halves[1], &version.build);
  return version;
}

Json OfferedVersions(Cloud* cloud) {
  Json offered = Json::array();
  for (const Json& slug : Slugs(cloud)) {
    offered.push_back(Describe(slug.get<std::string>()));
  }
  return offered;
}

std::string ResolveVersion(Cloud* cloud, const std::string& wanted) {
  for (const Json& entry : Slugs(cloud)) {
    const std::string slug = entry.get<std::string>();
    if (wanted == "latest" || wanted == slug ||
        wanted == absl::StrCat("1.", Version::Parse(slug).minor)) {
      return slug;
    }
  }
  return "";
}

Json UpgradeTargets(Cloud* cloud, const std::string& slug) {
  const Version current = Version::Parse(slug);
  for (int minor : {current.minor, current.minor + 1}) {
    const std::string newest = ResolveVersion(cloud, absl::StrCat("1.", minor));
    if (!newest.empty() && Version::Parse(newest) > current) {
      return Json::array({Describe(newest)});
    }
  }
  return Json::array();
}

bool OfferVersion(Cloud* cloud, const std::string& slug, Offer offer) {
  if (!Version::Parse(slug).valid) {
    return false;
  }
  std::vector<std::string> slugs;
  for (const Json& known : Slugs(cloud)) {
    if (known != slug) {
      slugs.push_back(known.get<std::string>());
    }
  }
  if (offer == Offer::kPublish) {
    slugs.push_back(slug);
  }
  std::sort(slugs.begin(), slugs.end(), [](const std::string& a, const std::string& b) {
    return Version::Parse(a) > Version::Parse(b);
  });
  Slugs(cloud) = slugs;
  cloud->store.Touch();
  return true;
}

void ServeKubernetesOptions(Cloud* cloud, Router* router) {
  router->Add("GET", "/v2/kubernetes/options", [cloud](const ApiRequest&) {
    Json regions = Json::array();
    for (const Region& region : Regions()) {
      regions.push_back({{"name", region.name}, {"slug", region.slug}});
    }
    Json sizes = Json::array();
    for (const Size& size : Sizes()) {
      if (FitsKubernetes(size)) {
        sizes.push_back({{"name", size.slug}, {"slug", size.slug}});
      }
    }
    return Ok({{"options",
                {{"regions", regions}, {"versions", OfferedVersions(cloud)}, {"sizes", sizes}}}});
  });
}

}  // namespace kproto::lab
