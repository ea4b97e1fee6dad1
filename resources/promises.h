// SPDX-License-Identifier: MPL-2.0
// What a plan has promised holds for the apply that follows, whatever the API says a moment later:
// the host refuses anything else. The next read tells what really is.
#pragma once

#include <utility>

#include "provider/runtime/plan.h"
#include "provider/schema/model.h"

namespace kproto {

// `state` with everything that `planned` knows as planned; what it does not know stays as read.
template <typename M>
void KeepPromises(const M& planned, M& state) {
  absl::StatusOr<M> kept =
      M::Fields().Decode(WithoutUnknowns(M::Fields().Encode(planned), M::Fields().Encode(state)));
  if (kept.ok()) {
    state = *std::move(kept);
  }
}

}  // namespace kproto
