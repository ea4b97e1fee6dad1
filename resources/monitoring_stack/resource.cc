// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/resource.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "provider/reconcile/runner.h"
#include "resources/monitoring_stack/access.h"
#include "resources/monitoring_stack/adoption.h"
#include "resources/monitoring_stack/argocd_install.h"
#include "resources/monitoring_stack/cluster_gone.h"
#include "resources/monitoring_stack/drift.h"
#include "resources/monitoring_stack/files.h"
#include "resources/monitoring_stack/footprint.h"
#include "resources/monitoring_stack/images.h"
#include "resources/monitoring_stack/mapping.h"
#include "resources/monitoring_stack/memory.h"
#include "resources/monitoring_stack/notices.h"
#include "resources/monitoring_stack/omitted.h"
#include "resources/monitoring_stack/operation_lease.h"
#include "resources/monitoring_stack/picture.h"
#include "resources/monitoring_stack/plan.h"
#include "resources/monitoring_stack/pool.h"
#include "resources/monitoring_stack/stack.h"
#include "resources/monitoring_stack/steps.h"
#include "resources/monitoring_stack/storage_step.h"
#include "resources/monitoring_stack/validation.h"

namespace kproto {
namespace {

using monitoring_stack::Access;
using monitoring_stack::CheckPool;
using monitoring_stack::CheckStorageClass;
using monitoring_stack::ChoosePool;
using monitoring_stack::Cluster;
using monitoring_stack::Desired;
using monitoring_stack::Stack;
using monitoring_stack::ValuesFiles;
using monitoring_stack::Wanted;

constexpr char kDescription[] =
    "A monitoring stack in a Kubernetes cluster: Argo CD, installed by Helm, and Grafana, Loki and "
    "a log collector as its Applications, wired together, placed, and waited for.";
constexpr absl::Duration kCreateTimeout = absl::Minutes(45);
constexpr absl::Duration kUpdateTimeout = absl::Minutes(30);
constexpr absl::Duration kDeleteTimeout = absl::Minutes(30);
constexpr absl::Duration kReadTimeout = absl::Minutes(3);

// `model` with what only the configuration knows: the write-only credentials.
MonitoringStackModel WithSecrets(MonitoringStackModel model, const MonitoringStackModel& config) {
  model.kubernetes = config.kubernetes;
  return model;
}

std::string Subject(const MonitoringStackModel& model) {
  return absl::StrCat("kproto_monitoring_stack in namespace ", model.ns.value_or("monitoring"));
}

std::string IdOf(const Access& access, const MonitoringStackModel& model) {
  return absl::StrCat(access.ClusterName(), "/", model.ns.value_or("monitoring"));
}

// What is to be written to Secrets, and to Grafana's whether even over what is there.
void TakeSecrets(const MonitoringStackModel* prior, const MonitoringStackModel& config,
                 Stack& stack) {
  stack.git_secrets = monitoring_stack::GitSecretsOf(config.git_credentials);
  if (!config.grafana.is_known() || !config.grafana->admin_password_wo.is_known()) {
    return;
  }
  stack.password = *config.grafana->admin_password_wo;
  const Attr<int64_t> before = prior != nullptr && prior->grafana.is_known()
                                   ? prior->grafana->admin_password_wo_version
                                   : Attr<int64_t>();
  stack.password_changed =
      prior == nullptr || !(before == config.grafana->admin_password_wo_version);
}

absl::Status Describe(const RunReport& report) {
  if (report.status.ok() || report.not_reached.empty()) {
    return report.status;
  }
  return WithHint(report.status,
                  absl::StrCat(HintOf(report.status), HintOf(report.status).empty() ? "" : " ",
                               "Not reached: ", absl::StrJoin(report.not_reached, ", "),
                               ". The next apply goes on from here."));
}

using monitoring_stack::OperationLease;

absl::StatusOr<std::unique_ptr<OperationLease>> Lease(Access& access,
                                                      const MonitoringStackModel& model,
                                                      Connections& connections,
                                                      const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, access.Get(call));
  return OperationLease::Take(cluster.kubernetes, model.ns.value_or("monitoring"),
                              connections.clock(), call);
}

// What an operation that changes the stack works with. The lease is the last to go.
struct Prepared {
  std::unique_ptr<OperationLease> lease;
  std::unique_ptr<Stack> stack;
};

// All that is looked at before anything is changed: values files, nodes, the lease, the render, and
// what else could be in the way. `prior` is null when the stack is to be made.
absl::StatusOr<Prepared> Prepare(Connections& connections, Access& access,
                                 const MonitoringStackModel* prior,
                                 const MonitoringStackModel& config, const kubernetes::Call& call,
                                 MonitoringStackModel& state, Operation& operation) {
  monitoring_stack::FillOmitted(config, state);  // where the plan did not know which
  KPROTO_ASSIGN_OR_RETURN(const ValuesFiles files, monitoring_stack::ReadValues(state));
  if (!state.node_pool.is_known()) {
    KPROTO_ASSIGN_OR_RETURN(state.node_pool, ChoosePool(access, call));
  } else if (prior == nullptr || !(state.node_pool == prior->node_pool)) {
    KPROTO_RETURN_IF_ERROR(CheckPool(access, *state.node_pool, call));
  }
  Prepared prepared;
  KPROTO_ASSIGN_OR_RETURN(prepared.lease, Lease(access, state, connections, call));
  KPROTO_ASSIGN_OR_RETURN(
      Desired desired,
      monitoring_stack::Rendered(state, config, files, connections, call, operation.private_state));
  prepared.stack = std::make_unique<Stack>(connections, access, std::move(desired));
  Stack& stack = *prepared.stack;
  TakeSecrets(prior, config, stack);
  monitoring_stack::WarnOfExpiry(access, operation);
  if (prior == nullptr) {
    KPROTO_RETURN_IF_ERROR(monitoring_stack::CheckOwnership(stack, call));
  } else {
    stack.formerly = monitoring_stack::NoLongerWanted(*prior, stack.desired);
  }
  KPROTO_RETURN_IF_ERROR(
      CheckStorageClass(stack.desired.storage, access, connections.clock(), call));
  monitoring_stack::KeepChecked(state, files, stack.desired, operation.private_state);
  return prepared;
}

// Everything that create and update have in common, once the stack is known.
absl::Status Converge(Connections& connections, Stack& stack, const RunOptions& options,
                      MonitoringStackModel& state) {
  const auto steps = monitoring_stack::StepsOf(stack);
  const RunReport report = Runner(connections.clock(), options).Converge(Pointers(steps));
  if (report.status.ok()) {
    // Worth knowing, and no reason to fail.
    const kubernetes::Call call{absl::Now() + kReadTimeout, options.stop};
    if (const auto cluster = stack.access.Get(call); cluster.ok()) {
      auto images = monitoring_stack::PulledImages(*cluster, stack.desired, call);
      if (images.ok()) {
        stack.found.images = *std::move(images);
      }
    }
  }
  monitoring_stack::FillUnknown(stack, state);
  return Describe(report);
}

}  // namespace

