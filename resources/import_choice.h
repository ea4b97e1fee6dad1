// SPDX-License-Identifier: MPL-2.0
// Which of the account's objects an import means: by id, or by a name that only one of them has.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace kproto {

struct ImportCandidate {
  std::string id, name;
  std::string place;  // what tells two of one name apart: a region; may be ""
};

// The index of the one that is meant. NotFound names what there is, FailedPrecondition the ids of
// several with one name. `kind` is for the message: "load balancer".
absl::StatusOr<size_t> ChooseForImport(const std::string& kind, const std::string& wanted,
                                       const std::vector<ImportCandidate>& all);

}  // namespace kproto
