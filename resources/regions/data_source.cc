// SPDX-License-Identifier: MPL-2.0
#include "resources/regions/data_source.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "resources/listing.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

bool Has(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

RegionView ViewOf(const ocean::Region& region, bool kubernetes) {
  RegionView view;
  view.slug = region.slug;
  view.name = region.name;
  view.available = region.available;
  view.kubernetes = kubernetes;
  view.features = ToList(region.features);
  view.sizes = ToList(region.sizes);
  return view;
}

bool Wanted(const RegionsModel& filter, const ocean::Region& region, bool kubernetes) {
  return (!filter.available.is_known() || *filter.available == region.available) &&
         (!filter.kubernetes.is_known() || *filter.kubernetes == kubernetes) &&
         (!filter.feature.is_known() || Has(region.features, *filter.feature)) &&
         (!filter.size.is_known() || Has(region.sizes, *filter.size));
}

// A filter that no region can meet is a spelling mistake, not an empty answer.
absl::Status CheckFilter(const Attr<std::string>& filter, const char* attribute,
                         const std::vector<ocean::Region>& all,
                         std::vector<std::string> ocean::Region::*member) {
  std::set<std::string> known;
  for (const ocean::Region& region : all) {
    known.insert((region.*member).begin(), (region.*member).end());
  }
  if (!filter.is_known() || known.count(*filter) > 0) {
    return absl::OkStatus();
  }
  return WithPath(
      absl::NotFoundError(absl::StrCat("no region has the ", attribute, " \"", *filter,
                                       "\"; there are: ", InWords({known.begin(), known.end()}))),
      Path(attribute));
}

absl::Status Fill(ocean::DigitalOcean& api, RegionsModel& state, std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(std::vector<ocean::Region> all, api.ListRegions(stop));
  KPROTO_ASSIGN_OR_RETURN(const ocean::KubernetesOptions options, api.GetKubernetesOptions(stop));
  KPROTO_RETURN_IF_ERROR(CheckFilter(state.feature, "feature", all, &ocean::Region::features));
  KPROTO_RETURN_IF_ERROR(CheckFilter(state.size, "size", all, &ocean::Region::sizes));
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.slug < b.slug; });
  ListOf<RegionView> regions;
  ListOf<std::string> slugs;
  for (const ocean::Region& region : all) {
    const bool kubernetes = std::any_of(options.regions.begin(), options.regions.end(),
                                        [&](const auto& r) { return r.slug == region.slug; });
    if (Wanted(state, region, kubernetes)) {
      regions.push_back(ViewOf(region, kubernetes));
      slugs.push_back(region.slug);
    }
  }
  state.regions = std::move(regions);
  state.slugs = std::move(slugs);
  return absl::OkStatus();
}

}  // namespace

const Table<RegionView>& RegionView::Fields() {
  static const auto& table = *new Table<RegionView>({
      Field("slug", &RegionView::slug, Computed(), Doc("What the region is called elsewhere.")),
      Field("name", &RegionView::name, Computed(), Doc("Its name for people.")),
      Field("available", &RegionView::available, Computed(),
            Doc("Whether new things can be made there now.")),
      Field("kubernetes", &RegionView::kubernetes, Computed(),
            Doc("Whether clusters can be made there.")),
      Field("features", &RegionView::features, Computed(), Doc("What it offers.")),
      Field("sizes", &RegionView::sizes, Computed(), Doc("Slugs of the sizes that it has.")),
  });
  return table;
}

const Table<RegionsModel>& RegionsModel::Fields() {
  static const auto& table = *new Table<RegionsModel>({
      Field("available", &RegionsModel::available, Optional(),
            Doc("Only regions where new things can (or cannot) be made.")),
      Field("kubernetes", &RegionsModel::kubernetes, Optional(),
            Doc("Only regions with (or without) Kubernetes.")),
      Field("feature", &RegionsModel::feature, Optional(), Check(NotEmpty()),
            Doc("Only regions with this feature, such as `storage`.")),
      Field("size", &RegionsModel::size, Optional(), Check(NotEmpty()),
            Doc("Only regions that have this size, such as `c-4`.")),
      Field("regions", &RegionsModel::regions, Computed(), Doc("The regions, by slug.")),
      Field("slugs", &RegionsModel::slugs, Computed(), Doc("Their slugs alone.")),
  });
  return table;
}

RegionsDataSource::RegionsDataSource(Connections& connections)
    : DataSource("kproto_regions",
                 "DigitalOcean's regions: which are available, which have Kubernetes, which have a "
                 "size or a feature."),
      connections_(connections) {}

void RegionsDataSource::Read(RegionsModel& state, const RequestContext& context,
                             Diagnostics& diagnostics) {
  const auto api = connections_.DigitalOceanForReading();
  diagnostics.AddStatus(api.ok() ? Fill(**api, state, context.stop) : api.status(),
                        "Could not read the regions");
}

}  // namespace kproto
