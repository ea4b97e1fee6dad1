// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/state_shape.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace kproto {
namespace {

using Attributes = std::vector<Attribute>;
using Change = std::function<Value(const Attribute&, Value)>;

Value WalkObject(const Attributes& attributes, Value value, const Change& change);

// The objects inside an attribute with nesting.
Value WalkNested(const Attribute& attribute, Value value, const Change& change) {
  if (!value.is_known()) {
    return value;
  }
  switch (attribute.nesting) {
    case Nesting::kNone:
      return value;
    case Nesting::kSingle:
      return WalkObject(attribute.nested, std::move(value), change);
    case Nesting::kMap:
      if (value.kind() == Value::Kind::kMap) {
        for (auto& [key, element] : value.map()) {
          element = WalkObject(attribute.nested, std::move(element), change);
        }
      }
      return value;
    case Nesting::kList:
    case Nesting::kSet:
      break;
  }
  if (value.kind() != Value::Kind::kList && value.kind() != Value::Kind::kSet) {
    return value;
  }
  Value::List elements = value.list();
  for (Value& element : elements) {
    element = WalkObject(attribute.nested, std::move(element), change);
  }
  return attribute.nesting == Nesting::kSet ? Value::OfSet(std::move(elements))
                                            : Value::OfList(std::move(elements));
}

// `change` is applied to each attribute after what is inside it.
Value WalkObject(const Attributes& attributes, Value value, const Change& change) {
  if (value.kind() != Value::Kind::kMap) {
    return value;
  }
  for (const Attribute& attribute : attributes) {
    Value& member = value.map()[attribute.name];
    member = change(attribute, WalkNested(attribute, std::move(member), change));
  }
  return value;
}

Value Stored(const Attribute& attribute, Value value) {
  return attribute.write_only ? Value::Null() : EmptyIfBlock(attribute, std::move(value));
}

}  // namespace

Value ToStoredShape(const Schema& schema, Value value) {
  return WalkObject(schema.attributes, std::move(value), Stored);
}

Value ToConfigShape(const Schema& schema, Value state) {
  const auto configured = [](const Attribute& attribute, Value value) {
    const bool settable = attribute.is_block || attribute.required || attribute.optional;
    const bool is_default = attribute.default_value && value == *attribute.default_value;
    return settable && !is_default ? Stored(attribute, std::move(value)) : Value::Null();
  };
  return WalkObject(schema.attributes, std::move(state), configured);
}

}  // namespace kproto
