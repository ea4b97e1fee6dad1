// SPDX-License-Identifier: MPL-2.0
// Refs: the branches and tags of a repository, as its server advertises them over smart HTTP
// (https://git-scm.com/docs/http-protocol, gitprotocol-pack). Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kproto::git {

// Commits by full name, such as "refs/heads/main"; "HEAD" among them.
using Refs = std::map<std::string, std::string>;

// The answer to …/info/refs?service=git-upload-pack. InvalidArgument when it is none.
absl::StatusOr<Refs> ParseAdvertisement(absl::string_view body);

// Whether a revision as people write it (a branch, a tag, a full name, HEAD) is among them. True as
// well for what need not be: a commit, or a range of versions.
bool MayHave(const Refs& refs, const std::string& revision);

// "main" of "refs/heads/main": the names of all branches and tags.
std::vector<std::string> ShortNames(const Refs& refs);

}  // namespace kproto::git
