// SPDX-License-Identifier: MPL-2.0
// Tables: one declaration yields schema, decoding and encoding.
#include "provider/schema/model.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace kproto {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

struct Leaf {
  Attr<std::string> name;
  Attr<int64_t> size;
  static const Table<Leaf>& Fields() {
    static const auto& table = *new Table<Leaf>({
        Field("name", &Leaf::name, Required()),
        Field("size", &Leaf::size, OptionalComputed()),
    });
    return table;
  }
};

// Every type an Attr may hold.
struct Everything {
  Attr<bool> flag;
  Attr<std::string> text;
  Attr<SecretString> secret;
  Attr<Number> number;
  Attr<int64_t> whole;
  Attr<double> fraction;
  Attr<Value> anything;
  Attr<Leaf> leaf;
  Attr<ListOf<std::string>> list;
  Attr<SetOf<int64_t>> set;
  Attr<MapOf<bool>> map;
  Attr<ListOf<Leaf>> leaf_list;
  Attr<SetOf<Leaf>> leaf_set;
  Attr<MapOf<Leaf>> leaf_map;
  Attr<ListOf<MapOf<ListOf<std::string>>>> deep;
  Attr<ListOf<Leaf>> list_block;
  Attr<SetOf<Leaf>> set_block;
  Attr<MapOf<Leaf>> map_block;
  Attr<Leaf> single_block;
  static const Table<Everything>& Fields() {
    static const auto& table = *new Table<Everything>({
        Field("flag", &Everything::flag, Default(Value::Bool(true)), Doc("A flag.")),
        Field("text", &Everything::text, Required(), ForcesReplacement(), Check(NotEmpty())),
        Field("secret", &Everything::secret, Optional(), WriteOnly()),
        Field("number", &Everything::number, Optional(), Deprecated("Use whole.")),
        Field("whole", &Everything::whole, Computed(), Stable()),
        Field("fraction", &Everything::fraction, Optional(), Sensitive()),
        Field("anything", &Everything::anything, Optional()),
        Field("leaf", &Everything::leaf, Optional()),
        Field("list", &Everything::list, Optional()),
        Field("set", &Everything::set, Optional()),
        Field("map", &Everything::map, Optional()),
        Field("leaf_list", &Everything::leaf_list, Optional()),
        Field("leaf_set", &Everything::leaf_set, Optional()),
        Field("leaf_map", &Everything::leaf_map, Optional()),
        Field("deep", &Everything::deep, Optional()),
        Field("list_block", &Everything::list_block, Optional(), AsBlock(1, 3)),
        Field("set_block", &Everything::set_block, Optional(), AsBlock()),
        Field("map_block", &Everything::map_block, Optional(), AsBlock()),
        Field("single_block", &Everything::single_block, Optional(), AsBlock()),
    });
    return table;
  }
};

Value LeafValue(Value name, Value size) {
  return Value::OfMap({{"name", std::move(name)}, {"size", std::move(size)}});
}

Value Full() {
  const Value leaf = LeafValue(Value::String("a"), Value::Int(1));
  const Value other = LeafValue(Value::String("b"), Value::Null());
  return Value::OfMap({
      {"flag", Value::Bool(false)},
      {"text", Value::String("t")},
      {"secret", Value::String("s")},
      {"number", Value::OfNumber(*Number::Parse("0.10"))},
      {"whole", Value::Int(INT64_MIN)},
      {"fraction", Value::OfNumber(Number(0.25))},
      {"anything", Value::OfDynamic(Type::String(), Value::String("d"))},
      {"leaf", leaf},
      {"list", Value::OfList({Value::String("x"), Value::String("x")})},
      {"set", Value::OfSet({Value::Int(2), Value::Int(1)})},
      {"map", Value::OfMap({{"k", Value::Bool(true)}})},
      {"leaf_list", Value::OfList({leaf, other})},
      {"leaf_set", Value::OfSet({other, leaf})},
      {"leaf_map", Value::OfMap({{"one", leaf}, {"two", other}})},
      {"deep", Value::OfList({Value::OfMap({{"k", Value::OfList({Value::String("v")})}})})},
      {"list_block", Value::OfList({leaf})},
      {"set_block", Value::OfSet({leaf})},
      {"map_block", Value::OfMap({{"one", leaf}})},
      {"single_block", leaf},
  });
}

Value RoundTrip(const Value& value) {
  const absl::StatusOr<Everything> model = Everything::Fields().Decode(value);
  EXPECT_THAT(model, testing::IsOk());
  return model.ok() ? Everything::Fields().Encode(*model) : Value();
}

TEST(ModelTest, EveryKindOfAttributeGoesThereAndBack) { EXPECT_EQ(RoundTrip(Full()), Full()); }

TEST(ModelTest, DecodedMembersAreTheValues) {
  const auto model = Everything::Fields().Decode(Full());
  ASSERT_THAT(model, testing::IsOk());
  EXPECT_EQ(*model->whole, INT64_MIN);
  EXPECT_EQ(*model->fraction, 0.25);
  EXPECT_EQ(model->secret->Reveal(), "s");
  EXPECT_EQ(*model->leaf->name, "a");
  EXPECT_EQ(model->leaf_map->at("two")->size, Attr<int64_t>());
  EXPECT_EQ(model->deep->at(0)->at("k")->at(0), Attr<std::string>("v"));
}

