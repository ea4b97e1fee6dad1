// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/resource.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "clients/http/response.h"
#include "resources/cluster/checks.h"
#include "resources/cluster/cost.h"
#include "resources/cluster/mapping.h"
#include "resources/cluster/node_actions.h"
#include "resources/cluster/node_versions.h"
#include "resources/cluster/on_destroy.h"
#include "resources/cluster/project_step.h"
#include "resources/cluster/registry_step.h"
#include "resources/cluster/resource_parts.h"
#include "resources/cluster/steps.h"
#include "resources/object_resource.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

// The steps of one cluster, in one place for every verb.
struct Steps {
  explicit Steps(ClusterWork& work)
      : vpc(MakeVpcStep(work)),
        associated(MakeAssociatedStep(work)),
        cluster(MakeClusterStep(work)),
        upgrade(MakeUpgradeStep(work)),
        pools(MakeNodePoolsStep(work)),
        node_actions(MakeNodeActionsStep(work)),
        firewall(MakeFirewallStep(work)),
        api_server(MakeApiServerStep(work)),
        project(MakeProjectStep(work)),
        registries(MakeRegistriesStep(work)),
        certificate(MakeCertificateStep(work)) {}
  std::vector<Step*> all() {
    return {vpc.get(),      cluster.get(),    upgrade.get(), pools.get(),      node_actions.get(),
            firewall.get(), api_server.get(), project.get(), registries.get(), certificate.get()};
  }
  std::vector<Step*> all_to_remove() {
    std::vector<Step*> steps = all();
    steps.push_back(associated.get());
    return steps;
  }

  std::unique_ptr<Step> vpc, associated, cluster, upgrade, pools, node_actions, firewall,
      api_server, project, registries, certificate;
};

void Report(const RunReport& report, const std::string& summary, Diagnostics& diagnostics) {
  if (report.status.ok()) {
    return;
  }
  diagnostics.AddStatus(report.status, summary);
  Log(LogLevel::kError, summary,
      {{"step", report.failed_step}, {"not_reached", absl::StrJoin(report.not_reached, ", ")}});
}

auto Connector(Connections& connections) {
  return [&connections](const kubernetes::Credentials& credentials) {
    return connections.Kubernetes(credentials);
  };
}

// What the API says goes into the state; a cost that the plan has promised stays.
void ReadLive(const ClusterWork& work, ClusterModel& state) {
  if (work.live) {
    ReadCluster(*work.live, state);
  }
}

// What the plan said of a pool holds for this apply, though nodes come and go on their own (repair,
// autoscaler): the next read tells.
void KeepPromises(const ClusterModel& planned, ClusterModel& state) {
  if (planned.status.is_known()) {
    state.status = planned.status;
  }
  for (auto& [name, pool] : *state.node_pools) {
    const auto promised = planned.node_pools->find(name);
    if (promised == planned.node_pools->end() || !promised->second.is_known()) {
      continue;
    }
    if (promised->second->nodes.is_known()) {
      pool->nodes = promised->second->nodes;
    }
    if (promised->second->count.is_known()) {
      pool->count = promised->second->count;
    }
  }
}

// For the attribute: seconds with one decimal.
MapOf<double> PhasesOf(const RunReport& report) {
  MapOf<double> phases;
  for (const auto& [step, duration] : report.durations) {
    phases[step] = std::round(absl::ToDoubleSeconds(duration) * 10) / 10;
  }
  return phases;
}

}  // namespace

ClusterResource::ClusterResource(Connections& connections)
    : Resource("kproto_cluster", 0,
               "A DigitalOcean Kubernetes (DOKS) cluster with its VPC and all its node pools. None "
               "of the pools is privileged: any may be added, changed or removed."),
      connections_(connections) {}

void ClusterResource::ValidateModel(const ClusterModel& config, Diagnostics& diagnostics) {
  CheckModel(config, diagnostics);
}

Existence ClusterResource::Create(const ClusterModel&, ClusterModel& state, Operation& operation) {
  const std::string summary = absl::StrCat("Could not create ", Title(state));
  const auto api = connections_.DigitalOcean();
  auto intent = api.ok() ? connections_.journal().Begin(IntentKey(state))
                         : absl::StatusOr<Intent>(api.status());
  if (!intent.ok()) {
    operation.diagnostics.AddStatus(intent.status(), summary);
    return Existence::kAbsent;
  }
  ClusterWork work{**api, connections_.journal(), state, state, *std::move(intent),
                   {},    Connector(connections_)};
  Steps steps(work);
  Runner runner(
      connections_.clock(),
      {operation.request.stop, TimeoutOr(state.timeouts, &Timeouts::create, absl::Minutes(60)),
       "create", Title(state)});
  const RunReport report = runner.Converge(steps.all());
  operation.diagnostics.Append(work.warnings);
  ReadLive(work, state);
  state.phases = PhasesOf(report);
  Report(report, summary, operation.diagnostics);
  if (report.status.ok()) {
    PriceIfUnknown(**api, AssociatedPart(state.cost), state, operation);
  }
  const bool nothing_made = !state.id.is_known() && !OwnsVpc(state);
  SettleIntent(connections_.journal(), *work.intent,
               nothing_made && !http::MayHaveTakenEffect(report.status), operation.diagnostics);
  return nothing_made ? Existence::kAbsent : Existence::kPresent;
}