MonitoringStackResource::MonitoringStackResource(Connections& connections)
    : Resource("kproto_monitoring_stack", 0, kDescription), connections_(connections) {}

void MonitoringStackResource::ValidateModel(const MonitoringStackModel& config,
                                            Diagnostics& diagnostics) {
  monitoring_stack::ValidateStack(config, diagnostics);
}

void MonitoringStackResource::ModifyPlan(const MonitoringStackModel* prior,
                                         const MonitoringStackModel& config,
                                         MonitoringStackModel& planned, std::vector<Path>& replace,
                                         Operation& operation) {
  if (prior != nullptr && monitoring_stack::ClusterIsGone(operation.private_state)) {
    if (!monitoring_stack::PlanWithoutCluster(*prior, config, planned, operation.diagnostics)) {
      return;
    }
    prior = nullptr;
  }
  monitoring_stack::RefinePlan(prior, config, planned, replace, connections_, operation);
}

void MonitoringStackResource::PlanDestroy(const MonitoringStackModel& prior, Operation& operation) {
  const int64_t gib = prior.planned_volume_gib.value_or(0);
  if (gib == 0) {
    return;
  }
  const monitoring_stack::StorageWanted storage =
      monitoring_stack::StorageOf(prior.storage, prior.ns.value_or(""));
  const bool kept =
      storage.reclaim_policy == "Retain" || absl::EndsWith(storage.storage_class, "-retain");
  operation.diagnostics.AddWarning(
      kept ? "The volumes stay" : "The data goes with the stack",
      kept ? absl::StrCat("The stack's volumes (", gib,
                          " GiB) are retained: they stay in the cluster as released "
                          "PersistentVolumes, and are billed until somebody deletes them.")
           : absl::StrCat("Destroying the stack deletes its volumes (", gib,
                          " GiB) with all logs and dashboards on them. To keep them, apply "
                          "storage = { reclaim_policy = \"Retain\" } first."));
}

