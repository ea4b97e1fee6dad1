// SPDX-License-Identifier: MPL-2.0
#include "clients/helm/helm.h"

#include "absl/strings/str_cat.h"

namespace kproto::helm {
namespace {

struct StatusName {
  ReleaseStatus status;
  absl::string_view name;
};

constexpr StatusName kStatusNames[] = {
    {ReleaseStatus::kUnknown, "unknown"},
    {ReleaseStatus::kDeployed, "deployed"},
    {ReleaseStatus::kUninstalled, "uninstalled"},
    {ReleaseStatus::kSuperseded, "superseded"},
    {ReleaseStatus::kFailed, "failed"},
    {ReleaseStatus::kUninstalling, "uninstalling"},
    {ReleaseStatus::kPendingInstall, "pending-install"},
    {ReleaseStatus::kPendingUpgrade, "pending-upgrade"},
    {ReleaseStatus::kPendingRollback, "pending-rollback"},
};

}  // namespace

std::string ChartRef::ToString() const {
  return absl::StrCat("chart ", name, version.empty() ? "" : " ", version, " of ", repo_url);
}

std::string ReleaseKey::ToString() const { return absl::StrCat("release ", ns, "/", name); }

ReleaseStatus ParseReleaseStatus(absl::string_view text) {
  for (const StatusName& known : kStatusNames) {
    if (known.name == text) {
      return known.status;
    }
  }
  return ReleaseStatus::kUnknown;
}

absl::string_view ToString(ReleaseStatus status) {
  for (const StatusName& known : kStatusNames) {
    if (known.status == status) {
      return known.name;
    }
  }
  return "unknown";
}

bool IsPending(ReleaseStatus status) {
  return status == ReleaseStatus::kPendingInstall || status == ReleaseStatus::kPendingUpgrade ||
         status == ReleaseStatus::kPendingRollback;
}

}  // namespace kproto::helm
