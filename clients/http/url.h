// SPDX-License-Identifier: MPL-2.0
// The little that kproto must know of URLs; libcurl does the rest.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace kproto::http {

// "api.example.com" of "https://user@api.example.com:443/v2?x=y#z"; an IPv6 host without brackets.
// "" when there is no host.
std::string HostOf(absl::string_view url);

// "/v2" of the above: neither query nor fragment, which may hold what is nobody's business.
std::string PathOf(absl::string_view url);

// localhost, 127.0.0.0/8 or ::1, written as such: names are not looked up.
bool IsLoopback(absl::string_view host);

// For one path segment or one query value: everything but letters, digits and -._~ as %XX.
std::string PercentEncode(absl::string_view text);

}  // namespace kproto::http
