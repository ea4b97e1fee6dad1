// SPDX-License-Identifier: MPL-2.0
#include "provider/runtime/plan.h"

#include <algorithm>
#include <utility>

#include "provider/runtime/nested.h"

namespace kproto {
namespace {

using Attributes = std::vector<Attribute>;

Value WithDefaults(const Attributes& attributes, const Value& config, const Value& proposed) {
  Value::Map planned;
  for (const Attribute& attribute : attributes) {
    const Value& configured = config[attribute.name];
    Value value = proposed[attribute.name];
    if (attribute.write_only) {
      value = Value::Null();
    } else if (attribute.default_value && configured.is_null()) {
      value = *attribute.default_value;
    } else if (attribute.nesting != Nesting::kNone && value.is_known() && !configured.is_null()) {
      value = MapElements(attribute, value, configured, Value(),
                          [&](const Value& element, const Value& in_config, const Value&) {
                            return WithDefaults(attribute.nested, in_config, element);
                          });
    }
    planned[attribute.name] = std::move(value);
  }
  return Value::OfMap(std::move(planned));
}

Value WithComputedUnknown(const Attributes& attributes, const Value& config, const Value& prior,
                          const Value& planned) {
  Value::Map result;
  for (const Attribute& attribute : attributes) {
    const Value& configured = config[attribute.name];
    const Value& before = prior[attribute.name];
    Value value = planned[attribute.name];
    if (attribute.computed && configured.is_null() && !attribute.default_value) {
      value = attribute.stable && !before.is_null() ? before : Value::Unknown();
    } else if (attribute.nesting != Nesting::kNone && value.is_known()) {
      value =
          MapElements(attribute, value, configured, before,
                      [&](const Value& element, const Value& in_config, const Value& in_prior) {
                        return WithComputedUnknown(attribute.nested, in_config, in_prior, element);
                      });
    }
    result[attribute.name] = std::move(value);
  }
  return Value::OfMap(std::move(result));
}

// `planned` with what only informs as it was. The host takes a prior value for one that says the
// same as the configured one, as long as both are there.
Value WithInformingAsBefore(const Attributes& attributes, const Value& prior, Value planned) {
  for (const Attribute& attribute : attributes) {
    Value& value = planned.map()[attribute.name];
    if (attribute.informs && !value.is_null() && !prior[attribute.name].is_null()) {
      value = prior[attribute.name];
    }
  }
  return planned;
}

void CollectReplacing(const Attributes& attributes, const Value& prior, const Value& planned,
                      const Path& path, std::vector<Path>& out) {
  for (const Attribute& attribute : attributes) {
    const Value& before = prior[attribute.name];
    const Value& after = planned[attribute.name];
    const Path here = path.Attribute(attribute.name);
    if (before == after) {
      continue;
    }
    if (attribute.requires_replace) {
      out.push_back(here);
    } else if (attribute.nesting == Nesting::kSingle && before.is_known() && after.is_known()) {
      CollectReplacing(attribute.nested, before, after, here, out);
    } else if (attribute.nesting == Nesting::kMap && before.is_known() && after.is_known()) {
      for (const auto& [key, element] : after.map()) {
        if (element.is_known() && before[key].is_known()) {
          CollectReplacing(attribute.nested, before[key], element, here.Key(key), out);
        }
      }
    } else if (attribute.nesting == Nesting::kList && before.is_known() && after.is_known()) {
      const size_t common = std::min(before.list().size(), after.list().size());
      for (size_t i = 0; i < common; ++i) {
        if (before.list()[i].is_known() && after.list()[i].is_known()) {
          CollectReplacing(attribute.nested, before.list()[i], after.list()[i],
                           here.Index(static_cast<int64_t>(i)), out);
        }
      }
    }
  }
}

}  // namespace

std::vector<Path> ReplacingPaths(const Schema& schema, const Value& prior, const Value& planned) {
  std::vector<Path> paths;
  if (prior.is_known() && planned.is_known()) {
    CollectReplacing(schema.attributes, prior, planned, Path(), paths);
  }
  return paths;
}

PlannedValues PlanValues(const Schema& schema, const Value& prior, const Value& config,
                         const Value& proposed) {
  PlannedValues result;
  result.planned = WithDefaults(schema.attributes, config, proposed);
  if (prior.is_known() &&
      WithInformingAsBefore(schema.attributes, prior, result.planned) == prior) {
    result.planned = prior;
    return result;
  }
  result.planned = WithComputedUnknown(schema.attributes, config, prior, result.planned);
  result.requires_replace = ReplacingPaths(schema, prior, result.planned);
  return result;
}

Value WithoutUnknowns(const Value& value, const Value& fallback) {
  switch (value.kind()) {
    case Value::Kind::kUnknown:
      return fallback.is_wholly_known() ? fallback : WithoutUnknowns(Value::Null(), Value());
    case Value::Kind::kMap: {
      Value::Map map;
      for (const auto& [key, element] : value.map()) {
        map[key] = WithoutUnknowns(element, fallback[key]);
      }
      return Value::OfMap(std::move(map));
    }
    case Value::Kind::kList:
    case Value::Kind::kSet: {
      // Only elements of a list have a place.
      const bool in_place = value.kind() == Value::Kind::kList &&
                            fallback.kind() == Value::Kind::kList &&
                            fallback.list().size() == value.list().size();
      Value::List list;
      for (size_t i = 0; i < value.list().size(); ++i) {
        list.push_back(WithoutUnknowns(value.list()[i], in_place ? fallback.list()[i] : Value()));
      }
      return value.kind() == Value::Kind::kSet ? Value::OfSet(std::move(list))
                                               : Value::OfList(std::move(list));
    }
    case Value::Kind::kDynamic:
      return Value::OfDynamic(value.dynamic_type(),
                              WithoutUnknowns(value.dynamic_value(), Value()));
    default:
      return value;
  }
}

Value WithoutWriteOnly(const std::vector<Attribute>& attributes, const Value& value) {
  if (!value.is_known()) {
    return value;
  }
  Value::Map result;
  for (const Attribute& attribute : attributes) {
    Value member = attribute.write_only ? Value::Null() : value[attribute.name];
    if (attribute.nesting != Nesting::kNone && member.is_known()) {
      member = MapElements(attribute, member, Value(), Value(),
                           [&](const Value& element, const Value&, const Value&) {
                             return WithoutWriteOnly(attribute.nested, element);
                           });
    }
    result[attribute.name] = std::move(member);
  }
  return Value::OfMap(std::move(result));
}

}  // namespace kproto
