// SPDX-License-Identifier: MPL-2.0
#include "provider/plugin/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace kproto {
namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

// The host's clock and ours are the same machine's, but a container may disagree a little.
constexpr long kBackdateSeconds = 3600;
constexpr long kValidSeconds = 10L * 365 * 24 * 3600;

absl::Status OpenSslError(absl::string_view what) {
  char reason[256];
  ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
  return absl::InternalError(absl::StrCat(what, ": ", reason));
}

absl::Status AddExtension(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) {
    return OpenSslError("certificate extension");
  }
  return absl::OkStatus();
}

absl::Status SetSerial(X509* certificate) {
  unsigned char bytes[8];
  if (RAND_bytes(bytes, sizeof bytes) != 1) {
    return OpenSslError("random numbers");
  }
  uint64_t serial = 1;
  for (const unsigned char byte : bytes) {
    serial = serial << 8 | byte;
  }
  // Positive, and not zero.
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1 | 1);
  return absl::OkStatus();
}

absl::StatusOr<Certificate> SelfSign(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  X509* x509 = certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  KPROTO_RETURN_IF_ERROR(SetSerial(x509));
  X509_gmtime_adj(X509_getm_notBefore(x509), -kBackdateSeconds);
  X509_gmtime_adj(X509_getm_notAfter(x509), kValidSeconds);
  X509_set_pubkey(x509, key);
  X509_NAME* name = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(x509, name);
  KPROTO_RETURN_IF_ERROR(AddExtension(x509, NID_subject_alt_name, "DNS:localhost"));
  KPROTO_RETURN_IF_ERROR(AddExtension(x509, NID_basic_constraints, "critical,CA:TRUE"));
  KPROTO_RETURN_IF_ERROR(
      AddExtension(x509, NID_key_usage, "critical,digitalSignature,keyCertSign"));
  KPROTO_RETURN_IF_ERROR(AddExtension(x509, NID_ext_key_usage, "serverAuth"));
  if (X509_sign(x509, key, EVP_sha256()) == 0) {
    return OpenSslError("signing the certificate");
  }
  return certificate;
}

std::string Contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

std::string Base64Der(X509* certificate) {
  const Bio der(BIO_new(BIO_s_mem()));
  i2d_X509_bio(der.get(), certificate);
  std::string base64 = absl::Base64Escape(Contents(der.get()));
  base64.erase(base64.find_last_not_of('=') + 1);
  return base64;
}

}  // namespace

absl::StatusOr<ServerCertificate> MakeServerCertificate() {
  const Key key(EVP_EC_gen("P-256"));
  if (!key) {
    return OpenSslError("generating a key");
  }
  KPROTO_ASSIGN_OR_RETURN(const Certificate certificate, SelfSign(key.get()));
  const Bio pem(BIO_new(BIO_s_mem())), key_pem(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(pem.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return OpenSslError("writing the certificate");
  }
  return ServerCertificate{.pem = Contents(pem.get()),
                           .key_pem = SecretString(Contents(key_pem.get())),
                           .base64_der = Base64Der(certificate.get())};
}

absl::Status CheckClientCertificate(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Certificate first(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  const Certificate second(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!first || second) {
    return absl::InvalidArgumentError(
        "PLUGIN_CLIENT_CERT must hold exactly one certificate in PEM form");
  }
  return absl::OkStatus();
}

}  // namespace kproto
