// SPDX-License-Identifier: MPL-2.0
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/protocol/dynamic_value.h"
#include "provider/protocol/rpcs.h"
#include "tests/provider/protocol/bytes.h"
#include "tests/provider/protocol/fake_provider.h"
#include "tests/support/status_matchers.h"

namespace kproto::rpc {
namespace {

using ::kproto::testing::Bytes;
using ::kproto::testing::IsOkAndHolds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Attribute Of(std::string name, Type type) {
  Attribute attribute;
  attribute.name = std::move(name);
  attribute.type = std::move(type);
  attribute.optional = true;
  return attribute;
}

// id, size, a write-only secret, and a list of blocks with a name each.
Schema TestSchema() {
  Attribute id = Of("id", Type::String());
  id.optional = false;
  id.computed = true;
  Attribute secret = Of("secret", Type::String());
  secret.write_only = true;
  Attribute block = Of("block", Type::List(Type::Object({{"name", Type::String()}})));
  block.is_block = true;
  block.nesting = Nesting::kList;
  block.nested = {Of("name", Type::String())};
  return Schema{2, "", {id, Of("size", Type::Number()), secret, block}};
}

class ResourceRpcsTest : public ::testing::Test {
 protected:
  static Value Thing(Value id, Value size, Value secret = {}, Value blocks = Value::OfList({})) {
    return Value::OfMap({{"id", std::move(id)},
                         {"size", std::move(size)},
                         {"secret", std::move(secret)},
                         {"block", std::move(blocks)}});
  }
  void Set(tfplugin6::DynamicValue* wire, const Value& value) {
    ASSERT_TRUE(ToProto(value, type_, *wire).ok());
  }
  Value Get(const tfplugin6::DynamicValue& wire) {
    absl::StatusOr<Value> value = FromProto(wire, type_);
    EXPECT_TRUE(value.ok()) << value.status();
    return value.value_or(Value());
  }
  template <typename Request, typename Response>
  void Call(Request& request, Response& response) {
    request.set_type_name("fake_thing");
    Answer(provider_, RequestContext(), request, response);
  }

