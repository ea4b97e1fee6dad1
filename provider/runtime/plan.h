// SPDX-License-Identifier: MPL-2.0
// The planner: what PlanResourceChange must do for any schema, as one pure function over Values.
// Order: defaults, write-only to null, computed to unknown (only when something changes), then the
// attributes that call for replacement. A resource's own ModifyPlan comes after it.
#pragma once

#include <vector>

#include "provider/schema/path.h"
#include "provider/schema/schema.h"
#include "provider/schema/value.h"

namespace kproto {

struct PlannedValues {
  Value planned;
  std::vector<Path> requires_replace;
};

// Not for destroy plans. `prior` is null on create. Nothing to change gives `prior` back exactly.
PlannedValues PlanValues(const Schema& schema, const Value& prior, const Value& config,
                         const Value& proposed);

// The paths of attributes marked requires_replace whose planned value is not the prior one.
std::vector<Path> ReplacingPaths(const Schema& schema, const Value& prior, const Value& planned);

// `value` with every unknown inside replaced by what `fallback` has in its place, else by null:
// what may be stored when an apply ended before everything was known.
Value WithoutUnknowns(const Value& value, const Value& fallback);

// `value` with every write-only attribute null.
Value WithoutWriteOnly(const std::vector<Attribute>& attributes, const Value& value);

}  // namespace kproto
