// SPDX-License-Identifier: MPL-2.0
// The keys of one simulated cluster: a certificate authority, the API server's certificate, and the
// key that signs service account tokens. Made once per cluster, kept in its directory.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kproto::lab {

// Paths below one directory.
struct CertificatePaths {
  explicit CertificatePaths(absl::string_view directory);
  std::string ca, server, server_key;  // PEM
  std::string service_account_key;     // RSA, PEM
};

// Writes all of them unless they are there; keys are readable by the owner only. The server's
// certificate is valid for ten years for 127.0.0.1, ::1, localhost, `service_ip` (the `kubernetes`
// Service) and the names of that Service.
absl::Status EnsureCertificates(const CertificatePaths& paths, absl::string_view cluster_name,
                                absl::string_view service_ip);

}  // namespace kproto::lab
