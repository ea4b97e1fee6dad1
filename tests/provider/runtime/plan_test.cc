// SPDX-License-Identifier: MPL-2.0
#include "provider/runtime/plan.h"

#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/schema/model.h"
#include "tests/provider/runtime/host_rules.h"

namespace kproto {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::PlanComplaints;
using testing::ProposedState;

struct Node {
  Attr<std::string> zone, size, id;
  Attr<bool> spot;
  static const Table<Node>& Fields() {
    static const auto& table = *new Table<Node>({
        Field("zone", &Node::zone, Optional(), ForcesReplacement()),
        Field("size", &Node::size, Required()),
        Field("spot", &Node::spot, Default(Value::Bool(false))),
        Field("id", &Node::id, Computed(), Stable()),
    });
    return table;
  }
};

struct Server {
  Attr<std::string> id, name, region, password, image, address, neighbours;
  Attr<int64_t> count, revision;
  Attr<Node> node;
  Attr<ListOf<Node>> list, list_block;
  Attr<SetOf<Node>> set, set_block;
  Attr<MapOf<Node>> map;
  Attr<MapOf<std::string>> labels;
  Attr<ListOf<Node>> found;
  static const Table<Server>& Fields() {
    static const auto& table = *new Table<Server>({
        Field("id", &Server::id, Computed(), Stable()),
        Field("name", &Server::name, Required()),
        Field("region", &Server::region, Optional(), ForcesReplacement()),
        Field("password", &Server::password, Optional(), WriteOnly()),
        Field("image", &Server::image, OptionalComputed(), Stable(), ForcesReplacement()),
        Field("address", &Server::address, Computed()),
        Field("count", &Server::count, Default(Value::Int(1))),
        Field("revision", &Server::revision, OptionalComputed(), Stable()),
        Field("neighbours", &Server::neighbours, Optional(), Informs()),
        Field("node", &Server::node, Optional()),
        Field("list", &Server::list, Optional()),
        Field("set", &Server::set, Optional()),
        Field("map", &Server::map, Optional()),
        Field("labels", &Server::labels, Optional()),
        Field("list_block", &Server::list_block, Optional(), AsBlock()),
        Field("set_block", &Server::set_block, Optional(), AsBlock()),
        Field("found", &Server::found, Computed()),
    });
    return table;
  }
};

const Schema& TheSchema() {
  static const auto& schema = *new Schema(SchemaOf<Server>(0, ""));
  return schema;
}

Value NodeConfig(const char* size) {
  return Value::OfMap({{"zone", Value::Null()},
                       {"size", Value::String(size)},
                       {"spot", Value::Null()},
                       {"id", Value::Null()}});
}

// A configuration with `set` members; the rest is not written.
Value Config(Value::Map set) {
  for (const Attribute& attribute : TheSchema().attributes) {
    Value none;
    if (attribute.is_block) {
      none = attribute.nesting == Nesting::kSet ? Value::OfSet({}) : Value::OfList({});
    }
    set.try_emplace(attribute.name, none);
  }
  set.try_emplace("name", Value::Null());
  return Value::OfMap(std::move(set));
}
Value Named(Value::Map more = {}) {
  more["name"] = Value::String("n");
  return Config(std::move(more));
}

PlannedValues PlanOf(const Value& prior, const Value& config) {
  return PlanValues(TheSchema(), prior, config, ProposedState(TheSchema(), prior, config));
}

// Ids are never the same.
Value Made() {
  static int number = 0;
  return Value::String("made-" + std::to_string(++number));
}

// What an apply could make of a plan: every unknown gets a value of its type.
Value Filled(const Attribute& attribute, const Value& planned);
Value Filled(const std::vector<Attribute>& attributes, const Value& planned) {
  Value::Map result;
  for (const Attribute& attribute : attributes) {
    result[attribute.name] = Filled(attribute, planned[attribute.name]);
  }
  return Value::OfMap(std::move(result));
}
Value Filled(const Attribute& attribute, const Value& planned) {
  if (planned.is_unknown()) {
    switch (attribute.type.kind()) {
      case Type::Kind::kBool:
        return Value::Bool(true);
      case Type::Kind::kNumber:
        return Value::Int(7);
      case Type::Kind::kString:
        return Made();
      case Type::Kind::kList:
        return Value::OfList({});
      case Type::Kind::kSet:
        return Value::OfSet({});
      case Type::Kind::kMap:
        return Value::OfMap({});
      default:
        return Value::Null();
    }
  }
  if (attribute.nesting == Nesting::kNone || !planned.is_known()) {
    // Elements of plain collections.
    if (planned.kind() == Value::Kind::kMap) {
      Value::Map map = planned.map();
      for (auto& [key, element] : map) {
        element = element.is_unknown() ? Made() : element;
      }
      return Value::OfMap(std::move(map));
    }
    return planned;
  }
  const auto element = [&](const Value& e) {
    if (!e.is_known()) {
      return e.is_unknown() ? Filled(attribute.nested, Value::OfMap({})) : e;
    }
    return Filled(attribute.nested, e);
  };
  if (attribute.nesting == Nesting::kSingle) {
    return element(planned);
  }
  if (attribute.nesting == Nesting::kMap) {
    Value::Map map;
    for (const auto& [key, e] : planned.map()) {
      map[key] = element(e);
    }
    return Value::OfMap(std::move(map));
  }
  Value::List list;
  for (const Value& e : planned.list()) {
    list.push_back(element(e));
  }
  return attribute.nesting == Nesting::kSet ? Value::OfSet(std::move(list))
                                            : Value::OfList(std::move(list));
}
Value Applied(const Value& planned) { return Filled(TheSchema().attributes, planned); }
Value Created(const Value& config) { return Applied(PlanOf(Value::Null(), config).planned); }

TEST(PlanTest, OnCreateWhatIsDecidedLaterIsUnknownAndDefaultsAreTaken) {
  const Value planned = PlanOf(Value::Null(), Named()).planned;
  for (const char* computed : {"id", "image", "address", "revision", "found"}) {
    EXPECT_TRUE(planned[computed].is_unknown()) << computed;
  }
  EXPECT_EQ(planned["count"], Value::Int(1));
  EXPECT_EQ(planned["name"], Value::String("n"));
  for (const char* omitted : {"region", "node", "labels", "map", "set", "list"}) {
    EXPECT_TRUE(planned[omitted].is_null()) << omitted;
  }
  EXPECT_EQ(planned["list_block"], Value::OfList({}));
}

TEST(PlanTest, OnCreateNothingIsReplaced) {
  EXPECT_THAT(PlanOf(Value::Null(), Named({{"region", Value::String("r")}})).requires_replace,
              IsEmpty());
}

TEST(PlanTest, WhatIsConfiguredIsPlannedAsItIs) {
  const Value planned = PlanOf(Value::Null(), Named({{"image", Value::String("i")},
                                                     {"count", Value::Int(5)},
                                                     {"region", Value::Unknown()}}))
                            .planned;
  EXPECT_EQ(planned["image"], Value::String("i"));
  EXPECT_EQ(planned["count"], Value::Int(5));
  EXPECT_TRUE(planned["region"].is_unknown());
}

TEST(PlanTest, WriteOnlyValuesAreNeverPlanned) {
  const Value config = Named({{"password", Value::String("s3cr3t")}});
  EXPECT_TRUE(PlanOf(Value::Null(), config).planned["password"].is_null());
  const Value state = Created(config);
  EXPECT_EQ(PlanOf(state, config).planned, state) << "a write-only value is no difference";
}

TEST(PlanTest, DefaultsReachNestedElements) {
  const Value planned =
      PlanOf(Value::Null(), Named({{"map", Value::OfMap({{"a", NodeConfig("s")}})},
                                   {"set", Value::OfSet({NodeConfig("s")})},
                                   {"list_block", Value::OfList({NodeConfig("s")})},
                                   {"node", NodeConfig("s")}}))
          .planned;
  const Value element = Value::OfMap({{"zone", Value::Null()},
                                      {"size", Value::String("s")},
                                      {"spot", Value::Bool(false)},
                                      {"id", Value::Unknown()}});
  EXPECT_EQ(planned["map"]["a"], element);
  EXPECT_EQ(planned["node"], element);
  EXPECT_EQ(planned["list_block"].list()[0], element);
  EXPECT_EQ(planned["set"].list()[0], element);
}

TEST(PlanTest, NothingToChangeGivesThePriorStateBackExactly) {
  const Value config = Named({{"map", Value::OfMap({{"a", NodeConfig("s")}})},
                              {"set", Value::OfSet({NodeConfig("s"), NodeConfig("t")})},
                              {"list", Value::OfList({NodeConfig("s")})},
                              {"set_block", Value::OfSet({NodeConfig("s")})},
                              {"labels", Value::OfMap({{"k", Value::String("v")}})}});
  const Value state = Created(config);
  const PlannedValues again = PlanOf(state, config);
  EXPECT_EQ(again.planned, state);
  EXPECT_THAT(again.requires_replace, IsEmpty());
}

TEST(PlanTest, AChangeMakesComputedValuesUnknownAndKeepsStableOnes) {
  const Value state = Created(Named());
  const Value planned = PlanOf(state, Config({{"name", Value::String("other")}})).planned;
  EXPECT_TRUE(planned["address"].is_unknown());
  EXPECT_TRUE(planned["found"].is_unknown());
  EXPECT_EQ(planned["id"], state["id"]);
  EXPECT_EQ(planned["revision"], state["revision"]);
}

TEST(PlanTest, WhatOnlyInformsIsNoChangeAloneAndTakenAlongWithOne) {
  const auto named = [](const char* name, Value neighbours) {
    return Config({{"name", Value::String(name)}, {"neighbours", std::move(neighbours)}});
  };
  const Value state = Created(named("a", Value::String("two")));
  EXPECT_EQ(PlanOf(state, named("a", Value::String("three"))).planned, state);
  EXPECT_EQ(PlanOf(state, named("a", Value::Unknown())).planned, state);
  EXPECT_EQ(PlanOf(state, named("b", Value::String("three"))).planned["neighbours"],
            Value::String("three"));
  // The host takes nothing but what is configured where one of both is null.
  EXPECT_EQ(PlanOf(state, named("a", Value::Null())).planned["neighbours"], Value::Null());
}

TEST(PlanTest, AStableValueThatWasNeverKnownIsUnknown) {
  Value state = Created(Named());
  state.map()["id"] = Value::Null();
  EXPECT_TRUE(PlanOf(state, Config({{"name", Value::String("x")}})).planned["id"].is_unknown());
}

TEST(PlanTest, ElementsKeepTheirStableIdsByKeyAndByIndex) {
  const Value config = Named({{"map", Value::OfMap({{"a", NodeConfig("s")}})},
                              {"list", Value::OfList({NodeConfig("s")})},
                              {"set", Value::OfSet({NodeConfig("s")})}});
  const Value state = Created(config);
  const Value wider =
      Named({{"map", Value::OfMap({{"a", NodeConfig("bigger")}, {"b", NodeConfig("s")}})},
             {"list", Value::OfList({NodeConfig("bigger"), NodeConfig("s")})},
             {"set", Value::OfSet({NodeConfig("s"), NodeConfig("t")})}});
  const Value planned = PlanOf(state, wider).planned;
  EXPECT_EQ(planned["map"]["a"]["id"], state["map"]["a"]["id"]);
  EXPECT_TRUE(planned["map"]["b"]["id"].is_unknown());
  EXPECT_EQ(planned["list"].list()[0]["id"], state["list"].list()[0]["id"]);
  EXPECT_TRUE(planned["list"].list()[1]["id"].is_unknown());
  int known = 0;
  for (const Value& element : planned["set"].list()) {
    known += element["id"] == state["set"].list()[0]["id"] ? 1 : 0;
  }
  EXPECT_EQ(known, 1) << "the element that did not change is the same one";
}

TEST(PlanTest, DefaultsDoNotReachIntoWhatIsOnlyComputed) {
  Value state = Created(Named());
  Value found = NodeConfig("s");
  found.map()["spot"] = Value::Bool(true);
  state.map()["found"] = Value::OfList({found});
  EXPECT_EQ(PlanOf(state, Named()).planned, state);
}

TEST(PlanTest, RemovingAnArgumentWithADefaultGoesBackToTheDefault) {
  const Value state = Created(Named({{"count", Value::Int(5)}}));
  EXPECT_EQ(PlanOf(state, Named()).planned["count"], Value::Int(1));
}

TEST(PlanTest, RemovingAComputedArgumentKeepsWhatThereIs) {
  const Value state = Created(Named({{"image", Value::String("i")}}));
  EXPECT_EQ(PlanOf(state, Named()).planned, state);
}

TEST(PlanTest, ReplacementIsAskedForWhereSomethingChanges) {
  Value zoned = NodeConfig("s");
  zoned.map()["zone"] = Value::String("z1");
  Value moved = zoned;
  moved.map()["zone"] = Value::String("z2");
  auto config = [](const Value& node, const char* region) {
    return Named({{"region", Value::String(region)},
                  {"node", node},
                  {"map", Value::OfMap({{"a", node}, {"b", NodeConfig("s")}})},
                  {"list", Value::OfList({NodeConfig("s"), node})}});
  };
  const Value state = Created(config(zoned, "r1"));
  EXPECT_THAT(
      PlanOf(state, config(moved, "r2")).requires_replace,
      ElementsAre(Path("region"), Path("node").Attribute("zone"),
                  Path("list").Index(1).Attribute("zone"), Path("map").Key("a").Attribute("zone")));
  EXPECT_THAT(PlanOf(state, config(zoned, "r2")).requires_replace, ElementsAre(Path("region")));
  EXPECT_THAT(PlanOf(state, config(NodeConfig("s"), "r1")).requires_replace,
              ElementsAre(Path("node").Attribute("zone"), Path("list").Index(1).Attribute("zone"),
                          Path("map").Key("a").Attribute("zone")));
}

TEST(PlanTest, AddingAndRemovingElementsReplacesNothing) {
  Value zoned = NodeConfig("s");
  zoned.map()["zone"] = Value::String("z1");
  const Value state = Created(Named({{"map", Value::OfMap({{"a", zoned}})}}));
  EXPECT_THAT(PlanOf(state, Named({{"map", Value::OfMap({{"b", zoned}})}})).requires_replace,
              IsEmpty());
}

TEST(PlanTest, AnUnknownValueOfAReplacingArgumentMayReplace) {
  const Value state = Created(Named({{"region", Value::String("r")}}));
  EXPECT_THAT(PlanOf(state, Named({{"region", Value::Unknown()}})).requires_replace,
              ElementsAre(Path("region")));
}

TEST(WithoutUnknownsTest, WhatIsUnknownFallsBackByNameElseIsNull) {
  const Value value = Value::OfMap({
      {"a", Value::Unknown()},
      {"b", Value::Unknown()},
      {"deep", Value::OfMap({{"x", Value::Unknown()}, {"y", Value::Int(2)}})},
      {"list", Value::OfList({Value::Unknown(), Value::Int(1)})},
      {"set", Value::OfSet({Value::Unknown(), Value::Unknown(), Value::Int(1)})},
      {"dynamic", Value::OfDynamic(Type::String(), Value::Unknown())},
  });
  const Value fallback = Value::OfMap({{"a", Value::Int(9)},
                                       {"b", Value::OfList({Value::Unknown()})},
                                       {"deep", Value::OfMap({{"x", Value::Int(8)}})},
                                       {"list", Value::OfList({Value::Int(7)})}});
  const Value stored = WithoutUnknowns(value, fallback);
  EXPECT_TRUE(stored.is_wholly_known());
  EXPECT_EQ(DebugString(stored),
            "{a = 9, b = null, deep = {x = 8, y = 2}, dynamic = null, list = [null, 1], "
            "set = [null, 1]}");
}

TEST(WithoutUnknownsTest, ElementsOfAListFallBackByPlaceWhereThereAreAsMany) {
  const Value value =
      Value::OfList({Value::OfMap({{"id", Value::Unknown()}, {"n", Value::Int(1)}}),
                     Value::OfMap({{"id", Value::Unknown()}, {"n", Value::Int(2)}})});
  const Value fallback = Value::OfList({Value::OfMap({{"id", Value::Int(7)}, {"n", Value::Int(0)}}),
                                        Value::OfMap({{"id", Value::Int(8)}})});
  EXPECT_EQ(DebugString(WithoutUnknowns(value, fallback)), "[{id = 7, n = 1}, {id = 8, n = 2}]");
}

TEST(WithoutWriteOnlyTest, NestedSecretsGoToo) {
  std::vector<Attribute> inner(2), outer(1);
  inner[0].name = "secret";
  inner[0].write_only = true;
  inner[1].name = "kept";
  outer[0].name = "pools";
  outer[0].nesting = Nesting::kMap;
  outer[0].nested = inner;
  const Value value =
      Value::OfMap({{"pools", Value::OfMap({{"a", Value::OfMap({{"secret", Value::String("s")},
                                                                {"kept", Value::String("k")}})},
                                            {"b", Value::Unknown()}})}});
  EXPECT_EQ(DebugString(WithoutWriteOnly(outer, value)),
            "{pools = {a = {kept = \"k\", secret = null}, b = (unknown)}}");
  EXPECT_TRUE(WithoutWriteOnly(outer, Value::Null()).is_null());
}

// ---- any configuration
// ---------------------------------------------------------------------------

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  Value Configuration() {
    Value::Map config;
    for (const Attribute& attribute : TheSchema().attributes) {
      config[attribute.name] = ConfigOf(attribute);
    }
    return Value::OfMap(std::move(config));
  }

