// SPDX-License-Identifier: MPL-2.0
#include "provider/runtime/nested.h"

#include <utility>

namespace kproto {
namespace {

const Value& At(const Value& list, size_t index) {
  static const auto& null = *new Value();
  const bool listed = list.kind() == Value::Kind::kList && index < list.list().size();
  return listed ? list.list()[index] : null;
}

}  // namespace

Value MapElements(const Attribute& attribute, const Value& value, const Value& a, const Value& b,
                  const ElementMapper& mapper) {
  auto mapped = [&](const Value& element, const Value& x, const Value& y) {
    return element.is_known() ? mapper(element, x, y) : element;
  };
  if (attribute.nesting == Nesting::kSingle) {
    return mapped(value, a, b);
  }
  if (attribute.nesting == Nesting::kMap) {
    Value::Map result;
    for (const auto& [key, element] : value.map()) {
      result[key] = mapped(element, a[key], b[key]);
    }
    return Value::OfMap(std::move(result));
  }
  Value::List result;
  const bool is_set = attribute.nesting == Nesting::kSet;
  for (size_t i = 0; i < value.list().size(); ++i) {
    const Value& element = value.list()[i];
    result.push_back(is_set ? mapped(element, element, Value())
                            : mapped(element, At(a, i), At(b, i)));
  }
  return is_set ? Value::OfSet(std::move(result)) : Value::OfList(std::move(result));
}

void VisitElements(const Attribute& attribute, const Value& value, const Path& path,
                   const std::function<void(const Value&, const Path&)>& visit) {
  if (!value.is_known()) {
    return;
  }
  auto visit_known = [&](const Value& element, const Path& at) {
    if (element.is_known()) {
      visit(element, at);
    }
  };
  if (attribute.nesting == Nesting::kSingle) {
    visit_known(value, path);
  } else if (attribute.nesting == Nesting::kMap) {
    for (const auto& [key, element] : value.map()) {
      visit_known(element, path.Key(key));
    }
  } else {
    for (size_t i = 0; i < value.list().size(); ++i) {
      visit_known(value.list()[i],
                  attribute.nesting == Nesting::kSet ? path : path.Index(static_cast<int64_t>(i)));
    }
  }
}

}  // namespace kproto
