// SPDX-License-Identifier: MPL-2.0
// RestKubernetes: the real Kubernetes over HTTP. Server-side apply, lists in pages, waits by watch.
#pragma once

#include <memory>

#include "base/clock.h"
#include "clients/kubernetes/kubernetes.h"
#include "clients/kubernetes/session.h"

namespace kproto::kubernetes {

// Over libcurl.
HttpFactory CurlHttp();

// Nothing is sent until the first call. `clock` must outlive the result.
std::unique_ptr<Kubernetes> MakeRestKubernetes(Credentials credentials, Clock* clock,
                                               HttpFactory make_http = CurlHttp());

}  // namespace kproto::kubernetes
