// SPDX-License-Identifier: MPL-2.0
// The Kubernetes versions that the simulated cloud offers, and what may follow on what. Kept in the
// store, so that a new patch can be published, and an old one withdrawn, while the lab runs.
#pragma once

#include <string>

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

struct Version {
  int minor = 0;  // of Kubernetes 1.x
  int patch = 0;
  int build = 0;  // the n of -do.n
  bool valid = false;

  // "1.34.4-do.1"
  static Version Parse(const std::string& slug);
  friend auto operator<=>(const Version&, const Version&) = default;
};

// The offered versions, newest first: [{slug, kubernetes_version, supported_features}].
Json OfferedVersions(Cloud* cloud);
// The slug meant by a full slug, a minor ("1.34") or "latest"; empty when none is offered.
std::string ResolveVersion(Cloud* cloud, const std::string& wanted);
// Where a cluster can go in one step: the newest patch of its minor, or from there the newest of
// the next minor. An array, empty when there is no way.
Json UpgradeTargets(Cloud* cloud, const std::string& slug);
// Adds the slug, or takes it from the offer. False for what is no slug.
enum class Offer { kPublish, kWithdraw };
bool OfferVersion(Cloud* cloud, const std::string& slug, Offer offer);

}  // namespace kproto::lab
