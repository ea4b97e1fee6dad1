// SPDX-License-Identifier: MPL-2.0
// Paging as DigitalOcean does it: page and per_page, absolute links to the neighbours (an empty
// object when everything fits on one page), and the total.
#pragma once

#include "lab/digitalocean/api.h"

namespace kproto::lab {

inline constexpr int64_t kPerPage = 20;
inline constexpr int64_t kClustersPerPage = 25;  // observed, unlike the other kinds
inline constexpr int64_t kMaxPerPage = 200;

// {"<key>": this page of items, "links": …, "meta": {"total": …}}; items is an array.
ApiResponse Page(const ApiRequest& request, const char* key, const Json& items,
                 int64_t default_per_page = kPerPage);

}  // namespace kproto::lab