void ClusterResource::Update(const ClusterModel& prior, const ClusterModel&, ClusterModel& state,
                             Operation& operation) {
  const std::string summary = absl::StrCat("Could not update ", Title(state));
  const auto api = connections_.DigitalOcean();
  if (!api.ok()) {
    operation.diagnostics.AddStatus(api.status(), summary);
    state = prior;
    return;
  }
  ClusterWork work{**api, connections_.journal(), state, state, {}, {}, Connector(connections_)};
  work.replace_nodes = NodesToReplace(state, prior);
  work.node_versions = [this, id = prior.id.value_or("")](std::stop_token stop) {
    return ReadNodeVersions(connections_, id, stop);
  };
  work.registries_before = prior.registries;
  Steps steps(work);
  Runner runner(
      connections_.clock(),
      {operation.request.stop, TimeoutOr(state.timeouts, &Timeouts::update, absl::Minutes(60)),
       "update", Title(state)});
  const RunReport report = runner.Converge(steps.all());
  if (!report.status.ok()) {
    // Half-way: the state tells what is, so that the next plan shows what is still to do.
    state = prior;
  }
  ReadLive(work, state);
  NoteStaleLabels(prior, state);
  operation.diagnostics.Append(work.warnings);
  Report(report, summary, operation.diagnostics);
  if (report.status.ok()) {
    state.phases = PhasesOf(report);
    KeepPromises(work.wanted, state);
    PriceIfUnknown(**api, AssociatedPart(prior.cost), state, operation);
  }
}

void ClusterResource::Delete(ClusterModel& state, Operation& operation) {
  const std::string summary = absl::StrCat("Could not destroy ", Title(state));
  const auto api = connections_.DigitalOcean();
  if (!api.ok()) {
    operation.diagnostics.AddStatus(api.status(), summary);
    return;
  }
  const absl::StatusOr<bool> handed_over = HandOver(state, **api, operation);
  if (!handed_over.ok()) {
    operation.diagnostics.AddStatus(handed_over.status(), summary);
    return;
  }
  // Plans refuse this already, but do not see a taint or -replace.
  if (const absl::Status refused = RefuseIfProtected(state, "this apply would destroy it");
      !refused.ok()) {
    operation.diagnostics.AddStatus(refused, "The cluster is protected");
    return;
  }
  ClusterWork work{**api, connections_.journal(), state, state, {}, {}, Connector(connections_)};
  Steps steps(work);
  Runner runner(
      connections_.clock(),
      {operation.request.stop, TimeoutOr(state.timeouts, &Timeouts::remove, absl::Minutes(30)),
       "delete", Title(state)});
  const std::string id = ClusterIdOf(state);
  RunReport report;
  if (!*handed_over) {
    report = runner.Remove(steps.all_to_remove());
  } else if (!state.id.is_known()) {
    report = runner.Remove({steps.associated.get()});  // what a cluster that is gone left behind
  }
  operation.diagnostics.Append(work.warnings);
  Report(report, summary, operation.diagnostics);
  if (report.status.ok() && !*handed_over) {
    DropSettledIntents(connections_.journal(), id, kClusterIdFact);
  }
}

// A cluster whose creation failed or was interrupted is tainted by the host: the next apply deletes
// and creates it. Deleting would throw away minutes of work, so when the very same cluster is about
// to be created again, it goes back to the journal and the create half goes on with it. A plain
// destroy was planned as such and never comes here with a create plan.
absl::StatusOr<bool> ClusterResource::HandOver(const ClusterModel& state, ocean::DigitalOcean& api,
                                               Operation& operation) {
  if (IsComplete(state) || !PlannedToCreate(operation.private_state, IntentKey(state))) {
    return false;
  }
  Intent intent;
  intent.key = IntentKey(state);
  if (state.id.is_known()) {
    KPROTO_ASSIGN_OR_RETURN(const auto cluster, api.GetCluster(*state.id, operation.request.stop));
    if (!cluster || cluster->status.state == ocean::ClusterState::kDeleting ||
        cluster->status.state == ocean::ClusterState::kError) {
      return false;  // Nothing to go on with: what failed is replaced, as the plan says.
    }
    intent.nonce = NonceOf(cluster->tags);
    intent.facts["cluster_id"] = *state.id;
  }
  if (OwnsVpc(state)) {
    KPROTO_ASSIGN_OR_RETURN(const auto vpc, api.GetVpc(*state.vpc_id, operation.request.stop));
    if (vpc) {
      const std::string nonce = NonceOf(vpc->description);
      intent.nonce = intent.nonce.empty() ? nonce : intent.nonce;
      intent.facts["vpc_id"] = *state.vpc_id;
    }
  }
  if (intent.nonce.empty() || !connections_.journal().Note(intent).ok()) {
    return false;
  }
  Log(LogLevel::kInfo, "unfinished cluster is gone on with, not destroyed",
      {{"cluster", state.id.value_or("")}});
  return true;
}

}  // namespace kproto
