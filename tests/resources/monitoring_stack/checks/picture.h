// SPDX-License-Identifier: MPL-2.0
// Picture: a RenderedStack as a test writes it down, and the findings of one rule on it as lines of
// "summary | key | cause | cure", so that a bad and a good example stand side by side.
#pragma once

#include <string>
#include <vector>

#include "resources/monitoring_stack/checks/finding.h"
#include "resources/monitoring_stack/checks/rendered_stack.h"

namespace kproto::monitoring_stack {

struct Picture {
  RenderedStack stack;

  // A component of the namespace "monitoring" whose chart has its name. `values` and `objects` are
  // YAML, `objects` of any number of documents.
  RenderedComponent& Add(const std::string& name, const std::string& values,
                         const std::string& objects = "");
  // A pool of kproto_cluster's; "dedicated" for one that is.
  void AddPool(const std::string& name, const std::string& size, int64_t count,
               bool dedicated = false);
  // The chart of a component: defaults (YAML) and templates.
  void SetChart(const std::string& name, const std::string& defaults,
                const std::string& templates = "", const std::string& app_version = "");
};

using CheckFunction = void (*)(const RenderedStack& stack, Findings& findings);
Findings All(CheckFunction check, const Picture& picture);
std::vector<std::string> Lines(CheckFunction check, const Picture& picture);

}  // namespace kproto::monitoring_stack
