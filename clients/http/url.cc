// SPDX-License-Identifier: MPL-2.0
#include "clients/http/url.h"

#include <arpa/inet.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"

namespace kproto::http {
namespace {

// What stands between "://" and the end; "" when there is no scheme.
absl::string_view AfterScheme(absl::string_view url) {
  const size_t scheme = url.find("://");
  return scheme == absl::string_view::npos ? "" : url.substr(scheme + 3);
}

}  // namespace

std::string HostOf(absl::string_view url) {
  absl::string_view authority = AfterScheme(url);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const size_t at = authority.rfind('@');
  if (at != absl::string_view::npos) {
    authority.remove_prefix(at + 1);
  }
  if (absl::StartsWith(authority, "[")) {
    const size_t end = authority.find(']');
    return end == absl::string_view::npos ? "" : std::string(authority.substr(1, end - 1));
  }
  return std::string(authority.substr(0, authority.find(':')));
}

std::string PathOf(absl::string_view url) {
  absl::string_view rest = AfterScheme(url);
  rest = rest.substr(0, rest.find_first_of("?#"));
  const size_t slash = rest.find('/');
  return slash == absl::string_view::npos ? "/" : std::string(rest.substr(slash));
}

bool IsLoopback(absl::string_view host) {
  if (absl::EqualsIgnoreCase(host, "localhost")) {
    return true;
  }
  const std::string text(host);
  in_addr v4;
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    return (ntohl(v4.s_addr) >> 24) == 127;
  }
  in6_addr v6;
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string PercentEncode(absl::string_view text) {
  std::string out;
  for (const unsigned char c : text) {
    if (absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += static_cast<char>(c);
    } else {
      absl::StrAppendFormat(&out, "%%%02X", c);
    }
  }
  return out;
}

}  // namespace kproto::http