TEST(ModelTest, EachAttributeMayBeNullOrUnknown) {
  for (const Attribute& attribute : Everything::Fields().attributes()) {
    for (const Value& state : {Value::Null(), Value::Unknown()}) {
      Value value = Full();
      value.map()[attribute.name] = state;
      const Value back = RoundTrip(value);
      const bool block = attribute.is_block && attribute.nesting != Nesting::kSingle;
      if (!(block && state.is_null())) {
        EXPECT_EQ(back, value) << attribute.name;
      }
    }
  }
}

TEST(ModelTest, ElementsAndMembersInsideMayBeUnknown) {
  Value value = Full();
  value.map()["list"] = Value::OfList({Value::Unknown(), Value::String("x"), Value::Null()});
  value.map()["set"] = Value::OfSet({Value::Unknown(), Value::Unknown(), Value::Int(1)});
  value.map()["map"] = Value::OfMap({{"a", Value::Unknown()}, {"b", Value::Null()}});
  value.map()["leaf"] = LeafValue(Value::Unknown(), Value::Unknown());
  value.map()["leaf_map"] = Value::OfMap(
      {{"a", Value::Unknown()}, {"b", LeafValue(Value::String("n"), Value::Unknown())}});
  value.map()["deep"] = Value::OfList({Value::OfMap({{"k", Value::OfList({Value::Unknown()})}})});
  EXPECT_EQ(RoundTrip(value), value);
}

TEST(ModelTest, CollectionBlocksAreEmptyNeverNull) {
  const Value encoded = Everything::Fields().Encode(Everything());
  EXPECT_EQ(encoded["list_block"], Value::OfList({}));
  EXPECT_EQ(encoded["set_block"], Value::OfSet({}));
  EXPECT_EQ(encoded["map_block"], Value::OfMap({}));
  EXPECT_EQ(encoded["single_block"], Value::Null());
  EXPECT_EQ(encoded["leaf_list"], Value::Null());
}

TEST(ModelTest, TheSchemaSaysWhatTheTableSays) {
  const Schema schema = SchemaOf<Everything>(3, "All.");
  EXPECT_EQ(schema.version, 3);
  EXPECT_EQ(schema.attributes.size(), Full().map().size());
  auto get = [&](const char* name) { return *FindAttribute(schema.attributes, name); };
  EXPECT_TRUE(get("flag").optional && get("flag").computed);
  EXPECT_EQ(get("flag").default_value, Value::Bool(true));
  EXPECT_EQ(get("flag").description, "A flag.");
  EXPECT_TRUE(get("text").required && get("text").requires_replace);
  EXPECT_TRUE(get("secret").write_only && get("secret").sensitive);
  EXPECT_EQ(get("number").deprecation, "Use whole.");
  EXPECT_TRUE(get("whole").computed && !get("whole").optional && get("whole").stable);
  EXPECT_EQ(get("whole").validators.size(), 1u);
  EXPECT_TRUE(get("fraction").sensitive);
  EXPECT_EQ(get("leaf_map").nesting, Nesting::kMap);
  EXPECT_EQ(get("leaf_map").nested.size(), 2u);
  EXPECT_EQ(get("deep").nesting, Nesting::kNone);
  EXPECT_EQ(get("deep").type.ToJson(), R"(["list",["map",["list","string"]]])");
  EXPECT_EQ(get("leaf_set").type.ToJson(),
            R"(["set",["object",{"name":"string","size":"number"}]])");
  EXPECT_TRUE(get("list_block").is_block);
  EXPECT_EQ(get("list_block").min_items, 1);
  EXPECT_EQ(get("list_block").max_items, 3);
  EXPECT_EQ(FindAttribute(schema.attributes, "missing"), nullptr);
  EXPECT_EQ(schema.ImpliedType().fields().size(), schema.attributes.size());
}

TEST(ModelTest, ValuesOfAnotherKindAreErrorsNotCrashes) {
  for (const Attribute& attribute : Everything::Fields().attributes()) {
    if (attribute.name == "anything") {
      continue;
    }
    Value value = Full();
    const bool text = attribute.type.kind() == Type::Kind::kString;
    value.map()[attribute.name] = text ? Value::Int(1) : Value::String("no");
    EXPECT_THAT(Everything::Fields().Decode(value), StatusIs(absl::StatusCode::kInternal))
        << attribute.name;
  }
  Value half = Full();
  half.map()["whole"] = Value::OfNumber(Number(1.5));
  EXPECT_THAT(Everything::Fields().Decode(half),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("expected a whole number, got 1.5")));
}

TEST(AttrTest, NullUnknownAndKnownAreThreeStates) {
  Attr<std::string> attr;
  EXPECT_TRUE(attr.is_null() && !attr.is_unknown() && !attr.is_known());
  EXPECT_EQ(attr.value_or("x"), "x");
  attr = Attr<std::string>::Unknown();
  EXPECT_TRUE(attr.is_unknown() && !attr.is_null());
  EXPECT_EQ(attr.value_or("x"), "x");
  attr = "";
  EXPECT_TRUE(attr.is_known());
  EXPECT_EQ(attr.value_or("x"), "");
  EXPECT_FALSE(attr == Attr<std::string>());
  EXPECT_EQ(Attr<int64_t>::Unknown(), Attr<int64_t>::Unknown());
}

}  // namespace
}  // namespace kproto
