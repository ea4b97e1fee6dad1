// SPDX-License-Identifier: MPL-2.0
#include "base/hint.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace kproto {
namespace {
constexpr char kHintUrl[] = "kproto/hint";
}

absl::Status WithHint(absl::Status status, absl::string_view hint) {
  if (!status.ok()) {
    status.SetPayload(kHintUrl, absl::Cord(hint));
  }
  return status;
}

std::string HintOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kHintUrl);
  return payload ? std::string(*payload) : "";
}

absl::Status Annotate(const absl::Status& status, absl::string_view context) {
  if (status.ok()) {
    return status;
  }
  absl::Status annotated(status.code(), absl::StrCat(context, ": ", status.message()));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    annotated.SetPayload(url, payload);
  });
  return annotated;
}

}  // namespace kproto
