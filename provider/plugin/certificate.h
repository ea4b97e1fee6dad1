// SPDX-License-Identifier: MPL-2.0
// The server's side of AutoMTLS: a key and certificate made for this process alone, which the host
// learns from the handshake line and trusts for nothing else.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/secret.h"

namespace kproto {

struct ServerCertificate {
  std::string pem;
  SecretString key_pem;
  std::string base64_der;  // standard alphabet, no padding: the form of the handshake line
};

// Self-signed, ECDSA P-256, for "localhost". Takes under a millisecond.
absl::StatusOr<ServerCertificate> MakeServerCertificate();

// InvalidArgument unless `pem` holds exactly one certificate.
absl::Status CheckClientCertificate(const std::string& pem);

}  // namespace kproto
