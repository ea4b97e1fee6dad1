// SPDX-License-Identifier: MPL-2.0
#include "provider/schema/schema.h"

#include <algorithm>

namespace kproto {

Type ObjectTypeOf(const std::vector<Attribute>& attributes) {
  Type::Fields fields;
  for (const Attribute& attribute : attributes) {
    fields.emplace_back(attribute.name, attribute.type);
  }
  return Type::Object(std::move(fields));
}

Type Schema::ImpliedType() const { return ObjectTypeOf(attributes); }

Value EmptyIfBlock(const Attribute& attribute, Value value) {
  if (!attribute.is_block || !value.is_null()) {
    return value;
  }
  switch (attribute.nesting) {
    case Nesting::kList:
      return Value::OfList({});
    case Nesting::kSet:
      return Value::OfSet({});
    case Nesting::kMap:
      return Value::OfMap({});
    default:
      return value;
  }
}

const Attribute* FindAttribute(const std::vector<Attribute>& attributes, const std::string& name) {
  const auto it = std::find_if(attributes.begin(), attributes.end(),
                               [&](const Attribute& a) { return a.name == name; });
  return it == attributes.end() ? nullptr : &*it;
}

}  // namespace kproto
