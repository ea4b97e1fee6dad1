// SPDX-License-Identifier: MPL-2.0
// Diagnostics: what a person reads when something is wrong. Inside, errors are absl::Status; here
// is the one place where a status becomes a diagnostic with summary, cause, advice and attribute
// path.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "provider/schema/path.h"

namespace kproto {

struct Diagnostic {
  enum class Severity { kError, kWarning };
  Severity severity = Severity::kError;
  std::string summary;  // one line without a trailing period
  std::string detail;   // plain text; lines starting with a space are kept as they are
  Path path;            // empty: the whole block
};

// Not thread-safe: one per request.
class Diagnostics {
 public:
  void AddError(std::string summary, std::string detail, Path path = {});
  void AddWarning(std::string summary, std::string detail, Path path = {});
  // The translator: `summary` says what was being done ("Could not create the VPC"); the status'
  // message and hint become the detail, its path (see WithPath) the place. OK adds nothing.
  void AddStatus(const absl::Status& status, std::string summary, Path fallback = {});
  void Append(const Diagnostics& other);

  bool has_error() const;
  bool empty() const { return all_.empty(); }
  const std::vector<Diagnostic>& all() const { return all_; }

 private:
  std::vector<Diagnostic> all_;
};

// A copy of `status` that says which attribute is to blame; an OK status as it is. The innermost
// path wins: a status that has one keeps it.
absl::Status WithPath(absl::Status status, const Path& path);

}  // namespace kproto
