// SPDX-License-Identifier: MPL-2.0
// YAML in, JSON values out: values files, kubeconfigs, rendered manifests. Plain scalars become
// null, bool, number or string as Helm and kubectl see them (their Go library's rules, so `yes` and
// `on` are bools and 0644 is octal; quoted text and `!!str` stay strings). There is no emitter:
// JSON is YAML, so whoever needs YAML text writes value.dump().
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace kproto::yaml {

// A mapping that names a key twice is a mistake in a file that a person wrote; Helm and Kubernetes
// themselves take the last one, and some charts rely on it.
enum class DuplicateKeys { kReject, kLastWins };

// The one document of `text`; null when the text holds none. Anchors and `<<` merge keys are
// resolved. Errors: InvalidArgument "line 3, column 7: …", also for a second document, for text
// that is not UTF-8, nested too deep, or grown beyond reason by aliases. Thread-safe.
absl::StatusOr<nlohmann::json> Parse(absl::string_view text,
                                     DuplicateKeys duplicates = DuplicateKeys::kReject);

// Every document of `text` in order; empty ones (such as a comment alone) are left out.
absl::StatusOr<std::vector<nlohmann::json>> ParseAll(
    absl::string_view text, DuplicateKeys duplicates = DuplicateKeys::kReject);

// A document, and where in the text each of its keys stands.
struct Located {
  nlohmann::json value;
  std::map<std::string, int> lines;  // 1-based, by JSON pointer such as "/grafana.ini/log/level"
};

// Parse(), for whoever has to tell a person which line is meant.
absl::StatusOr<Located> ParseLocated(absl::string_view text,
                                     DuplicateKeys duplicates = DuplicateKeys::kReject);

}  // namespace kproto::yaml
