// SPDX-License-Identifier: MPL-2.0
#include "tests/resources/cluster/cluster_host.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/provider/runtime/host_rules.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {

using ::testing::IsEmpty;

ClusterHost::ClusterHost() { context.client.write_only_attributes_allowed = true; }

ClusterModel ClusterHost::model() const {
  const absl::StatusOr<ClusterModel> model = ClusterModel::Fields().Decode(state);
  EXPECT_THAT(model, IsOk());
  EXPECT_TRUE(state.is_known());
  return model.value_or(ClusterModel());
}

void ClusterHost::BeginRun() {
  said = Diagnostics();
  const auto intents = journal().All();
  ASSERT_THAT(intents, IsOk());
  for (Intent intent : *intents) {
    const bool finished = intent.finished;
    intent.finished = true;  // A process that has ended holds nothing.
    ASSERT_THAT(journal().Note(intent), IsOk());
    intent.run = "1-1";
    intent.finished = finished;
    ASSERT_THAT(journal().Note(intent), IsOk());
  }
}

PlanResult ClusterHost::PlanFrom(const Value& prior, const Value& config) {
  const PlanResult plan = resource_->Plan(
      context, {prior, ProposedState(schema(), prior, config), config, private_state}, said);
  if (!said.has_error()) {
    EXPECT_THAT(PlanComplaints(schema(), prior, config, plan.planned), IsEmpty());
  }
  return plan;
}

PlanResult ClusterHost::Plan(const ClusterModel& config) {
  return PlanFrom(state, ClusterModel::Fields().Encode(config));
}

bool ClusterHost::Refresh() {
  BeginRun();
  if (state.is_null()) {
    return true;
  }
  const StateResult read = resource_->Read(context, state, private_state, said);
  state = read.state;
  private_state = read.private_state;
  EXPECT_TRUE(state.is_wholly_known());
  tainted = tainted && !state.is_null();
  return !said.has_error();
}

bool ClusterHost::Create(const Value& config) {
  const PlanResult plan = PlanFrom(Value::Null(), config);
  if (said.has_error()) {
    return false;
  }
  const StateResult made =
      resource_->Apply(context, {Value::Null(), plan.planned, config, plan.planned_private}, said);
  state = made.state;
  private_state = made.private_state;
  tainted = said.has_error() && !state.is_null();
  EXPECT_TRUE(state.is_wholly_known());
  if (!said.has_error()) {
    EXPECT_THAT(ApplyComplaints(schema(), plan.planned, state), IsEmpty());
  }
  return !said.has_error();
}

bool ClusterHost::Delete(const PrivateState& planned_private) {
  const StateResult left =
      resource_->Apply(context, {state, Value::Null(), Value::Null(), planned_private}, said);
  EXPECT_TRUE(left.state.is_wholly_known());
  EXPECT_EQ(left.state.is_null(), !said.has_error());
  state = left.state;
  tainted = tainted && !state.is_null();
  return !said.has_error();
}

bool ClusterHost::Apply(const ClusterModel& model) {
  const Value config = ClusterModel::Fields().Encode(model);
  if (!Refresh()) {
    return false;
  }
  if (state.is_null()) {
    return Create(config);
  }
  PlanResult plan = PlanFrom(tainted ? Value::Null() : state, config);
  if (said.has_error()) {
    return false;
  }
  if (tainted || !plan.requires_replace.empty()) {
    plan = PlanFrom(Value::Null(), config);
    return !said.has_error() && Delete(plan.planned_private) && Create(config);
  }
  if (plan.planned == state) {
    return true;
  }
  const StateResult updated =
      resource_->Apply(context, {state, plan.planned, config, plan.planned_private}, said);
  state = updated.state;
  private_state = updated.private_state;
  EXPECT_TRUE(state.is_wholly_known());
  if (!said.has_error()) {
    EXPECT_THAT(ApplyComplaints(schema(), plan.planned, state), IsEmpty());
  }
  return !said.has_error();
}

bool ClusterHost::Destroy() {
  if (!Refresh() || state.is_null()) {
    return !said.has_error();
  }
  const PlanResult plan = PlanFrom(state, Value::Null());
  return !said.has_error() && Delete(plan.planned_private);
}

bool ClusterHost::Import(const std::string& id) {
  BeginRun();
  const StateResult stub = resource_->Import(context, id, said);
  if (said.has_error()) {
    return false;
  }
  state = stub.state;
  private_state = stub.private_state;
  Diagnostics at_import = said;  // one run of the host, though Refresh begins anew
  const bool read = Refresh();
  at_import.Append(said);
  said = at_import;
  return read;
}

ClusterModel SmallPlatform() {
  ClusterModel cluster;
  cluster.name = "k8s";
  cluster.region = "nyc3";
  cluster.version = "1.33";
  cluster.vpc = ClusterVpc{.ip_range = "10.10.0.0/20"};
  ClusterPool primary, monitoring;
  primary.size = "s-2vcpu-4gb";
  primary.count = 2;
  monitoring.size = "s-4vcpu-8gb";
  monitoring.count = 1;
  monitoring.dedicated = true;
  MapOf<ClusterPool> pools;
  pools["primary"] = primary;
  pools["monitoring"] = monitoring;
  cluster.node_pools = pools;
  return cluster;
}

std::string Text(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    absl::StrAppend(&text, diagnostic.summary, ": ", diagnostic.detail, " [",
                    diagnostic.path.ToString(), "]\n");
  }
  return text;
}

}  // namespace kproto::testing