  kproto::testing::FakeProvider provider_{TestSchema()};
  const Type type_ = TestSchema().ImpliedType();
};

TEST_F(ResourceRpcsTest, AnUnknownTypeIsADiagnostic) {
  tfplugin6::ReadResource::Request request;
  request.set_type_name("fake_other");
  tfplugin6::ReadResource::Response response;
  Answer(provider_, RequestContext(), request, response);
  ASSERT_THAT(response.diagnostics(), SizeIs(1));
  EXPECT_EQ(response.diagnostics(0).severity(), tfplugin6::Diagnostic::ERROR);
  EXPECT_THAT(response.diagnostics(0).detail(), HasSubstr("fake_other"));
}

TEST_F(ResourceRpcsTest, BytesThatDoNotFitAreADiagnosticWithThePath) {
  tfplugin6::PlanResourceChange::Request request;
  request.mutable_config()->set_msgpack(Bytes("84 a2 69 64 c0 a4 73 69 7a 65 c3"));
  tfplugin6::PlanResourceChange::Response response;
  Call(request, response);
  ASSERT_THAT(response.diagnostics(), SizeIs(1));
  EXPECT_EQ(response.diagnostics(0).attribute().steps(0).attribute_name(), "size");
}

TEST_F(ResourceRpcsTest, PlanCarriesPathsAndPrivateState) {
  provider_.resource.plan = [](const PlanRequest& request, Diagnostics&) {
    return PlanResult{request.proposed,
                      {Path("size"), Path("block").Index(1).Attribute("name"), Path("m").Key("k")},
                      request.prior_private + "!"};
  };
  tfplugin6::PlanResourceChange::Request request;
  Set(request.mutable_proposed_new_state(), Thing(Value::Unknown(), Value::Int(1)));
  request.set_prior_private("p");
  tfplugin6::PlanResourceChange::Response response;
  Call(request, response);
  EXPECT_THAT(response.diagnostics(), IsEmpty());
  EXPECT_EQ(Get(response.planned_state()), Thing(Value::Unknown(), Value::Int(1)));
  EXPECT_EQ(response.planned_private(), "p!");
  ASSERT_THAT(response.requires_replace(), SizeIs(3));
  EXPECT_EQ(response.requires_replace(1).steps(1).element_key_int(), 1);
  EXPECT_EQ(response.requires_replace(2).steps(1).element_key_string(), "k");
  EXPECT_FALSE(response.legacy_type_system());
}

TEST_F(ResourceRpcsTest, NoWriteOnlyValueAndNoNullBlockLeavesInAPlan) {
  provider_.resource.plan = [](const PlanRequest&, Diagnostics&) {
    return PlanResult{Thing(Value::Unknown(), Value::Int(1), Value::String("s"), Value::Null())};
  };
  tfplugin6::PlanResourceChange::Request request;
  Set(request.mutable_proposed_new_state(), Thing(Value::Unknown(), Value::Int(1)));
  tfplugin6::PlanResourceChange::Response response;
  Call(request, response);
  EXPECT_EQ(Get(response.planned_state()), Thing(Value::Unknown(), Value::Int(1)));
}

TEST_F(ResourceRpcsTest, ADestroyPlanIsNull) {
  provider_.resource.plan = [](const PlanRequest& request, Diagnostics&) {
    return PlanResult{request.prior, {}, "p"};
  };
  tfplugin6::PlanResourceChange::Request request;
  Set(request.mutable_prior_state(), Thing(Value::String("i"), Value::Int(1)));
  tfplugin6::PlanResourceChange::Response response;
  Call(request, response);
  EXPECT_TRUE(Get(response.planned_state()).is_null());
  EXPECT_EQ(response.planned_private(), "p");
}

TEST_F(ResourceRpcsTest, AFailedCreateKeepsWhatIsKnown) {
  provider_.resource.apply = [](const RequestContext&, const ApplyRequest&, Diagnostics& d) {
    d.AddError("Half-way", "It broke.");
    return StateResult{Thing(Value::String("i"), Value::Unknown()), "p"};
  };
  tfplugin6::ApplyResourceChange::Request request;
  Set(request.mutable_planned_state(), Thing(Value::Unknown(), Value::Unknown()));
  tfplugin6::ApplyResourceChange::Response response;
  Call(request, response);
  ASSERT_THAT(response.diagnostics(), SizeIs(1));
  EXPECT_EQ(Get(response.new_state()), Thing(Value::String("i"), Value::Null()));
  EXPECT_EQ(response.private_(), "p");
}

TEST_F(ResourceRpcsTest, AFailedDeleteKeepsTheObject) {
  provider_.resource.apply = [](const RequestContext&, const ApplyRequest&, Diagnostics& d) {
    d.AddError("Still there", "It did not go.");
    return StateResult{};
  };
  tfplugin6::ApplyResourceChange::Request request;
  const Value prior = Thing(Value::String("i"), Value::Int(1));
  Set(request.mutable_prior_state(), prior);
  tfplugin6::ApplyResourceChange::Response response;
  Call(request, response);
  EXPECT_EQ(Get(response.new_state()), prior);
}

TEST_F(ResourceRpcsTest, AFailedReadKeepsStateAndPrivateState) {
  provider_.resource.read = [](const Value&, const PrivateState&, Diagnostics& d) {
    d.AddError("Unreachable", "Nobody answered.");
    return StateResult{};
  };
  tfplugin6::ReadResource::Request request;
  const Value current = Thing(Value::String("i"), Value::Int(1));
  Set(request.mutable_current_state(), current);
  request.set_private_("p");
  tfplugin6::ReadResource::Response response;
  Call(request, response);
  EXPECT_EQ(Get(response.new_state()), current);
  EXPECT_EQ(response.private_(), "p");
}

TEST_F(ResourceRpcsTest, AReadOfWhatIsGoneIsNull) {
  provider_.resource.read = [](const Value&, const PrivateState&, Diagnostics&) {
    return StateResult{};
  };
  tfplugin6::ReadResource::Request request;
  Set(request.mutable_current_state(), Thing(Value::String("i"), Value::Int(1)));
  tfplugin6::ReadResource::Response response;
  Call(request, response);
  EXPECT_THAT(response.diagnostics(), IsEmpty());
  EXPECT_TRUE(Get(response.new_state()).is_null());
}

TEST_F(ResourceRpcsTest, ImportByIdGivesOneResource) {
  provider_.resource.import = [](const std::string& id, Diagnostics&) {
    return StateResult{Value::OfMap({{"id", Value::String(id)}}), "p"};
  };
  tfplugin6::ImportResourceState::Request request;
  request.set_id("i");
  tfplugin6::ImportResourceState::Response response;
  Call(request, response);
  ASSERT_THAT(response.imported_resources(), SizeIs(1));
  EXPECT_EQ(response.imported_resources(0).type_name(), "fake_thing");
  EXPECT_EQ(Get(response.imported_resources(0).state()), Thing(Value::String("i"), Value::Null()));
}

TEST_F(ResourceRpcsTest, ImportWithoutAnIdIsRefused) {
  tfplugin6::ImportResourceState::Request request;
  tfplugin6::ImportResourceState::Response response;
  Call(request, response);
  EXPECT_THAT(response.diagnostics(), SizeIs(1));
  EXPECT_THAT(response.imported_resources(), IsEmpty());
}

TEST_F(ResourceRpcsTest, StateOfTheSameVersionIsReshaped) {
  tfplugin6::UpgradeResourceState::Request request;
  request.set_version(2);
  request.mutable_raw_state()->set_json(R"({"id":"i","gone":{"deep":[1]},"secret":"s"})");
  tfplugin6::UpgradeResourceState::Response response;
  Call(request, response);
  EXPECT_THAT(response.diagnostics(), IsEmpty());
  EXPECT_EQ(Get(response.upgraded_state()), Thing(Value::String("i"), Value::Null()));
}

TEST_F(ResourceRpcsTest, OlderStateGoesThroughTheResource) {
  provider_.resource.upgrade = [](int64_t version, nlohmann::json state) {
    state["size"] = version;
    return absl::StatusOr<nlohmann::json>(std::move(state));
  };
  tfplugin6::UpgradeResourceState::Request request;
  request.set_version(1);
  request.mutable_raw_state()->set_json(R"({"id":"i"})");
  tfplugin6::UpgradeResourceState::Response response;
  Call(request, response);
  EXPECT_EQ(Get(response.upgraded_state()), Thing(Value::String("i"), Value::Int(1)));
}

TEST_F(ResourceRpcsTest, StateThatCannotBeUpgradedIsNeverLost) {
  provider_.resource.upgrade = [](int64_t, const nlohmann::json&) {
    return absl::StatusOr<nlohmann::json>(absl::InvalidArgumentError("too old"));
  };
  for (const auto& [version, json] : {std::pair<int64_t, const char*>{1, R"({"id":"i"})"},
                                      {3, R"({"id":"i"})"},
                                      {2, "null"},
                                      {2, "{"},
                                      {2, ""},
                                      {2, R"({"size":{}})"}}) {
    tfplugin6::UpgradeResourceState::Request request;
    request.set_version(version);
    request.mutable_raw_state()->set_json(json);
    tfplugin6::UpgradeResourceState::Response response;
    Call(request, response);
    EXPECT_THAT(response.diagnostics(), SizeIs(1)) << json;
  }
}

TEST_F(ResourceRpcsTest, AMoveNamesSourceAndTarget) {
  tfplugin6::MoveResourceState::Request request;
  request.set_source_provider_address("example.com/a/b");
  request.set_source_type_name("b_thing");
  request.set_target_type_name("fake_thing");
  tfplugin6::MoveResourceState::Response response;
  Answer(provider_, RequestContext(), request, response);
  ASSERT_THAT(response.diagnostics(), SizeIs(1));
  EXPECT_THAT(response.diagnostics(0).detail(), HasSubstr("b_thing of example.com/a/b"));
  EXPECT_THAT(response.diagnostics(0).detail(), HasSubstr("fake_thing"));
}

TEST_F(ResourceRpcsTest, GeneratedConfigurationLeavesOutWhatOnlyTheProviderSets) {
  tfplugin6::GenerateResourceConfig::Request request;
  Set(request.mutable_state(), Thing(Value::String("i"), Value::Int(3)));
  tfplugin6::GenerateResourceConfig::Response response;
  Call(request, response);
  EXPECT_EQ(Get(response.config()), Thing(Value::Null(), Value::Int(3)));
}

TEST_F(ResourceRpcsTest, WhatIsNotUtf8DoesNotReachTheHost) {
  provider_.resource.read = [](const Value&, const PrivateState&, Diagnostics& d) {
    d.AddError("bad \xc3\x28", "detail \xff");
    return StateResult{};
  };
  tfplugin6::ReadResource::Request request;
  tfplugin6::ReadResource::Response response;
  Call(request, response);
  EXPECT_EQ(response.diagnostics(0).summary(), "bad \xef\xbf\xbd(");
  EXPECT_EQ(response.diagnostics(0).detail(), "detail \xef\xbf\xbd");
}

}  // namespace
}  // namespace kproto::rpc
