// SPDX-License-Identifier: MPL-2.0
// kproto_cluster, what is: refresh and import.
#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "resources/cluster/associated.h"
#include "resources/cluster/health.h"
#include "resources/cluster/lookup.h"
#include "resources/cluster/mapping.h"
#include "resources/cluster/node_actions.h"
#include "resources/cluster/project_step.h"
#include "resources/cluster/registry_step.h"
#include "resources/cluster/resource.h"
#include "resources/cluster/resource_parts.h"
#include "resources/cluster/states.h"
#include "resources/cluster/steps.h"
#include "resources/cluster/surroundings.h"
#include "resources/cluster/version.h"
#include "resources/object_resource.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

void MarkGone(ClusterModel& state) {
  state.id = {};
  state.status = "gone";
  state.endpoint = {};
  state.cluster_ca_certificate = {};
}

}  // namespace

Existence ClusterResource::Read(ClusterModel& state, Operation& operation) {
  const std::string summary = absl::StrCat("Could not read ", Title(state));
  const auto api = connections_.DigitalOceanForReading();
  if (!api.ok()) {
    operation.diagnostics.AddStatus(api.status(), summary);
    return Existence::kPresent;
  }
  if (!IsComplete(state)) {
    leaving_.Note(state);  // tainted: what takes its place is planned without a word about it
  }
  if (!state.id.is_known()) {
    return ReadWithoutCluster(state, **api, operation);
  }
  const auto live = (*api)->GetCluster(*state.id, operation.request.stop);
  if (!live.ok()) {
    operation.diagnostics.AddStatus(live.status(), summary);
    return Existence::kPresent;
  }
  if (!*live) {
    return ReadWithoutCluster(state, **api, operation);
  }
  if (const absl::Status complete = CheckComplete(**live); !complete.ok()) {
    operation.diagnostics.AddStatus(complete, summary);
    return Existence::kPresent;
  }
  WarnOfUnknownStates(**live, operation.diagnostics);
  const Value pools = EncodeAttr(state.node_pools);
  const Attr<bool> ha = state.ha;
  const ClusterModel before = state;
  ReadCluster(**live, state);
  NoteStaleLabels(before, state);
  WarnIfDegraded(**api, **live, operation.request.stop, operation.diagnostics);
  // Imported, or made before the argument was there.
  state.deletion_protection = state.deletion_protection.value_or(false);
  state.wait_for_nodes = state.wait_for_nodes.value_or(true);
  ReadAssociated(state, **api, operation);
  const AssociatedCost associated = AssociatedPart(state.cost);
  if (!(state.ha == ha) || EncodeAttr(state.node_pools) != pools) {
    state.cost = {};  // Something that is paid for may have changed.
  }
  PriceIfUnknown(**api, associated, state, operation);
  ReadProject(**api, state, operation);
  ReadRegistries(**api, **live, state, operation);
  if (IsComplete(state)) {
    DropSettledIntents(connections_.journal(), *state.id, kClusterIdFact);
  }
  return Existence::kPresent;
}

// What the workloads made is news, not a reason to fail: when it cannot be had, what was known
// stays.
void ClusterResource::ReadAssociated(ClusterModel& state, ocean::DigitalOcean& api,
                                     Operation& operation) {
  const auto found =
      FindAssociated(api, *state.id, state.associated_resources, operation.request.stop);
  if (absl::IsPermissionDenied(found.status())) {
    Log(LogLevel::kInfo, "the token may not list what the cluster's workloads made",
        {{"answer", std::string(found.status().message())}});
    return;  // somebody's choice, and no news on every refresh; a destroy says so
  }
  if (!found.ok()) {
    operation.diagnostics.AddWarning(
        "Could not look for what the cluster's workloads made",
        absl::StrCat("associated_resources and the cost of them stay as they were: ",
                     std::string(found.status().message()), "."),
        Path("associated_resources"));
    return;
  }
  state.associated_resources = Named(*found);
  const AssociatedCost cost = CostOfThings(*found);
  if (state.cost.is_known()) {
    state.cost = WithAssociated(*state.cost, cost);
    state.monthly_cost = OwnMonthly(*state.cost);
  } else {
    ClusterCost only;  // priced as soon as everything else is
    state.cost = WithAssociated(only, cost);
    state.monthly_cost = {};
  }
}

