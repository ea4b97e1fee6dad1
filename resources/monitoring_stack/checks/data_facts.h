// SPDX-License-Identifier: MPL-2.0
// DataFacts: what of a stack decides whether its data can be found again. Kept in the private state
// when a stack is applied, and held against the next plan by the rule data_loss. Pure.
#pragma once

#include <set>
#include <string>

#include "nlohmann/json.hpp"

namespace kproto::monitoring_stack {

struct RenderedStack;

struct DataFacts {
  nlohmann::json schema = nlohmann::json::array();  // Loki's schema periods
  std::set<std::string> with_volume;                // components
};

DataFacts DataFactsOf(const RenderedStack& stack);

}  // namespace kproto::monitoring_stack