 private:
  int Pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  Value Object(const std::vector<Attribute>& attributes) {
    Value::Map map;
    for (const Attribute& attribute : attributes) {
      map[attribute.name] = ConfigOf(attribute);
    }
    return Value::OfMap(std::move(map));
  }

  Value ConfigOf(const Attribute& attribute) {
    const bool may_be_set = attribute.required || attribute.optional;
    const bool block = attribute.is_block && attribute.nesting != Nesting::kSingle;
    if (!may_be_set || (!attribute.required && !block && Pick(3) == 0)) {
      return Value::Null();
    }
    if (!block && Pick(8) == 0) {
      return Value::Unknown();
    }
    if (attribute.nesting == Nesting::kSingle) {
      return Object(attribute.nested);
    }
    // Set elements that differ only in a default that one of them spells out become the same one:
    // hosts cannot pair those, so sets have one element here.
    const int size = Pick(attribute.nesting == Nesting::kSet ? 2 : 3);
    Value::List list;
    Value::Map map;
    for (int i = 0; i < size; ++i) {
      Value element = attribute.nesting == Nesting::kNone ? Scalar(Type::Kind::kString)
                                                          : Object(attribute.nested);
      if (!attribute.is_block && Pick(8) == 0) {
        element = Value::Unknown();
      }
      list.push_back(element);
      map[std::string(1, static_cast<char>('a' + Pick(3)))] = std::move(element);
    }
    switch (attribute.type.kind()) {
      case Type::Kind::kList:
        return Value::OfList(std::move(list));
      case Type::Kind::kSet:
        return Value::OfSet(std::move(list));
      case Type::Kind::kMap:
        return Value::OfMap(std::move(map));
      default:
        return Scalar(attribute.type.kind());
    }
  }