Existence MonitoringStackResource::Create(const MonitoringStackModel& config,
                                          MonitoringStackModel& state, Operation& operation) {
  const absl::Duration timeout = TimeoutOr(config.timeouts, &Timeouts::create, kCreateTimeout);
  const kubernetes::Call call{absl::Now() + timeout, operation.request.stop};
  Access access(connections_, WithSecrets(state, config), timeout);
  const auto prepared = Prepare(connections_, access, nullptr, config, call, state, operation);
  if (!prepared.ok()) {
    operation.diagnostics.AddStatus(prepared.status(), "Could not create the monitoring stack");
    return Existence::kAbsent;
  }
  Stack& stack = *prepared->stack;

  // From here on there is something to remember.
  state.id = IdOf(access, state);
  RunOptions options{operation.request.stop, timeout, "create", Subject(state)};
  const absl::Status status = Converge(connections_, stack, options, state);
  monitoring_stack::ReportRecovery(stack, operation);
  if (!status.ok() && operation.request.stop.stop_requested()) {
    // Told to stop is not failed: an error would taint the stack and have it made all over.
    operation.diagnostics.AddWarning(
        "The monitoring stack is not finished",
        absl::StrCat("Interrupted: ", status.message(), ". The next apply goes on from here."));
  } else {
    operation.diagnostics.AddStatus(status, "Could not create the monitoring stack");
  }
  return Existence::kPresent;
}

Existence MonitoringStackResource::Read(MonitoringStackModel& state, Operation& operation) {
  const kubernetes::Call call{absl::Now() + kReadTimeout, operation.request.stop};
  Access access(connections_, state, kReadTimeout);
  absl::StatusOr<Cluster> cluster = access.Get(call);
  const bool gone = absl::IsNotFound(cluster.status()) && state.cluster_id.is_known();
  monitoring_stack::SetClusterIsGone(gone, operation.private_state);
  if (gone) {
    return Existence::kPresent;  // the plan knows what `cluster_gone` says now
  }
  if (!cluster.ok()) {
    operation.diagnostics.AddStatus(cluster.status(), "Could not reach the cluster of the stack",
                                    access.Attribute());
    return Existence::kPresent;
  }
  const bool imported = monitoring_stack::IsFreshImport(state);
  if (imported) {
    const absl::Status status = monitoring_stack::RecogniseParts(access, call, state);
    if (!status.ok()) {
      operation.diagnostics.AddStatus(status, "Could not import the monitoring stack");
      return Existence::kPresent;
    }
  }
  // Only what is there matters here; a broken values file is the plan's business.
  const ValuesFiles files = monitoring_stack::ReadValues(state).value_or(ValuesFiles{});
  Desired desired =
      monitoring_stack::DesiredOf(state, files, monitoring_stack::LookupOf(connections_));
  std::optional<monitoring_stack::RenderedStack> picture;
  if (imported) {
    // Of charts that do not render the next plan says why.
    auto rendered = monitoring_stack::Picture(state, state, files, desired, connections_, call);
    if (rendered.ok()) {
      picture = *std::move(rendered);
      monitoring_stack::Remember(monitoring_stack::FootprintOf(*picture), operation.private_state);
    }
  }
  desired.footprint = monitoring_stack::RememberedFootprint(operation.private_state);
  Stack stack(connections_, access, std::move(desired));
  const auto steps = monitoring_stack::StepsOf(stack);
  RunOptions options{operation.request.stop, kReadTimeout, "read", Subject(state)};
  const RunReport report = Runner(connections_.clock(), options).Observe(Pointers(steps));
  if (!report.status.ok()) {
    operation.diagnostics.AddStatus(report.status, "Could not read the monitoring stack");
    return Existence::kPresent;
  }
  const Wanted wanted = monitoring_stack::HashOf(files) == state.values_hash.value_or("")
                            ? Wanted::kAsApplied
                            : Wanted::kChanged;
  monitoring_stack::Reflect(stack, Pointers(steps), state);
  state.drift_layers = monitoring_stack::DriftLayersOf(stack, Pointers(steps), state, wanted);
  if (imported) {
    const auto data = monitoring_stack::ObservedData(stack, call);
    if (data.ok()) {
      monitoring_stack::Remember(*data, operation.private_state);
    }
  }
  if (picture) {
    monitoring_stack::CompleteImport(*picture, stack, call, state);
  }
  const bool anything =
      stack.found.release.has_value() ||
      std::any_of(stack.found.applications.begin(), stack.found.applications.end(),
                  [](const auto& entry) { return entry.second.has_value(); });
  if (state.id.is_null() || !anything) {
    state.id = IdOf(access, state);
  }
  return Existence::kPresent;
}

