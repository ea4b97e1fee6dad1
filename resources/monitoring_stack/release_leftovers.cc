// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/release_leftovers.h"

#include <set>
#include <tuple>
#include <vector>

#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::AnnotationOf;
using kubernetes::ObjectKey;

// Not by API version: an object that a chart moves to another is the same object.
using Identity = std::tuple<std::string, std::string, std::string>;

Identity IdentityOf(const ObjectKey& key) { return {key.kind, key.ns, key.name}; }

bool IsOfRelease(const nlohmann::json& object, const helm::ReleaseKey& key) {
  return AnnotationOf(object, "meta.helm.sh/release-name") == key.name &&
         AnnotationOf(object, "meta.helm.sh/release-namespace") == key.ns &&
         AnnotationOf(object, "helm.sh/resource-policy") != "keep";
}

// The objects of all revisions but the last that the last one does not have.
absl::StatusOr<std::vector<ObjectKey>> Outdated(const Cluster& cluster, helm::Helm& helm,
                                                const helm::ReleaseKey& key,
                                                const kubernetes::Call& call) {
  std::vector<ObjectKey> outdated;
  KPROTO_ASSIGN_OR_RETURN(const std::vector<helm::Release> history,
                          helm.History(cluster.credentials, key, call));
  std::set<Identity> seen;
  for (auto release = history.rbegin(); history.size() > 1 && release != history.rend();
       ++release) {
    const auto objects = helm.GetManifest(cluster.credentials, key, release->revision, call);
    if (absl::IsNotFound(objects.status())) {
      continue;  // Helm keeps but the last few
    }
    KPROTO_RETURN_IF_ERROR(objects.status());
    for (const nlohmann::json& object : *objects) {
      const ObjectKey one = kubernetes::KeyOf(object);
      if (seen.insert(IdentityOf(one)).second && release != history.rbegin()) {
        outdated.push_back(one);
      }
    }
  }
  return outdated;
}

}  // namespace

absl::Status RemoveLeftovers(const Cluster& cluster, helm::Helm& helm, const helm::ReleaseKey& key,
                             const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const std::vector<ObjectKey> outdated,
                          Outdated(cluster, helm, key, call));
  std::vector<ObjectKey> going;
  for (const ObjectKey& one : outdated) {
    KPROTO_ASSIGN_OR_RETURN(const auto there, cluster.kubernetes->Get(one, call));
    if (there && IsOfRelease(*there, key)) {
      KPROTO_RETURN_IF_ERROR(
          cluster.kubernetes->Delete(one, kubernetes::Propagation::kBackground, call));
      going.push_back(one);
    }
  }
  for (const ObjectKey& one : going) {
    KPROTO_RETURN_IF_ERROR(kubernetes::WaitDeleted(*cluster.kubernetes, one, call));
  }
  return absl::OkStatus();
}

}  // namespace kproto::monitoring_stack
