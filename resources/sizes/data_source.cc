// SPDX-License-Identifier: MPL-2.0
#include "resources/sizes/data_source.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "resources/listing.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

const Path kRegion = Path().Attribute("region"), kMinVcpus = Path().Attribute("min_vcpus"),
           kMinMemory = Path().Attribute("min_memory_gib");

double MemoryGib(const ocean::Size& size) { return static_cast<double>(size.memory_mib) / 1024; }

bool Has(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

SizeView ViewOf(const ocean::Size& size, bool worker) {
  SizeView view;
  view.slug = size.slug;
  view.description = size.description;
  view.vcpus = size.vcpus;
  view.memory_gib = MemoryGib(size);
  view.disk_gib = size.disk_gib;
  view.price_monthly = size.price_monthly;
  view.price_hourly = size.price_hourly;
  view.worker = worker;
  view.regions = ToList(size.regions);
  return view;
}

bool Wanted(const SizesModel& filter, const ocean::Size& size, bool worker) {
  return size.vcpus >= filter.min_vcpus.value_or(0) &&
         (!filter.max_vcpus.is_known() || size.vcpus <= *filter.max_vcpus) &&
         MemoryGib(size) >= filter.min_memory_gib.value_or(0) &&
         (!filter.max_memory_gib.is_known() || MemoryGib(size) <= *filter.max_memory_gib) &&
         (!filter.region.is_known() || Has(size.regions, *filter.region)) &&
         (!filter.worker.is_known() || *filter.worker == worker);
}

// Says which filter is to blame: a region that is none, or bounds that nothing meets.
absl::Status NothingFits(const SizesModel& filter, const std::vector<ocean::Size>& all) {
  std::set<std::string> regions;
  std::vector<std::string> offered;
  for (const ocean::Size& size : all) {
    regions.insert(size.regions.begin(), size.regions.end());
    if (!filter.region.is_known() || Has(size.regions, *filter.region)) {
      offered.push_back(
          absl::StrCat(size.slug, " (", size.vcpus, " vCPUs, ", MemoryGib(size), " GiB)"));
    }
  }
  if (offered.empty() && filter.region.is_known()) {
    return WithPath(absl::NotFoundError(absl::StrCat(
                        "no size is offered in region \"", *filter.region,
                        "\"; regions with sizes: ", InWords({regions.begin(), regions.end()}))),
                    kRegion);
  }
  return absl::NotFoundError(
      absl::StrCat("no size meets all the filters; without them there are: ", InWords(offered)));
}

absl::Status Fill(ocean::DigitalOcean& api, SizesModel& state, std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(std::vector<ocean::Size> all, api.ListSizes(stop));
  KPROTO_ASSIGN_OR_RETURN(const ocean::KubernetesOptions options, api.GetKubernetesOptions(stop));
  std::erase_if(all, [](const ocean::Size& size) { return !size.available; });
  std::sort(all.begin(), all.end(), [](const ocean::Size& a, const ocean::Size& b) {
    return std::tie(a.price_monthly, a.slug) < std::tie(b.price_monthly, b.slug);
  });
  ListOf<SizeView> sizes;
  ListOf<std::string> slugs;
  for (const ocean::Size& size : all) {
    const bool worker = std::any_of(options.sizes.begin(), options.sizes.end(),
                                    [&](const auto& s) { return s.slug == size.slug; });
    if (Wanted(state, size, worker)) {
      sizes.push_back(ViewOf(size, worker));
      slugs.push_back(size.slug);
    }
  }
  if (sizes.empty()) {
    return NothingFits(state, all);
  }
  state.cheapest = slugs[0];
  state.sizes = std::move(sizes);
  state.slugs = std::move(slugs);
  return absl::OkStatus();
}

template <typename T>
void CheckBounds(const Attr<T>& min, const Attr<T>& max, const Path& path, const char* max_name,
                 Diagnostics& diagnostics) {
  if (min.is_known() && max.is_known() && *min > *max) {
    diagnostics.AddError("Bounds the wrong way round",
                         absl::StrCat(path.ToString(), " (", *min, ") is above ", max_name, " (",
                                      *max, "): no size can be both."),
                         path);
  }
}

}  // namespace

const Table<SizeView>& SizeView::Fields() {
  static const auto& table = *new Table<SizeView>({
      Field("slug", &SizeView::slug, Computed(), Doc("What `size` of a node pool takes.")),
      Field("description", &SizeView::description, Computed(),
            Doc("The family, such as `CPU-Optimized`.")),
      Field("vcpus", &SizeView::vcpus, Computed(), Doc("Virtual processors.")),
      Field("memory_gib", &SizeView::memory_gib, Computed(), Doc("Memory in GiB.")),
      Field("disk_gib", &SizeView::disk_gib, Computed(), Doc("Local disk in GiB.")),
      Field("price_monthly", &SizeView::price_monthly, Computed(), Doc("US dollars a month.")),
      Field("price_hourly", &SizeView::price_hourly, Computed(), Doc("US dollars an hour.")),
      Field("worker", &SizeView::worker, Computed(),
            Doc("Whether nodes of a cluster can have it.")),
      Field("regions", &SizeView::regions, Computed(), Doc("Slugs of the regions that have it.")),
  });
  return table;
}

const Table<SizesModel>& SizesModel::Fields() {
  static const auto& table = *new Table<SizesModel>({
      Field("min_vcpus", &SizesModel::min_vcpus, Optional(), Check(AtLeast(1)),
            Doc("Only sizes with at least so many virtual processors.")),
      Field("max_vcpus", &SizesModel::max_vcpus, Optional(), Check(AtLeast(1)),
            Doc("Only sizes with at most so many.")),
      Field("min_memory_gib", &SizesModel::min_memory_gib, Optional(),
            Doc("Only sizes with at least so much memory.")),
      Field("max_memory_gib", &SizesModel::max_memory_gib, Optional(),
            Doc("Only sizes with at most so much.")),
      Field("region", &SizesModel::region, Optional(), Check(NotEmpty()),
            Doc("Only sizes that this region has.")),
      Field("worker", &SizesModel::worker, Optional(),
            Doc("Only sizes that nodes of a cluster can (or cannot) have.")),
      Field("sizes", &SizesModel::sizes, Computed(),
            Doc("The sizes, cheapest first, by slug where the price is the same. Those that cannot "
                "be had at present are left out.")),
      Field("slugs", &SizesModel::slugs, Computed(), Doc("Their slugs alone.")),
      Field("cheapest", &SizesModel::cheapest, Computed(), Doc("Slug of the cheapest.")),
  });
  return table;
}

SizesDataSource::SizesDataSource(Connections& connections)
    : DataSource("kproto_sizes",
                 "DigitalOcean's Droplet sizes with their prices, cheapest first. That no size "
                 "meets the filters is an error that lists what there is."),
      connections_(connections) {}

void SizesDataSource::ValidateModel(const SizesModel& config, Diagnostics& diagnostics) {
  CheckBounds(config.min_vcpus, config.max_vcpus, kMinVcpus, "max_vcpus", diagnostics);
  CheckBounds(config.min_memory_gib, config.max_memory_gib, kMinMemory, "max_memory_gib",
              diagnostics);
}

void SizesDataSource::Read(SizesModel& state, const RequestContext& context,
                           Diagnostics& diagnostics) {
  const auto api = connections_.DigitalOceanForReading();
  diagnostics.AddStatus(api.ok() ? Fill(**api, state, context.stop) : api.status(),
                        "Could not find a size");
}

}  // namespace kproto
