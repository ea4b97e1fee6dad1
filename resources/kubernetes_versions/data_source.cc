// SPDX-License-Identifier: MPL-2.0
#include "resources/kubernetes_versions/data_source.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "resources/cluster/version.h"
#include "resources/listing.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

// Newest first; what does not read as a version comes last, in its own order.
bool Newer(const ocean::KubernetesVersion& a, const ocean::KubernetesVersion& b) {
  const absl::StatusOr<VersionSlug> x = ParseVersion(a.slug), y = ParseVersion(b.slug);
  return x.ok() && y.ok() ? *y < *x : x.ok() && !y.ok();
}

absl::Status NoneWithPrefix(const std::string& prefix,
                            const std::vector<ocean::KubernetesVersion>& all) {
  std::vector<std::string> slugs;
  for (const ocean::KubernetesVersion& version : all) {
    slugs.push_back(version.slug);
  }
  return WithPath(
      absl::NotFoundError(absl::StrCat("DigitalOcean offers no version that begins with \"", prefix,
                                       "\"; offered: ", InWords(slugs))),
      Path("version_prefix"));
}

absl::Status Fill(ocean::DigitalOcean& api, KubernetesVersionsModel& state, std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(ocean::KubernetesOptions options, api.GetKubernetesOptions(stop));
  std::stable_sort(options.versions.begin(), options.versions.end(), Newer);
  ListOf<KubernetesVersionView> versions;
  ListOf<std::string> slugs, minors;
  for (const ocean::KubernetesVersion& version : options.versions) {
    if (state.version_prefix.is_known() && !HasVersionPrefix(version.slug, *state.version_prefix)) {
      continue;
    }
    KubernetesVersionView view;
    view.slug = version.slug;
    view.kubernetes_version = version.kubernetes_version;
    view.supported_features = ToList(version.supported_features);
    versions.push_back(std::move(view));
    slugs.push_back(version.slug);
    const Attr<std::string> minor = MinorOf(version.slug);
    if (std::find(minors.begin(), minors.end(), minor) == minors.end()) {
      minors.push_back(minor);
    }
  }
  if (versions.empty()) {
    return NoneWithPrefix(state.version_prefix.value_or(""), options.versions);
  }
  state.latest_version = slugs[0];
  state.valid_versions = std::move(slugs);
  state.minors = std::move(minors);
  state.versions = std::move(versions);
  return absl::OkStatus();
}

}  // namespace

bool HasVersionPrefix(absl::string_view slug, absl::string_view prefix) {
  const auto parts = [](absl::string_view text) {
    return std::vector<absl::string_view>(
        absl::StrSplit(text, absl::ByAnyChar(".-"), absl::SkipEmpty()));
  };
  const std::vector<absl::string_view> whole = parts(slug), start = parts(prefix);
  return start.size() <= whole.size() && std::equal(start.begin(), start.end(), whole.begin());
}

const Table<KubernetesVersionView>& KubernetesVersionView::Fields() {
  static const auto& table = *new Table<KubernetesVersionView>({
      Field("slug", &KubernetesVersionView::slug, Computed(),
            Doc("What `version` of a cluster takes, such as `1.34.1-do.0`.")),
      Field("kubernetes_version", &KubernetesVersionView::kubernetes_version, Computed(),
            Doc("The Kubernetes release, such as `1.34.1`.")),
      Field("supported_features", &KubernetesVersionView::supported_features, Computed(),
            Doc("What DigitalOcean offers for clusters of this version.")),
  });
  return table;
}

const Table<KubernetesVersionsModel>& KubernetesVersionsModel::Fields() {
  static const auto& table = *new Table<KubernetesVersionsModel>({
      Field("version_prefix", &KubernetesVersionsModel::version_prefix, Optional(),
            Check(Matches("[0-9]+([.-][a-z0-9]+)*[.-]?",
                          "must be the beginning of a version, such as \"1.34\"")),
            Doc("Only versions that begin so, part by part: `1.3` is not the beginning of "
                "`1.30.2-do.0`.")),
      Field("latest_version", &KubernetesVersionsModel::latest_version, Computed(),
            Doc("Slug of the newest.")),
      Field("valid_versions", &KubernetesVersionsModel::valid_versions, Computed(),
            Doc("The slugs, newest first.")),
      Field("minors", &KubernetesVersionsModel::minors, Computed(),
            Doc("The minor versions among them, newest first; a cluster takes these as well.")),
      Field("versions", &KubernetesVersionsModel::versions, Computed(),
            Doc("The versions with what they support, newest first.")),
  });
  return table;
}

KubernetesVersionsDataSource::KubernetesVersionsDataSource(Connections& connections)
    : DataSource("kproto_kubernetes_versions",
                 "The Kubernetes versions that DigitalOcean offers for new clusters. That none has "
                 "the prefix is an error that lists what there is."),
      connections_(connections) {}

void KubernetesVersionsDataSource::Read(KubernetesVersionsModel& state,
                                        const RequestContext& context, Diagnostics& diagnostics) {
  const auto api = connections_.DigitalOceanForReading();
  diagnostics.AddStatus(api.ok() ? Fill(**api, state, context.stop) : api.status(),
                        "Could not read the Kubernetes versions");
}

}  // namespace kproto
