// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/cluster_gone.h"

#include "absl/strings/str_cat.h"

namespace kproto::monitoring_stack {
namespace {

constexpr char kSummary[] = "The cluster of the stack is gone";

}  // namespace

bool PlanWithoutCluster(const MonitoringStackModel& prior, const MonitoringStackModel& config,
                        MonitoringStackModel& planned, Diagnostics& diagnostics) {
  const std::string id = prior.cluster_id.value_or("");
  const std::string what = absl::StrCat(
      "DigitalOcean has no cluster ", id,
      " any more, and the stack went with it. Somebody deleted it without this configuration. Logs "
      "and dashboards are lost unless their volumes were retained; volumes and load balancers that "
      "the cluster had may still be there and billed.");
  if (config.cluster_id.is_known() && *config.cluster_id == id) {
    // No error: the host asks for this plan before it destroys, too.
    diagnostics.AddWarning(kSummary,
                           absl::StrCat(what,
                                        " cluster_id still names it, so an apply can do nothing: "
                                        "name another cluster, or remove the resource."),
                           Path("cluster_id"));
    return false;
  }
  if (config.cluster_gone.value_or("forget") == "error") {
    diagnostics.AddError(kSummary,
                         absl::StrCat(what,
                                      " cluster_gone = \"error\" stops here. Without it the stack "
                                      "is made anew in the cluster that takes its place; a destroy "
                                      "gets by with -refresh=false."),
                         Path("cluster_gone"));
    return false;
  }
  diagnostics.AddWarning(
      kSummary, absl::StrCat(what, " The stack is made anew in the cluster that takes its place."),
      Path("cluster_id"));
  // What usually never changes; that cluster_id does replaces everything else.
  planned.id = planned.cluster_uid = Attr<std::string>::Unknown();
  if (config.node_pool.is_null()) {
    planned.node_pool = Attr<std::string>::Unknown();
  }
  return true;
}

}  // namespace kproto::monitoring_stack
