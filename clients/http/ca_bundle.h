// SPDX-License-Identifier: MPL-2.0
// Where this machine keeps the certificate authorities it trusts. Distributions differ, and a
// libcurl that came with kproto only knows the place of the system it was built on.
#pragma once

#include <string>
#include <vector>

namespace kproto::http {

// The file named by SSL_CERT_FILE or CURL_CA_BUNDLE, else the first readable one of `candidates`;
// "" leaves the choice to libcurl.
std::string SystemCaBundle(const std::vector<std::string>& candidates);

// The usual places.
const std::vector<std::string>& UsualCaBundles();

}  // namespace kproto::http
