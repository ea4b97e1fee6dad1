// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/orphans.h"

#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::Json;
using kubernetes::StringAt;

// Ids and names of the load balancers that Services stand for. The cloud controller names one "a"
// and the Service's uid without dashes, and writes its id to an annotation.
absl::StatusOr<std::set<std::string>> BalancersInUse(kubernetes::Kubernetes& kubernetes,
                                                     const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const std::vector<Json> services,
                          kubernetes.List("v1", "Service", {}, call));
  std::set<std::string> used;
  for (const Json& service : services) {
    const auto annotations = kubernetes::StringMapAt(service, "/metadata/annotations");
    for (const char* name : {"kubernetes.digitalocean.com/load-balancer-id",
                             "service.beta.kubernetes.io/do-loadbalancer-name"}) {
      if (const auto found = annotations.find(name); found != annotations.end()) {
        used.insert(found->second);
      }
    }
    used.insert(
        absl::StrCat("a", absl::StrReplaceAll(StringAt(service, "/metadata/uid"), {{"-", ""}})));
  }
  return used;
}

absl::StatusOr<std::set<std::string>> VolumesInUse(kubernetes::Kubernetes& kubernetes,
                                                   const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const std::vector<Json> volumes,
                          kubernetes.List("v1", "PersistentVolume", {}, call));
  std::set<std::string> used;
  for (const Json& volume : volumes) {
    used.insert(StringAt(volume, "/spec/csi/volumeHandle"));
  }
  return used;
}

void AddUnused(const std::vector<digitalocean::NamedId>& made, const std::set<std::string>& used,
               const char* kind, std::vector<std::string>& orphans) {
  for (const digitalocean::NamedId& thing : made) {
    if (!used.contains(thing.id) && !used.contains(thing.name)) {
      orphans.push_back(absl::StrCat(kind, " ", thing.name, " (", thing.id, ")"));
    }
  }
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FindOrphans(digitalocean::DigitalOcean& cloud,
                                                     kubernetes::Kubernetes& kubernetes,
                                                     const std::string& cluster_id,
                                                     const kubernetes::Call& call) {
  std::vector<std::string> orphans;
  KPROTO_ASSIGN_OR_RETURN(const auto made, cloud.GetAssociatedResources(cluster_id, call.stop));
  if (!made) {
    return orphans;
  }
  KPROTO_ASSIGN_OR_RETURN(const std::set<std::string> balancers, BalancersInUse(kubernetes, call));
  KPROTO_ASSIGN_OR_RETURN(const std::set<std::string> volumes, VolumesInUse(kubernetes, call));
  AddUnused(made->load_balancers, balancers, "load balancer", orphans);
  AddUnused(made->volumes, volumes, "volume", orphans);
  return orphans;
}

}  // namespace kproto::monitoring_stack
