// SPDX-License-Identifier: MPL-2.0
// Finding: one thing that a check holds against a planned stack: where it is said, what is wrong,
// why, and what to do. The folder's own currency; rules.h turns findings into diagnostics.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "provider/schema/path.h"

namespace kproto::monitoring_stack {

enum class Severity { kOff, kWarning, kError };

struct Finding {
  std::string component;         // "": the stack as a whole
  std::vector<std::string> key;  // path of keys in the component's values; empty: none is to blame
  Path attribute;                // of the configuration; empty: where the values come from
  std::string summary;           // one line without a trailing period
  std::string cause, cure;       // sentences
  Severity severity = Severity::kError;  // the user may lower it, never raise it
  std::string file;  // where it stands when no values file says the key; "": looked up by the key
};

using Findings = std::vector<Finding>;

// One more of what a component's values say; the caller fills in the rest.
inline Finding& AddFinding(Findings& findings, const std::string& component,
                           std::vector<std::string> key, std::string summary) {
  Finding& finding = findings.emplace_back();
  finding.component = component;
  finding.key = std::move(key);
  finding.summary = std::move(summary);
  return finding;
}

}  // namespace kproto::monitoring_stack
