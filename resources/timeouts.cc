// SPDX-License-Identifier: MPL-2.0
#include "resources/timeouts.h"

namespace kproto {

const Table<Timeouts>& Timeouts::Fields() {
  static const auto& table = *new Table<Timeouts>({
      Field("create", &Timeouts::create, Optional(), Check(DurationText()),
            Doc("Limit for creating everything, such as `\"45m\"`.")),
      Field("update", &Timeouts::update, Optional(), Check(DurationText()),
            Doc("Limit for one update.")),
      Field("delete", &Timeouts::remove, Optional(), Check(DurationText()),
            Doc("Limit for destroying everything and seeing it gone.")),
  });
  return table;
}

absl::Duration TimeoutOr(const Attr<Timeouts>& timeouts, Attr<std::string> Timeouts::*which,
                         absl::Duration fallback) {
  if (!timeouts.is_known() || !((*timeouts).*which).is_known()) {
    return fallback;
  }
  absl::Duration written;
  return absl::ParseDuration(*((*timeouts).*which), &written) ? written : fallback;
}

}  // namespace kproto
