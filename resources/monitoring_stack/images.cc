// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/images.h"

#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::ListAt;
using kubernetes::StringAt;

void Read(const Json& pod, std::map<std::string, std::string>& pulled) {
  std::map<std::string, std::string> ids;  // by container
  for (const char* list : {"/status/initContainerStatuses", "/status/containerStatuses"}) {
    for (const Json& status : ListAt(pod, list)) {
      ids[StringAt(status, "/name")] = StringAt(status, "/imageID");
    }
  }
  for (const char* list : {"/spec/initContainers", "/spec/containers"}) {
    for (const Json& container : ListAt(pod, list)) {
      const std::string& id = ids[StringAt(container, "/name")];
      if (absl::StrContains(id, "@sha256:")) {
        pulled[StringAt(container, "/image")] = id;
      }
    }
  }
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> PulledImages(const Cluster& cluster,
                                                                const Desired& desired,
                                                                const kubernetes::Call& call) {
  std::map<std::string, std::string> pulled;
  std::vector<std::string> namespaces = ExtraNamespaces(desired.extras, desired.Surroundings());
  namespaces.insert(namespaces.end(), {desired.argocd_ns, desired.ns});
  for (const std::string& ns : namespaces) {
    kubernetes::ListOptions options;
    options.ns = ns;
    KPROTO_ASSIGN_OR_RETURN(std::vector<Json> pods,
                            cluster.kubernetes->List("v1", "Pod", options, call));
    for (const Json& pod : pods) {
      Read(pod, pulled);
    }
  }
  return pulled;
}

}  // namespace kproto::monitoring_stack
