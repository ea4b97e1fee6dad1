// SPDX-License-Identifier: MPL-2.0
// The seam as a host uses it, over a small resource that lives in memory.
#include "provider/runtime/resource.h"

#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/provider/runtime/host_rules.h"
#include "tests/support/status_matchers.h"

namespace kproto {
namespace {

using testing::ApplyComplaints;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::PlanComplaints;
using testing::ProposedState;
using testing::StatusIs;

struct Disk {
  Attr<std::string> id, name, zone, key, checksum;
  Attr<int64_t> size;
  static const Table<Disk>& Fields() {
    static const auto& table = *new Table<Disk>({
        Field("id", &Disk::id, Computed(), Stable()),
        Field("name", &Disk::name, Required(), Check(NotEmpty())),
        Field("zone", &Disk::zone, Optional(), ForcesReplacement()),
        Field("key", &Disk::key, Optional(), WriteOnly()),
        Field("size", &Disk::size, Default(Value::Int(10)), Check(Between(1, 100))),
        Field("checksum", &Disk::checksum, Computed()),
    });
    return table;
  }
};

class DiskResource : public Resource<Disk> {
 public:
  DiskResource() : Resource("test_disk", 2, "A disk.") {}

  void ValidateModel(const Disk& config, Diagnostics& diagnostics) override {
    ++validated;
    if (config.name.is_known() && *config.name == "forbidden") {
      diagnostics.AddError("Bad name", "Choose another.", Path("name"));
    }
  }
  void ModifyPlan(const Disk* prior, const Disk&, Disk& planned, std::vector<Path>& replace,
                  Operation& operation) override {
    operation.private_state = prior == nullptr ? "planned create" : "planned update";
    planned.key = "leaked";  // The seam must not let it out.
    if (prior != nullptr && planned.size.is_known() && *planned.size < *prior->size) {
      replace.push_back(Path("size"));
    }
  }
  void PlanDestroy(const Disk& prior, Operation& operation) override {
    operation.private_state = "planned destroy";
    if (*prior.name == "protected") {
      operation.diagnostics.AddError("Protected", "It stays.");
    }
  }
  Existence Create(const Disk& config, Disk& state, Operation& operation) override {
    seen_key = config.key;
    seen_private = operation.private_state;
    return create(state, operation);
  }
  Existence Read(Disk& state, Operation& operation) override { return read(state, operation); }
  void Update(const Disk&, const Disk&, Disk& state, Operation& operation) override {
    update(state, operation);
  }
  void Delete(Disk& state, Operation& operation) override { remove(state, operation); }
  void ImportModel(const std::string& id, Disk& state, Operation& operation) override {
    if (id == "none") {
      operation.diagnostics.AddError("No such disk", "Look again.");
      return;
    }
    state.id = id;
    state.name = Attr<std::string>::Unknown();
  }
  absl::StatusOr<nlohmann::json> UpgradeState(int64_t version,
                                              nlohmann::json state) const override {
    if (version != 1) {
      return Resource::UpgradeState(version, state);
    }
    state["size"] = 10;
    return state;
  }

  std::function<Existence(Disk&, Operation&)> create = [](Disk& state, Operation& operation) {
    state.id = "d-1";
    state.checksum = "c-1";
    operation.private_state = "made";
    return Existence::kPresent;
  };
  std::function<Existence(Disk&, Operation&)> read = [](Disk&, Operation&) {
    return Existence::kPresent;
  };
  std::function<void(Disk&, Operation&)> update = [](Disk& state, Operation&) {
    state.checksum = "c-2";
  };
  std::function<void(Disk&, Operation&)> remove = [](Disk&, Operation&) {};
  int validated = 0;
  Attr<std::string> seen_key;
  PrivateState seen_private;
};

Value Config(const char* name, Value size = Value::Null(), Value zone = Value::Null()) {
  return Value::OfMap({{"id", Value::Null()},
                       {"name", Value::String(name)},
                       {"zone", std::move(zone)},
                       {"key", Value::String("s3cr3t")},
                       {"size", std::move(size)},
                       {"checksum", Value::Null()}});
}

class ResourceTest : public ::testing::Test {
 protected:
  ResourceTest() { context_.client.write_only_attributes_allowed = true; }

