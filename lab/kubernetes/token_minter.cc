// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/token_minter.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "lab/process/private_file.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {
namespace {

constexpr char kIssuer[] = "https://kubernetes.default.svc";

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// JWS wants base64url without padding (RFC 7515).
std::string Base64Url(absl::string_view bytes) {
  std::string text = absl::WebSafeBase64Escape(bytes);
  text.erase(text.find_last_not_of('=') + 1);
  return text;
}

absl::StatusOr<std::string> SignRs256(const std::string& key_pem, const std::string& text) {
  BIO* bio = BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size()));
  const std::unique_ptr<EVP_PKEY, FreeKey> key(
      PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr));
  BIO_free(bio);
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  std::string signature;
  if (key == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, data, text.size()) != 1) {
    return absl::InternalError("the service account key cannot sign");
  }
  signature.resize(size);
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(context.get(), out, &size, data, text.size()) != 1) {
    return absl::InternalError("the service account key cannot sign");
  }
  signature.resize(size);
  return signature;
}

}  // namespace

absl::StatusOr<std::string> MintToken(const std::string& key_path, const std::string& uid,
                                      absl::Time now, absl::Time expiry) {
  KPROTO_ASSIGN_OR_RETURN(const std::string key, ReadFile(key_path));
  const nlohmann::json claims = {
      {"iss", kIssuer},
      {"aud", {kIssuer}},
      {"sub", absl::StrCat("system:serviceaccount:", kAdminNamespace, ":", kAdminAccount)},
      {"iat", absl::ToUnixSeconds(now)},
      {"nbf", absl::ToUnixSeconds(now)},
      {"exp", absl::ToUnixSeconds(expiry)},
      {"jti", RandomHex(16)},
      {"kubernetes.io",
       {{"namespace", kAdminNamespace},
        {"serviceaccount", {{"name", kAdminAccount}, {"uid", uid}}}}}};
  const std::string text =
      absl::StrCat(Base64Url(R"({"alg":"RS256"})"), ".", Base64Url(claims.dump()));
  KPROTO_ASSIGN_OR_RETURN(const std::string signature, SignRs256(key, text));
  return absl::StrCat(text, ".", Base64Url(signature));
}

}  // namespace kproto::lab
