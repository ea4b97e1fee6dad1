// SPDX-License-Identifier: MPL-2.0
// What OpenTofu and Terraform do around a provider, as far as values go: the state they propose,
// and the checks whose failure they report as "Provider produced invalid plan" or "inconsistent
// result after apply". Tests judge plans and results by them.
#pragma once

#include <string>
#include <vector>

#include "provider/schema/schema.h"
#include "provider/schema/value.h"

namespace kproto::testing {

// The configuration merged onto the prior state: what PlanResourceChange is asked to refine.
Value ProposedState(const Schema& schema, const Value& prior, const Value& config);

// What a host would complain about, a line each; empty when it accepts.
std::vector<std::string> PlanComplaints(const Schema& schema, const Value& prior,
                                        const Value& config, const Value& planned);
std::vector<std::string> ApplyComplaints(const Schema& schema, const Value& planned,
                                         const Value& result);

}  // namespace kproto::testing