// The cluster is gone; what was made for it or by it, and shall go with it, may not be, and must
// not be forgotten.
Existence ClusterResource::ReadWithoutCluster(ClusterModel& state, ocean::DigitalOcean& api,
                                              Operation& operation) {
  if (!OwnsVpc(state)) {
    return ReadLeftovers(state, api, operation);
  }
  const auto vpc = api.GetVpc(*state.vpc_id, operation.request.stop);
  if (!vpc.ok()) {
    operation.diagnostics.AddStatus(vpc.status(),
                                    absl::StrCat("Could not read the VPC of ", Title(state)));
    return Existence::kPresent;
  }
  if (!*vpc) {
    return ReadLeftovers(state, api, operation);
  }
  MarkGone(state);
  return Existence::kPresent;
}

Existence ClusterResource::ReadLeftovers(ClusterModel& state, ocean::DigitalOcean& api,
                                         Operation& operation) {
  const auto found =
      FindAssociated(api, ClusterIdOf(state), state.associated_resources, operation.request.stop);
  if (absl::IsPermissionDenied(found.status())) {
    return Existence::kAbsent;  // Who may not look cannot be held up by it.
  }
  if (!found.ok()) {
    operation.diagnostics.AddStatus(
        found.status(), absl::StrCat("Could not look for what is left of ", Title(state)));
    return Existence::kPresent;
  }
  if (Doomed(*found, state.on_destroy).empty()) {
    return Existence::kAbsent;
  }
  state.associated_resources = Named(*found);
  MarkGone(state);
  return Existence::kPresent;
}

void ClusterResource::ImportModel(const std::string& id, ClusterModel& state,
                                  Operation& operation) {
  const std::string summary = absl::StrCat("Could not import cluster \"", id, "\"");
  const auto api = connections_.DigitalOcean();
  if (!api.ok()) {
    operation.diagnostics.AddStatus(api.status(), summary);
    return;
  }
  const absl::StatusOr<ocean::Cluster> found =
      LookUpCluster(**api, id, ClusterHandle::kIdOrName, operation.request.stop);
  if (!found.ok()) {
    operation.diagnostics.AddStatus(found.status(), summary);
    return;
  }
  const ocean::Cluster& cluster = *found;
  ReadCluster(cluster, state);
  state.version = MinorOf(cluster.version);
  const Surroundings surroundings = FindSurroundings(**api, cluster, operation.request.stop);
  if (surroundings.project && !surroundings.project->is_default) {
    state.project_id = surroundings.project->id;
  }
  ImportRegistries(**api, cluster, state, operation);
  const auto vpc = (*api)->GetVpc(cluster.vpc_uuid, operation.request.stop);
  if (!vpc.ok()) {
    operation.diagnostics.AddStatus(vpc.status(), summary);
    return;
  }
  if (*vpc && !NonceOf((*vpc)->description).empty()) {
    ClusterVpc made;
    made.ip_range = (*vpc)->ip_range;
    if ((*vpc)->name != absl::StrCat(cluster.name, "-vpc")) {
      made.name = (*vpc)->name;
    }
    state.vpc = std::move(made);
  } else if (*vpc && !(*vpc)->is_default) {
    state.vpc = ClusterVpc{.id = cluster.vpc_uuid};
  }
  const auto credentials =
      (*api)->GetCredentials(cluster.id, absl::Minutes(1), operation.request.stop);
  if (credentials.ok()) {
    state.cluster_ca_certificate = credentials->certificate_authority_pem;
  }
  if (const std::string around = Describe(surroundings); !around.empty()) {
    operation.diagnostics.AddWarning(
        absl::StrCat("Cluster \"", cluster.name, "\" has surroundings of its own"),
        absl::StrCat("Beside the cluster and its pools there is:", around));
  }
}

}  // namespace kproto