void MonitoringStackResource::Update(const MonitoringStackModel& prior,
                                     const MonitoringStackModel& config,
                                     MonitoringStackModel& state, Operation& operation) {
  const absl::Duration timeout = TimeoutOr(config.timeouts, &Timeouts::update, kUpdateTimeout);
  const kubernetes::Call call{absl::Now() + timeout, operation.request.stop};
  Access access(connections_, WithSecrets(state, config), timeout);
  const auto failed = [&](const absl::Status& status) {
    operation.diagnostics.AddStatus(status, "Could not update the monitoring stack");
    // As it was: the next refresh sees what did change, the next plan what did not.
    state = prior;
  };
  const auto prepared = Prepare(connections_, access, &prior, config, call, state, operation);
  if (!prepared.ok()) {
    return failed(prepared.status());
  }
  Stack& stack = *prepared->stack;
  RunOptions options{operation.request.stop, timeout, "update", Subject(state)};
  const absl::Status status = Converge(connections_, stack, options, state);
  monitoring_stack::ReportRecovery(stack, operation);
  if (!status.ok()) {
    failed(status);
    state.verified = {};  // whatever was proved was another stack
  }
}

void MonitoringStackResource::Delete(MonitoringStackModel& state, Operation& operation) {
  const absl::Duration timeout = TimeoutOr(state.timeouts, &Timeouts::remove, kDeleteTimeout);
  const kubernetes::Call call{absl::Now() + timeout, operation.request.stop};
  Access access(connections_, state, timeout);
  absl::StatusOr<Cluster> cluster = access.Get(call);
  if (absl::IsNotFound(cluster.status()) && state.cluster_id.is_known()) {
    return monitoring_stack::WarnOfGoneCluster(state, operation);
  }
  if (!cluster.ok()) {
    operation.diagnostics.AddStatus(cluster.status(), "Could not reach the cluster of the stack",
                                    access.Attribute());
    return;
  }
  const auto lease = Lease(access, state, connections_, call);
  if (!lease.ok()) {
    operation.diagnostics.AddStatus(lease.status(), "Could not destroy the monitoring stack");
    return;
  }
  // What shall be does not matter any more, only its names.
  Stack stack(connections_, access,
              monitoring_stack::DesiredOf(state, {}, monitoring_stack::LookupOf(connections_)));
  const auto steps = monitoring_stack::StepsOf(stack);
  RunOptions options{operation.request.stop, timeout, "delete", Subject(state)};
  const RunReport report = Runner(connections_.clock(), options).Remove(Pointers(steps));
  operation.diagnostics.AddStatus(Describe(report), "Could not destroy the monitoring stack");
  if (report.status.ok()) {
    monitoring_stack::WarnOfNamespaces(stack, operation);
  }
  if (report.status.ok() && state.cluster_id.is_known()) {
    monitoring_stack::ReportOrphans(connections_, *cluster->kubernetes, *state.cluster_id,
                                    operation);
  }
}

void MonitoringStackResource::ImportModel(const std::string& id, MonitoringStackModel& state,
                                          Operation& operation) {
  // "<cluster id or name>" or "<cluster id or name>/<namespace>".
  const size_t slash = id.find('/');
  const std::string wanted = id.substr(0, slash);
  state.ns = slash == std::string::npos ? "monitoring" : id.substr(slash + 1);
  absl::StatusOr<digitalocean::DigitalOcean*> cloud = connections_.DigitalOcean();
  if (!cloud.ok()) {
    operation.diagnostics.AddStatus(cloud.status(), "Could not import the monitoring stack");
    return;
  }
  auto clusters = (*cloud)->ListClusters(operation.request.stop);
  if (!clusters.ok()) {
    operation.diagnostics.AddStatus(clusters.status(), "Could not import the monitoring stack");
    return;
  }
  std::vector<std::string> ids, names;
  for (const digitalocean::Cluster& cluster : *clusters) {
    names.push_back(cluster.name);
    if (cluster.id == wanted || cluster.name == wanted) {
      ids.push_back(cluster.id);
    }
  }
  if (ids.size() != 1) {
    operation.diagnostics.AddError(
        "Could not import the monitoring stack",
        ids.empty()
            ? absl::StrCat("There is no cluster with the id or name \"", wanted, "\". There is: ",
                           names.empty() ? "none" : absl::StrJoin(names, ", "), ".")
            : absl::StrCat("Several clusters have the name \"", wanted,
                           "\". Import by id: ", absl::StrJoin(ids, ", "), "."));
    return;
  }
  state.cluster_id = ids[0];
  state.id = absl::StrCat(ids[0], "/", *state.ns);
}

}  // namespace kproto
