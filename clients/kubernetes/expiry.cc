// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/expiry.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"

namespace kproto::kubernetes {
namespace {

// Header, claims and signature, each in URL-safe base64 (RFC 7519).
absl::Time ExpiryOfToken(const std::string& token) {
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  std::string claims;
  if (parts.size() != 3 || !absl::WebSafeBase64Unescape(parts[1], &claims)) {
    return absl::InfiniteFuture();
  }
  const nlohmann::json json = nlohmann::json::parse(claims, nullptr, false);
  const bool says = json.is_object() && json.contains("exp") && json["exp"].is_number_integer();
  return says ? absl::FromUnixSeconds(json["exp"].get<int64_t>()) : absl::InfiniteFuture();
}

absl::Time ExpiryOfCertificate(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
  std::tm end{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1) {
    return absl::InfiniteFuture();
  }
  return absl::FromTM(end, absl::UTCTimeZone());
}

}  // namespace

absl::Time ExpiryOf(const Credentials& credentials) {
  if (credentials.exec) {
    return absl::InfiniteFuture();
  }
  const absl::Time token = ExpiryOfToken(credentials.token.Reveal());
  const absl::Time certificate = credentials.client_certificate.empty()
                                     ? absl::InfiniteFuture()
                                     : ExpiryOfCertificate(credentials.client_certificate);
  return std::min(token, certificate);
}

}  // namespace kproto::kubernetes
