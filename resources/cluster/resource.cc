// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/resource.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "clients/http/response.h"
#include "resources/cluster/associated.h"
#include "resources/cluster/checks.h"
#include "resources/cluster/cost.h"
#include "resources/cluster/health.h"
#include "resources/cluster/lookup.h"
#include "resources/cluster/mapping.h"
#include "resources/cluster/node_actions.h"
#include "resources/cluster/node_versions.h"
#include "resources/cluster/on_destroy.h"
#include "resources/cluster/project_step.h"
#include "resources/cluster/registry_step.h"
#include "resources/cluster/states.h"
#include "resources/cluster/steps.h"
#include "resources/cluster/surroundings.h"
#include "resources/cluster/version.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

std::string Title(const ClusterModel& cluster) {
  return absl::StrCat("cluster \"", cluster.name.value_or(""), "\"");
}

// Whether the steps once went through to the end: the certificate comes last.
bool IsComplete(const ClusterModel& state) { return state.cluster_ca_certificate.is_known(); }

bool OwnsVpc(const ClusterModel& state) {
  return state.vpc.is_known() && state.vpc->id.is_null() && state.vpc_id.is_known();
}

void MarkGone(ClusterModel& state) {
  state.id = {};
  state.status = "gone";
  state.endpoint = {};
  state.cluster_ca_certificate = {};
}

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
        project(MakeProjectStep(work)),
        registries(MakeRegistriesStep(work)),
        certificate(MakeCertificateStep(work)) {}
  std::vector<Step*> all() {
    return {vpc.get(),      cluster.get(), upgrade.get(),    pools.get(),      node_actions.get(),
            firewall.get(), project.get(), registries.get(), certificate.get()};
  }
  std::vector<Step*> all_to_remove() {
    std::vector<Step*> steps = all();
    steps.push_back(associated.get());
    return steps;
  }

  std::unique_ptr<Step> vpc, associated, cluster, upgrade, pools, node_actions, firewall, project,
      registries, certificate;
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

// A price that cannot be had is null and a warning: an error would taint a cluster that is well.
void PriceIfUnknown(ocean::DigitalOcean& api, const AssociatedCost& associated, ClusterModel& state,
                    Operation& operation) {
  if (state.cost.is_known() && state.monthly_cost.is_known()) {
    return;
  }
  state.cost = {};
  state.monthly_cost = {};
  const auto sizes = api.ListSizes(operation.request.stop);
  if (!sizes.ok()) {
    operation.diagnostics.AddWarning("Monthly cost not known",
                                     std::string(sizes.status().message()));
    return;
  }
  if (const std::optional<ClusterCost> cost = CostOf(state, *sizes, associated)) {
    state.cost = *cost;
    state.monthly_cost = OwnMonthly(*cost);
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

// Nothing came of it: the journal need not remember. Otherwise the host is told of what there is.
void Settle(ClusterWork& work, bool nothing_made, Diagnostics& diagnostics) {
  absl::Status status;
  if (nothing_made) {
    status = work.journal.Drop(work.intent->nonce);
  } else {
    work.intent->finished = true;
    status = work.journal.Note(*work.intent);
  }
  if (!status.ok()) {
    diagnostics.AddWarning("Journal not written", std::string(status.message()));
  }
}

void DropSettled(Journal& journal, const std::string& cluster_id) {
  const auto intents = journal.All();
  if (!intents.ok()) {
    return;  // Reading must not fail for it; the entry only stays longer.
  }
  for (const Intent& intent : *intents) {
    const auto fact = intent.facts.find("cluster_id");
    if (fact != intent.facts.end() && fact->second == cluster_id) {
      (void)journal.Drop(intent.nonce);
    }
  }
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
  Settle(work, nothing_made && !http::MayHaveTakenEffect(report.status), operation.diagnostics);
  return nothing_made ? Existence::kAbsent : Existence::kPresent;
}

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
  if (state.deletion_protection.is_null()) {
    state.deletion_protection = false;  // imported, or made before the argument was there
  }
  ReadAssociated(state, **api, operation);
  const AssociatedCost associated = AssociatedPart(state.cost);
  if (!(state.ha == ha) || EncodeAttr(state.node_pools) != pools) {
    state.cost = {};  // Something that is paid for may have changed.
  }
  PriceIfUnknown(**api, associated, state, operation);
  ReadProject(**api, state, operation);
  ReadRegistries(**api, **live, state, operation);
  if (IsComplete(state)) {
    DropSettled(connections_.journal(), *state.id);
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
    DropSettled(connections_.journal(), id);
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
