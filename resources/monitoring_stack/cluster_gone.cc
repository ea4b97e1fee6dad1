// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/cluster_gone.h"

#include "absl/strings/str_cat.h"

namespace kproto::monitoring_stack {
bool PlanWithoutCluster(const MonitoringStackModel& prior, const MonitoringStackModel& config,
                        MonitoringStackModel& planned, Diagnostics& diagnostics) {
  const std::string id = prior.cluster_id.value_or("");
  const std::string what = absl::StrCat("DigitalOcean has no cluster ", id,
                                        " any more, and the stack went with it. Somebody deleted "
                                        "it without this configuration.");
  if (config.cluster_id.is_known() && *config.cluster_id == id) {
    diagnostics.AddError("The cluster of the stack is gone",
                         absl::StrCat(what,
                                      " cluster_id still names it: name another cluster, or "
                                      "remove the resource."),
                         Path("cluster_id"));
    return false;
  }
  if (config.cluster_gone.value_or("error") != "forget") {
    diagnostics.AddError(
        "The cluster of the stack is gone",
        absl::StrCat(what,
                     " Its logs and dashboards are lost unless their volumes were retained. Set "
                     "cluster_gone = \"forget\" to have the stack made anew in the cluster that "
                     "takes its place, or remove the resource."),
        Path("cluster_gone"));
    return false;
  }
  diagnostics.AddWarning("The cluster of the stack is gone",
                         absl::StrCat(what, " The stack is made anew."), Path("cluster_id"));
  // What usually never changes; that cluster_id does replaces everything else.
  planned.id = planned.cluster_uid = Attr<std::string>::Unknown();
  if (config.node_pool.is_null()) {
    planned.node_pool = Attr<std::string>::Unknown();
  }
  return true;
}

}  // namespace kproto::monitoring_stack
