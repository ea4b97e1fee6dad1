// SPDX-License-Identifier: MPL-2.0
#include "resources/import_choice.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace kproto {
namespace {

constexpr size_t kMostListed = 20;

std::string Describe(const ImportCandidate& candidate) {
  return absl::StrCat(candidate.name, " (", candidate.id, candidate.place.empty() ? "" : " in ",
                      candidate.place, ")");
}

std::string DescribeAll(const std::vector<ImportCandidate>& all) {
  std::vector<std::string> texts;
  for (const ImportCandidate& candidate : all) {
    if (texts.size() == kMostListed) {
      texts.push_back(absl::StrCat("and ", all.size() - kMostListed, " more"));
      break;
    }
    texts.push_back(Describe(candidate));
  }
  return texts.empty() ? "none" : absl::StrJoin(texts, ", ");
}

}  // namespace

absl::StatusOr<size_t> ChooseForImport(const std::string& kind, const std::string& wanted,
                                       const std::vector<ImportCandidate>& all) {
  std::vector<ImportCandidate> named;
  size_t last = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].id == wanted) {
      return i;
    }
    if (all[i].name == wanted) {
      named.push_back(all[i]);
      last = i;
    }
  }
  if (named.empty()) {
    return absl::NotFoundError(
        absl::StrCat("no ", kind, " has this id or name; there are: ", DescribeAll(all)));
  }
  if (named.size() > 1) {
    return absl::FailedPreconditionError(
        absl::StrCat("this name is not unique; import by id: ", DescribeAll(named)));
  }
  return last;
}

}  // namespace kproto
