// SPDX-License-Identifier: MPL-2.0
#include "resources/clusters/data_source.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "resources/cluster/lookup.h"
#include "resources/listing.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

absl::Status FillOne(ocean::DigitalOcean& api, ClusterDataModel& state, std::stop_token stop) {
  const bool by_id = state.id.is_known();
  const absl::StatusOr<ocean::Cluster> live =
      LookUpCluster(api, by_id ? *state.id : state.name.value_or(""),
                    by_id ? ClusterHandle::kId : ClusterHandle::kName, stop);
  if (!live.ok()) {
    return absl::IsNotFound(live.status()) || absl::IsFailedPrecondition(live.status())
               ? WithPath(live.status(), Path(by_id ? "id" : "name"))
               : live.status();
  }
  Describe(*live, state);
  return absl::OkStatus();
}

bool Wanted(const ClustersModel& filter, const ocean::Cluster& cluster) {
  return (!filter.region.is_known() || cluster.region == *filter.region) &&
         (!filter.name_prefix.is_known() || absl::StartsWith(cluster.name, *filter.name_prefix)) &&
         (!filter.tag.is_known() ||
          std::any_of(cluster.tags.begin(), cluster.tags.end(), [&](const std::string& tag) {
            return absl::EqualsIgnoreCase(tag, *filter.tag);
          }));
}

// No cluster in a region is a good answer, unless the region is a spelling mistake.
absl::Status CheckRegion(ocean::DigitalOcean& api, const std::string& slug, std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(const std::vector<ocean::Region> regions, api.ListRegions(stop));
  std::vector<std::string> slugs;
  for (const ocean::Region& region : regions) {
    if (region.slug == slug) {
      return absl::OkStatus();
    }
    slugs.push_back(region.slug);
  }
  return WithPath(absl::NotFoundError(absl::StrCat("there is no region \"", slug,
                                                   "\"; there are: ", InWords(slugs))),
                  Path("region"));
}

absl::Status FillAll(ocean::DigitalOcean& api, ClustersModel& state, std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(std::vector<ocean::Cluster> all, api.ListClusters(stop));
  std::sort(all.begin(), all.end(), [](const ocean::Cluster& a, const ocean::Cluster& b) {
    return std::tie(a.name, a.id) < std::tie(b.name, b.id);
  });
  ListOf<ClusterSummary> clusters;
  ListOf<std::string> ids;
  for (const ocean::Cluster& cluster : all) {
    if (Wanted(state, cluster)) {
      ClusterSummary summary;
      Summarize(cluster, summary);
      clusters.push_back(std::move(summary));
      ids.push_back(cluster.id);
    }
  }
  if (clusters.empty() && state.region.is_known()) {
    KPROTO_RETURN_IF_ERROR(CheckRegion(api, *state.region, stop));
  }
  state.clusters = std::move(clusters);
  state.ids = std::move(ids);
  return absl::OkStatus();
}

}  // namespace

ClusterDataSource::ClusterDataSource(Connections& connections)
    : DataSource("kproto_cluster",
                 "A cluster that is there already, by its id or its name. No cluster, or several "
                 "of one name, is an error that lists them. It holds no credentials: these come "
                 "from the ephemeral resource `kproto_kubeconfig`."),
      connections_(connections) {}

void ClusterDataSource::ValidateModel(const ClusterDataModel& config, Diagnostics& diagnostics) {
  const bool both = config.id.is_known() && config.name.is_known();
  if (both || (config.id.is_null() && config.name.is_null())) {
    diagnostics.AddError("Which cluster is not clear", "Give either id or name.");
  }
}

void ClusterDataSource::Read(ClusterDataModel& state, const RequestContext& context,
                             Diagnostics& diagnostics) {
  const auto api = connections_.DigitalOceanForReading();
  diagnostics.AddStatus(api.ok() ? FillOne(**api, state, context.stop) : api.status(),
                        "Could not find the cluster");
}

ClustersDataSource::ClustersDataSource(Connections& connections)
    : DataSource("kproto_clusters",
                 "All clusters of the account, however many, or those of a region, with a tag, or "
                 "with a name that begins so. An empty list is an answer, too."),
      connections_(connections) {}

void ClustersDataSource::Read(ClustersModel& state, const RequestContext& context,
                              Diagnostics& diagnostics) {
  const auto api = connections_.DigitalOceanForReading();
  diagnostics.AddStatus(api.ok() ? FillAll(**api, state, context.stop) : api.status(),
                        "Could not list the clusters");
}

}  // namespace kproto
