// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/lookup.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "resources/listing.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

bool Means(const ocean::Cluster& cluster, const std::string& handle, ClusterHandle kind) {
  return (kind != ClusterHandle::kName && cluster.id == handle) ||
         (kind != ClusterHandle::kId && cluster.name == handle);
}

absl::Status None(const std::vector<ocean::Cluster>& all, const std::string& handle,
                  ClusterHandle kind) {
  std::vector<std::string> there;
  for (const ocean::Cluster& cluster : all) {
    there.push_back(absl::StrCat(cluster.name, " (", cluster.id, ")"));
  }
  const char* what = kind == ClusterHandle::kId     ? "id"
                     : kind == ClusterHandle::kName ? "name"
                                                    : "id or name";
  return absl::NotFoundError(
      absl::StrCat("no cluster has the ", what, " \"", handle, "\"; there are: ", InWords(there)));
}

absl::Status Several(const std::vector<ocean::Cluster>& matches, const std::string& handle) {
  std::vector<std::string> there;
  for (const ocean::Cluster& cluster : matches) {
    there.push_back(
        absl::StrCat(cluster.id, " in ", cluster.region, ", made ", cluster.created_at));
  }
  return WithHint(
      absl::FailedPreconditionError(absl::StrCat(matches.size(), " clusters have the name \"",
                                                 handle, "\": ", absl::StrJoin(there, "; "))),
      "Name the one you mean by its id.");
}

}  // namespace

absl::StatusOr<ocean::Cluster> LookUpCluster(ocean::DigitalOcean& api, const std::string& handle,
                                             ClusterHandle kind, std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(const std::vector<ocean::Cluster> all, api.ListClusters(stop));
  std::vector<ocean::Cluster> matches;
  for (const ocean::Cluster& cluster : all) {
    if (Means(cluster, handle, kind)) {
      matches.push_back(cluster);
    }
  }
  if (matches.empty()) {
    return None(all, handle, kind);
  }
  return matches.size() == 1 ? absl::StatusOr<ocean::Cluster>(std::move(matches[0]))
                             : Several(matches, handle);
}

}  // namespace kproto
