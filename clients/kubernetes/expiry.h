// SPDX-License-Identifier: MPL-2.0
// ExpiryOf: until when credentials are good, as far as they say so themselves: the `exp` of a token
// that is a JWT, the end of a client certificate. Nothing is verified: that is the API server's.
#pragma once

#include "absl/time/time.h"
#include "clients/kubernetes/credentials.h"

namespace kproto::kubernetes {

// InfiniteFuture when they do not say, or are renewed by an exec plugin.
absl::Time ExpiryOf(const Credentials& credentials);

}  // namespace kproto::kubernetes
