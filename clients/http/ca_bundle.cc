// SPDX-License-Identifier: MPL-2.0
#include "clients/http/ca_bundle.h"

#include <unistd.h>

#include <cstdlib>

namespace kproto::http {

std::string SystemCaBundle(const std::vector<std::string>& candidates) {
  for (const char* name : {"SSL_CERT_FILE", "CURL_CA_BUNDLE"}) {
    const char* path = std::getenv(name);
    if (path != nullptr && *path != '\0') {
      return path;
    }
  }
  for (const std::string& path : candidates) {
    if (access(path.c_str(), R_OK) == 0) {
      return path;
    }
  }
  return "";
}

const std::vector<std::string>& UsualCaBundles() {
  static const auto& bundles = *new std::vector<std::string>{
      "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Alpine
      "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL
      "/etc/pki/tls/certs/ca-bundle.crt",                   // older RHEL
      "/etc/ssl/ca-bundle.pem",                             // SUSE
      "/etc/ssl/cert.pem",                                  // BSDs, Alpine
  };
  return bundles;
}

}  // namespace kproto::http
