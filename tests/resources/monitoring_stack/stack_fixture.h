// SPDX-License-Identifier: MPL-2.0
// StackTest: a world with one cluster, the stack's resource in it, and a host that plans and
// applies; for every test of the resource as a whole.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/resource.h"
#include "tests/resources/monitoring_stack/stack_world.h"

namespace kproto::testing {

// A configuration with null for whatever is not set, at every depth.
inline Value Completed(const std::vector<Attribute>& attributes, Value::Map set) {
  Value::Map result;
  for (const Attribute& attribute : attributes) {
    Value value = set[attribute.name];
    if (attribute.nesting == Nesting::kSingle && value.is_known()) {
      value = Completed(attribute.nested, value.map());
    }
    result[attribute.name] = value;
  }
  return Value::OfMap(std::move(result));
}

class StackTest : public ::testing::Test {
 protected:
  // A configuration; whatever is not set is null, at every depth.
  Value Config(Value::Map set) const {
    return Completed(resource_.schema().attributes, std::move(set));
  }
  Value Basic(Value::Map more = {}) const {
    more["cluster_id"] = Value::String(kClusterId);
    return Config(std::move(more));
  }
  static Value Object(Value::Map map) { return Value::OfMap(std::move(map)); }
  static Value Text(const char* text) { return Value::String(text); }

  // A plan that would do nothing.
  void ExpectNoChange(const Value& config) {
    host_.Refresh();
    const PlanResult plan = host_.Plan(config);
    EXPECT_EQ(host_.Errors(), "");
    EXPECT_TRUE(plan.planned == host_.state)
        << "planned " << DebugString(plan.planned) << "\nstate   " << DebugString(host_.state);
  }
  bool WouldChange(const Value& config) {
    host_.Refresh();
    return !(host_.Plan(config).planned == host_.state);
  }

  // All that the last operation said, a line each.
  std::string Warnings() const {
    std::string text;
    for (const Diagnostic& diagnostic : host_.diagnostics.all()) {
      absl::StrAppend(&text, diagnostic.path.ToString(), ": ", diagnostic.summary, ": ",
                      diagnostic.detail, "\n");
    }
    return text;
  }

  StackWorld world_;
  MonitoringStackResource resource_{world_};
  Host host_{resource_};
};

}  // namespace kproto::testing
