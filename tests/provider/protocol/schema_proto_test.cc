// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/schema_proto.h"

#include <utility>

#include "gtest/gtest.h"

namespace kproto {
namespace {

Attribute Of(std::string name, Type type) {
  Attribute attribute;
  attribute.name = std::move(name);
  attribute.type = std::move(type);
  return attribute;
}

tfplugin6::Schema Wire(std::vector<Attribute> attributes) {
  tfplugin6::Schema wire;
  ToProto(Schema{3, "What it *is*.", std::move(attributes)}, wire);
  return wire;
}

TEST(SchemaProtoTest, APlainAttributeHasAllThatIsSaidAboutIt) {
  Attribute attribute = Of("a", Type::List(Type::String()));
  attribute.optional = true;
  attribute.sensitive = true;
  attribute.write_only = true;
  attribute.description = "Text.";
  attribute.deprecation = "Use b.";
  const tfplugin6::Schema wire = Wire({attribute});
  EXPECT_EQ(wire.version(), 3);
  EXPECT_EQ(wire.block().description_kind(), tfplugin6::MARKDOWN);
  const auto& out = wire.block().attributes(0);
  EXPECT_EQ(out.name(), "a");
  EXPECT_EQ(out.type(), "[\"list\",\"string\"]");
  EXPECT_TRUE(out.optional() && out.sensitive() && out.write_only() && out.deprecated());
  EXPECT_FALSE(out.required() || out.computed() || out.has_nested_type());
  EXPECT_EQ(out.deprecation_message(), "Use b.");
}

TEST(SchemaProtoTest, ADefaultMakesAnAttributeComputed) {
  Attribute attribute = Of("a", Type::Bool());
  attribute.optional = true;
  attribute.default_value = Value::Bool(true);
  EXPECT_TRUE(Wire({attribute}).block().attributes(0).computed());
}

TEST(SchemaProtoTest, NestedAttributesAreANestedType) {
  Attribute attribute = Of("pools", Type::Map(Type::Object({{"size", Type::Number()}})));
  attribute.required = true;
  attribute.nesting = Nesting::kMap;
  attribute.nested = {Of("size", Type::Number())};
  const tfplugin6::Schema wire = Wire({attribute});
  const auto& out = wire.block().attributes(0);
  EXPECT_EQ(out.type(), "");
  EXPECT_EQ(out.nested_type().nesting(), tfplugin6::Schema::Object::MAP);
  EXPECT_EQ(out.nested_type().attributes(0).type(), "\"number\"");
}

TEST(SchemaProtoTest, BlocksAreBlocks) {
  Attribute list = Of("rule", Type::List(Type::Object({})));
  list.is_block = true;
  list.nesting = Nesting::kList;
  list.min_items = 1;
  list.max_items = 4;
  Attribute single = Of("only", Type::Object({}));
  single.is_block = true;
  single.required = true;
  single.nesting = Nesting::kSingle;
  const tfplugin6::Schema wire = Wire({list, single});
  EXPECT_EQ(wire.block().attributes_size(), 0);
  EXPECT_EQ(wire.block().block_types(0).type_name(), "rule");
  EXPECT_EQ(wire.block().block_types(0).nesting(), tfplugin6::Schema::NestedBlock::LIST);
  EXPECT_EQ(wire.block().block_types(0).min_items(), 1);
  EXPECT_EQ(wire.block().block_types(0).max_items(), 4);
  // The host wants the two to be equal for a single block.
  EXPECT_EQ(wire.block().block_types(1).min_items(), 1);
  EXPECT_EQ(wire.block().block_types(1).max_items(), 1);
}

}  // namespace
}  // namespace kproto
