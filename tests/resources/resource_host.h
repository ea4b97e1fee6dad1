// SPDX-License-Identifier: MPL-2.0
// ResourceHost: OpenTofu in small around one resource: keeps the state, refreshes, plans, and
// applies, replaces and taints as the host does, and holds every plan and result against the host's
// rules. The cloud is the one in memory; time passes by looking.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/runtime/resource.h"
#include "tests/provider/runtime/host_rules.h"
#include "tests/support/fake_connections.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::testing {

// The summaries and details of what was said, with their paths, a line each.
inline std::string Text(const Diagnostics& said) {
  std::string text;
  for (const Diagnostic& diagnostic : said.all()) {
    absl::StrAppend(&text, diagnostic.summary, ": ", diagnostic.detail, " [",
                    diagnostic.path.ToString(), "]\n");
  }
  return text;
}

// R is a Resource<M> made from Connections&.
template <typename R, typename M>
class ResourceHost {
 public:
  ResourceHost() { context.client.write_only_attributes_allowed = true; }

  // `tofu validate`; the complaints are in `said`.
  void Validate(const M& config) {
    said = Diagnostics();
    resource_->Validate(context, M::Fields().Encode(config), said);
  }
  // `tofu plan`, without refreshing.
  PlanResult Plan(const M& config) {
    said = Diagnostics();
    return PlanFrom(state, M::Fields().Encode(config), private_state);
  }
  // Whether a plan, after a refresh, has nothing to do.
  bool PlansNothing(const M& config) { return Refresh() && Plan(config).planned == state; }

  // `tofu apply`, `tofu destroy`, `tofu refresh`, `tofu import`: each a new run of the host. False
  // when there was an error; what was said is in `said`.
  bool Apply(const M& model) {
    const Value config = M::Fields().Encode(model);
    if (!Refresh()) {
      return false;
    }
    if (state.is_null()) {
      return Create(config);
    }
    // A tainted thing is planned as if it were not there, and its private state is kept from it.
    PlanResult plan =
        PlanFrom(tainted ? Value::Null() : state, config, tainted ? PrivateState() : private_state);
    if (said.has_error()) {
      return false;
    }
    replaced = tainted || !plan.requires_replace.empty();
    if (replaced) {
      plan = PlanFrom(Value::Null(), config, plan.planned_private);
      return !said.has_error() && Delete(plan.planned_private) && Create(config);
    }
    return plan.planned == state || Update(plan, config);
  }
  bool Destroy() {
    if (!Refresh() || state.is_null()) {
      return !said.has_error();
    }
    const PlanResult plan = PlanFrom(state, Value::Null(), private_state);
    return !said.has_error() && Delete(plan.planned_private);
  }
  bool Refresh() {
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
  bool Import(const std::string& id) {
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
  // Makes every journal entry one of a host process that has ended.
  void BeginRun() {
    said = Diagnostics();
    const auto intents = journal().All();
    ASSERT_THAT(intents, IsOk());
    for (Intent intent : *intents) {
      const bool finished = intent.finished;
      intent.finished = true;
      ASSERT_THAT(journal().Note(intent), IsOk());
      intent.run = "1-1";
      intent.finished = finished;
      ASSERT_THAT(journal().Note(intent), IsOk());
    }
  }

  FakeDigitalOcean& cloud() { return connections_.cloud; }
  FakeClock& clock() { return connections_.clock(); }
  Journal& journal() { return connections_.journal(); }
  FakeConnections& connections() { return connections_; }
  const Schema& schema() const { return resource_->schema(); }
  // The state; it must be there.
  M model() const {
    const absl::StatusOr<M> model = M::Fields().Decode(state);
    EXPECT_THAT(model, IsOk());
    EXPECT_TRUE(state.is_known());
    return model.value_or(M());
  }
  std::string Text() const { return testing::Text(said); }

  Value state;
  PrivateState private_state;
  bool tainted = false;
  bool replaced = false;  // whether the last Apply replaced what there was
  Diagnostics said;
  RequestContext context;

 private:
  PlanResult PlanFrom(const Value& prior, const Value& config, const PrivateState& before) {
    const Value proposed = config.is_null() ? config : ProposedState(schema(), prior, config);
    const PlanResult plan = resource_->Plan(context, {prior, proposed, config, before}, said);
    if (!said.has_error() && !config.is_null()) {
      EXPECT_THAT(PlanComplaints(schema(), prior, config, plan.planned), ::testing::IsEmpty());
    }
    return plan;
  }
  bool Create(const Value& config) {
    const PlanResult plan = PlanFrom(Value::Null(), config, PrivateState());
    if (said.has_error()) {
      return false;
    }
    Settle(resource_->Apply(context, {Value::Null(), plan.planned, config, plan.planned_private},
                            said),
           plan.planned);
    tainted = said.has_error() && !state.is_null();
    return !said.has_error();
  }
  bool Update(const PlanResult& plan, const Value& config) {
    Settle(resource_->Apply(context, {state, plan.planned, config, plan.planned_private}, said),
           plan.planned);
    return !said.has_error();
  }
  bool Delete(const PrivateState& planned_private) {
    const StateResult left =
        resource_->Apply(context, {state, Value::Null(), Value::Null(), planned_private}, said);
    EXPECT_TRUE(left.state.is_wholly_known());
    EXPECT_EQ(left.state.is_null(), !said.has_error());
    state = left.state;
    tainted = tainted && !state.is_null();
    return !said.has_error();
  }
  void Settle(const StateResult& result, const Value& planned) {
    state = result.state;
    private_state = result.private_state;
    EXPECT_TRUE(state.is_wholly_known());
    if (!said.has_error()) {
      EXPECT_THAT(ApplyComplaints(schema(), planned, state), ::testing::IsEmpty());
    }
  }

  TempDir dir_;
  FakeConnections connections_{dir_ / "journal"};
  const std::unique_ptr<AnyResource> resource_ = std::make_unique<R>(connections_);
};

}  // namespace kproto::testing
