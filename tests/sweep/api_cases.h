// SPDX-License-Identifier: MPL-2.0
// Which of the recorded calls of an operation are spoiled in which way, and which of them in one
// go. Nothing is listed by hand: whatever the provider and its helm come to call is swept.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "tests/sweep/faulty_api_server.h"

namespace kproto::testing {

// A few that stand for all: spread over every caller and verb, each with the next kind of fault;
// `turn` says which kind is the first. All in one go: each apply that fails is followed by one that
// goes on until it meets the next.
ApiFaults SampleOf(const std::vector<ApiCall>& calls, int turn);

// What helm deletes, refused: in an upgrade it goes on and reports success all the same.
ApiFaults RefusedDeletesOfHelm(const std::vector<ApiCall>& calls);

// Every write with every fault, and of the reads the first of each kind with what a read can
// suffer, as far as they are wanted, so many in one go. What the provider itself tries again is
// kept from what fails an apply. In an order in which any beginning is a fair part of all.
std::vector<ApiFaults> AllOf(const std::vector<ApiCall>& calls, size_t in_one_go,
                             const std::function<bool(const ApiCall&, ApiFault)>& wanted);

}  // namespace kproto::testing