  PlanResult Plan(const Value& prior, const Value& config) {
    const PlanResult plan = disk_.Plan(
        context_, {prior, ProposedState(disk_.schema(), prior, config), config, private_},
        diagnostics_);
    EXPECT_THAT(PlanComplaints(disk_.schema(), prior, config, plan.planned), IsEmpty());
    return plan;
  }
  StateResult Apply(const Value& prior, const Value& config) {
    const PlanResult plan = Plan(prior, config);
    const StateResult result =
        disk_.Apply(context_, {prior, plan.planned, config, plan.planned_private}, diagnostics_);
    EXPECT_TRUE(result.state.is_wholly_known());
    if (!diagnostics_.has_error()) {
      EXPECT_THAT(ApplyComplaints(disk_.schema(), plan.planned, result.state), IsEmpty());
    }
    return result;
  }

  DiskResource disk_;
  AnyResource& any_ = disk_;  // as the host sees it
  RequestContext context_;
  Diagnostics diagnostics_;
  PrivateState private_;
};

TEST_F(ResourceTest, CreateGivesTheWholeStateAndNoSecret) {
  const StateResult made = Apply(Value::Null(), Config("a"));
  EXPECT_FALSE(diagnostics_.has_error());
  EXPECT_EQ(DebugString(made.state),
            "{checksum = \"c-1\", id = \"d-1\", key = null, name = \"a\", size = 10, zone = null}");
  EXPECT_EQ(made.private_state, "made");
  EXPECT_EQ(disk_.seen_key, Attr<std::string>("s3cr3t")) << "the verb needs it all the same";
  EXPECT_EQ(disk_.seen_private, "planned create");
}

TEST_F(ResourceTest, ACreateThatFailsHalfWayLeavesWhatThereIs) {
  disk_.create = [](Disk& state, Operation& operation) {
    state.id = "d-1";
    operation.diagnostics.AddError("Could not fill it", "No space.");
    return Existence::kPresent;
  };
  const StateResult made = Apply(Value::Null(), Config("a"));
  EXPECT_TRUE(diagnostics_.has_error());
  EXPECT_EQ(made.state["id"], Value::String("d-1"));
  EXPECT_TRUE(made.state["checksum"].is_null()) << "what stayed unknown cannot be stored";
  EXPECT_TRUE(made.state["key"].is_null());
}

TEST_F(ResourceTest, ACreateThatFailsBeforeAnyEffectLeavesNothing) {
  disk_.create = [](Disk&, Operation& operation) {
    operation.diagnostics.AddError("Could not create it", "No.");
    return Existence::kAbsent;
  };
  EXPECT_TRUE(Apply(Value::Null(), Config("a")).state.is_null());
}

TEST_F(ResourceTest, AnUpdateThatFailsKeepsWhatWasAndWhatSucceeded) {
  const Value state = Apply(Value::Null(), Config("a")).state;
  disk_.update = [](Disk& model, Operation& operation) {
    EXPECT_TRUE(model.checksum.is_unknown());
    model.size = 20;
    operation.diagnostics.AddError("Could not rename it", "No.");
  };
  const StateResult updated = Apply(state, Config("b", Value::Int(20)));
  EXPECT_EQ(updated.state["size"], Value::Int(20));
  EXPECT_EQ(updated.state["checksum"], Value::String("c-1")) << "unknown again falls back to prior";
  EXPECT_EQ(updated.state["id"], Value::String("d-1"));
}

TEST_F(ResourceTest, ADeleteThatFailsKeepsTheState) {
  const Value state = Apply(Value::Null(), Config("a")).state;
  disk_.remove = [](Disk&, Operation& operation) {
    operation.diagnostics.AddError("Could not delete it", "Busy.");
  };
  EXPECT_EQ(Apply(state, Value::Null()).state, state);
}

TEST_F(ResourceTest, ADeleteThatSucceedsLeavesNothing) {
  const Value state = Apply(Value::Null(), Config("a")).state;
  EXPECT_TRUE(Apply(state, Value::Null()).state.is_null());
  EXPECT_FALSE(diagnostics_.has_error());
}

TEST_F(ResourceTest, ADestroyPlanCanBeRefused) {
  const Value state = Apply(Value::Null(), Config("protected")).state;
  const PlanResult plan = Plan(state, Value::Null());
  EXPECT_TRUE(plan.planned.is_null());
  EXPECT_EQ(plan.planned_private, "planned destroy");
  EXPECT_TRUE(diagnostics_.has_error());
}

TEST_F(ResourceTest, ModifyPlanMayAddReplacements) {
  const Value state = Apply(Value::Null(), Config("a", Value::Int(20))).state;
  EXPECT_THAT(Plan(state, Config("a", Value::Int(5))).requires_replace, ElementsAre(Path("size")));
  EXPECT_THAT(Plan(state, Config("a", Value::Int(30))).requires_replace, IsEmpty());
  EXPECT_THAT(Plan(state, Config("a", Value::Int(5), Value::String("z"))).requires_replace,
              ElementsAre(Path("zone"), Path("size")));
}

TEST_F(ResourceTest, NothingToDoIsThePriorState) {
  const Value state = Apply(Value::Null(), Config("a")).state;
  EXPECT_EQ(Plan(state, Config("a")).planned, state);
}

TEST_F(ResourceTest, ReadingWhatIsGoneForgetsIt) {
  const Value state = Apply(Value::Null(), Config("a")).state;
  disk_.read = [](Disk&, Operation&) { return Existence::kAbsent; };
  EXPECT_TRUE(any_.Read(context_, state, "p", diagnostics_).state.is_null());
}

TEST_F(ResourceTest, AReadThatFailsKeepsTheStateWhateverItSays) {
  const Value state = Apply(Value::Null(), Config("a")).state;
  disk_.read = [](Disk& model, Operation& operation) {
    model.size = 99;
    operation.diagnostics.AddError("No answer", "Later.");
    return Existence::kAbsent;
  };
  const StateResult read = any_.Read(context_, state, "p", diagnostics_);
  EXPECT_EQ(read.state, state);
  EXPECT_EQ(read.private_state, "p");
}

TEST_F(ResourceTest, DriftIsRead) {
  const Value state = Apply(Value::Null(), Config("a")).state;
  disk_.read = [](Disk& model, Operation& operation) {
    model.size = 99;
    operation.private_state = "q";
    return Existence::kPresent;
  };
  const StateResult read = any_.Read(context_, state, "p", diagnostics_);
  EXPECT_EQ(read.state["size"], Value::Int(99));
  EXPECT_EQ(read.private_state, "q");
}

TEST_F(ResourceTest, AnImportIsAStubWithoutUnknowns) {
  const StateResult stub = disk_.Import(context_, "d-7", diagnostics_);
  EXPECT_EQ(stub.state["id"], Value::String("d-7"));
  EXPECT_TRUE(stub.state.is_wholly_known());
  EXPECT_TRUE(disk_.Import(context_, "none", diagnostics_).state.is_null());
  EXPECT_TRUE(diagnostics_.has_error());
}

TEST_F(ResourceTest, OlderStatesAreUpgradedAndUnknownOnesRefused) {
  const nlohmann::json state = {{"id", "d"}};
  EXPECT_EQ(*disk_.Upgrade(2, state), state);
  EXPECT_EQ((*disk_.Upgrade(1, state))["size"], 10);
  EXPECT_THAT(disk_.Upgrade(0, state),
              StatusIs(absl::StatusCode::kInvalidArgument, "no upgrade from schema version 0"));
}

TEST_F(ResourceTest, ValidationRunsTheSchemasChecksAndTheModels) {
  disk_.Validate(context_, Config("forbidden", Value::Int(101)), diagnostics_);
  ASSERT_EQ(diagnostics_.all().size(), 2u);
  EXPECT_EQ(diagnostics_.all()[0].path, Path("size"));
  EXPECT_EQ(diagnostics_.all()[1].path, Path("name"));
}

TEST_F(ResourceTest, WhatTheChecksRefuseIsNotReportedAgainAsUnreadable) {
  disk_.Validate(context_, Config("a", Value::OfNumber(Number(1.5))), diagnostics_);
  EXPECT_EQ(disk_.validated, 0);
  for (const Diagnostic& diagnostic : diagnostics_.all()) {
    EXPECT_EQ(diagnostic.summary, "Invalid value");
  }
  EXPECT_TRUE(diagnostics_.has_error());
}

TEST_F(ResourceTest, ValuesOfTheWrongTypeAreErrorsNotCrashes) {
  Value wrong = Config("a");
  wrong.map()["name"] = Value::Int(3);
  const PlanResult plan = disk_.Plan(context_, {Value::Null(), wrong, wrong, ""}, diagnostics_);
  EXPECT_TRUE(diagnostics_.has_error());
  const StateResult result =
      disk_.Apply(context_, {Value::Null(), plan.planned, wrong, ""}, diagnostics_);
  EXPECT_TRUE(result.state.is_null());
  Diagnostics incomplete;
  const Value planned = Plan(Value::Null(), Config("a")).planned;
  disk_.Apply(context_, {Value::Null(), planned, Value::Null(), ""}, incomplete);
  ASSERT_TRUE(incomplete.has_error());
  EXPECT_EQ(incomplete.all()[0].summary, "Incomplete request");
}

}  // namespace
}  // namespace kproto
