// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/schema_proto.h"

#include <vector>

#include "provider/protocol/utf8.h"

namespace kproto {
namespace {

using Block = tfplugin6::Schema::Block;
using NestedBlock = tfplugin6::Schema::NestedBlock;
using Object = tfplugin6::Schema::Object;

NestedBlock::NestingMode BlockNesting(Nesting nesting) {
  switch (nesting) {
    case Nesting::kSingle:
      return NestedBlock::SINGLE;
    case Nesting::kList:
      return NestedBlock::LIST;
    case Nesting::kSet:
      return NestedBlock::SET;
    case Nesting::kMap:
      return NestedBlock::MAP;
    case Nesting::kNone:
      break;
  }
  return NestedBlock::INVALID;
}

Object::NestingMode ObjectNesting(Nesting nesting) {
  switch (nesting) {
    case Nesting::kSingle:
      return Object::SINGLE;
    case Nesting::kList:
      return Object::LIST;
    case Nesting::kSet:
      return Object::SET;
    case Nesting::kMap:
      return Object::MAP;
    case Nesting::kNone:
      break;
  }
  return Object::INVALID;
}

// Of blocks, attributes and the schema itself alike.
template <typename Message>
void Describe(const std::string& description, const std::string& deprecation, Message& wire) {
  if (!description.empty()) {
    wire.set_description(ToValidUtf8(description));
    wire.set_description_kind(tfplugin6::MARKDOWN);
  }
  if (!deprecation.empty()) {
    wire.set_deprecated(true);
    wire.set_deprecation_message(ToValidUtf8(deprecation));
  }
}

void ToAttribute(const Attribute& attribute, tfplugin6::Schema::Attribute& wire) {
  wire.set_name(attribute.name);
  if (attribute.nesting == Nesting::kNone) {
    wire.set_type(attribute.type.ToJson());
  } else {
    wire.mutable_nested_type()->set_nesting(ObjectNesting(attribute.nesting));
    for (const Attribute& nested : attribute.nested) {
      ToAttribute(nested, *wire.mutable_nested_type()->add_attributes());
    }
  }
  wire.set_required(attribute.required);
  wire.set_optional(attribute.optional);
  wire.set_computed(attribute.computed || attribute.default_value.has_value());
  wire.set_sensitive(attribute.sensitive);
  wire.set_write_only(attribute.write_only);
  Describe(attribute.description, attribute.deprecation, wire);
}

void ToBlock(const std::vector<Attribute>& attributes, Block& wire);

void ToNestedBlock(const Attribute& attribute, NestedBlock& wire) {
  wire.set_type_name(attribute.name);
  wire.set_nesting(BlockNesting(attribute.nesting));
  if (attribute.nesting == Nesting::kSingle) {
    wire.set_min_items(attribute.required ? 1 : 0);
    wire.set_max_items(attribute.required ? 1 : 0);
  } else if (attribute.nesting != Nesting::kMap) {
    wire.set_min_items(attribute.min_items);
    wire.set_max_items(attribute.max_items);
  }
  ToBlock(attribute.nested, *wire.mutable_block());
  Describe(attribute.description, attribute.deprecation, *wire.mutable_block());
}

void ToBlock(const std::vector<Attribute>& attributes, Block& wire) {
  for (const Attribute& attribute : attributes) {
    if (attribute.is_block) {
      ToNestedBlock(attribute, *wire.add_block_types());
    } else {
      ToAttribute(attribute, *wire.add_attributes());
    }
  }
}

void ToParameter(const FunctionParameter& parameter, tfplugin6::Function::Parameter& wire) {
  wire.set_name(parameter.name);
  wire.set_type(parameter.type.ToJson());
  wire.set_allow_null_value(parameter.allow_null);
  wire.set_allow_unknown_values(parameter.allow_unknown);
  wire.set_description(ToValidUtf8(parameter.description));
  wire.set_description_kind(tfplugin6::MARKDOWN);
}

}  // namespace

void ToProto(const Schema& schema, tfplugin6::Schema& wire) {
  wire.set_version(schema.version);
  ToBlock(schema.attributes, *wire.mutable_block());
  Describe(schema.description, "", *wire.mutable_block());
}

void ToProto(const AnyFunction& function, tfplugin6::Function& wire) {
  for (const FunctionParameter& parameter : function.parameters()) {
    ToParameter(parameter, *wire.add_parameters());
  }
  if (function.variadic_parameter()) {
    ToParameter(*function.variadic_parameter(), *wire.mutable_variadic_parameter());
  }
  wire.mutable_return_()->set_type(function.return_type().ToJson());
  wire.set_summary(ToValidUtf8(function.summary()));
  wire.set_description(ToValidUtf8(function.description()));
  wire.set_description_kind(tfplugin6::MARKDOWN);
}

}  // namespace kproto
