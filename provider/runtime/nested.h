// SPDX-License-Identifier: MPL-2.0
// Walking nested attributes: calls a function for each element object of a nested attribute's value
// (the object itself, list and set elements, map entries), beside the elements at the same place
// in other values, and puts the results together again.
#pragma once

#include <functional>

#include "provider/schema/path.h"
#include "provider/schema/schema.h"
#include "provider/schema/value.h"

namespace kproto {

// `a` and `b` are the counterparts of `element`, or null where there is none. Set elements have no
// identity, so a set element's counterpart is itself in `a` and null in `b`.
using ElementMapper = std::function<Value(const Value& element, const Value& a, const Value& b)>;

// `value` is known and of `attribute`'s type, whose nesting is not kNone.
Value MapElements(const Attribute& attribute, const Value& value, const Value& a, const Value& b,
                  const ElementMapper& mapper);

// Calls `visit(element, path of the element)` for each known element; for sets the path is the
// set's own, because the protocol cannot point into one.
void VisitElements(const Attribute& attribute, const Value& value, const Path& path,
                   const std::function<void(const Value&, const Path&)>& visit);

}  // namespace kproto