  Value Scalar(Type::Kind kind) {
    if (kind == Type::Kind::kBool) {
      return Value::Bool(Pick(2) == 0);
    }
    return kind == Type::Kind::kNumber ? Value::Int(Pick(2))
                                       : Value::String(Pick(2) == 0 ? "x" : "y");
  }

  std::mt19937 random_;
};

// Unknown values of a configuration become known at apply time.
Value Resolved(const Value& config) {
  return WithoutUnknowns(config, Filled(TheSchema().attributes, config));
}

TEST(PlanPropertyTest, HostsAcceptThePlanOfAnyConfigurationOnAnyState) {
  for (unsigned seed = 0; seed < 1500; ++seed) {
    SCOPED_TRACE(seed);
    Generator generate(seed);
    const Value first = generate.Configuration();
    const PlannedValues create = PlanOf(Value::Null(), first);
    ASSERT_THAT(PlanComplaints(TheSchema(), Value::Null(), first, create.planned), IsEmpty());
    ASSERT_THAT(create.requires_replace, IsEmpty());

    const Value state = Applied(create.planned);
    ASSERT_TRUE(state.is_wholly_known());
    const Value second = generate.Configuration();
    const PlannedValues update = PlanOf(state, second);
    ASSERT_THAT(PlanComplaints(TheSchema(), state, second, update.planned), IsEmpty());
    for (const Path& path : update.requires_replace) {
      const std::string name = std::get<Path::AttributeName>(path.steps()[0]).name;
      ASSERT_NE(state[name], update.planned[name]) << path.ToString();
    }
  }
}

TEST(PlanPropertyTest, TheSameConfigurationTwiceChangesNothing) {
  for (unsigned seed = 0; seed < 1500; ++seed) {
    SCOPED_TRACE(seed);
    const Value config = Resolved(Generator(seed).Configuration());
    if (!config.is_wholly_known()) {
      continue;
    }
    const Value state = Created(config);
    const PlannedValues again = PlanOf(state, config);
    ASSERT_EQ(again.planned, state) << DebugString(again.planned) << "\n" << DebugString(state);
    ASSERT_THAT(again.requires_replace, IsEmpty());
  }
}

}  // namespace
}  // namespace kproto
