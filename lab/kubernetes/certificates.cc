// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "lab/process/private_file.h"

namespace kproto::lab {
namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

absl::Status Failed(absl::string_view what) {
  return absl::InternalError(absl::StrCat("OpenSSL: ", what, " failed"));
}

std::string Contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);  // NOLINT: OpenSSL's type
  return {data, static_cast<size_t>(size)};
}

std::string KeyPem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return Contents(bio.get());
}

std::string CertificatePem(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return Contents(bio.get());
}

bool Extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// A certificate for `key` without extensions, not signed yet.
Certificate Blank(EVP_PKEY* key, const std::string& common_name, X509* issuer) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  unsigned char serial[8];
  RAND_bytes(serial, sizeof serial);
  serial[0] = (serial[0] & 0x7f) | 1;  // positive, and never shorter
  ASN1_INTEGER* number = X509_get_serialNumber(certificate.get());
  ASN1_STRING_set(number, serial, sizeof serial);
  // An hour back: hosts compare with clocks that may be a little behind.
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 10L * 365 * 24 * 3600);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(),
                       issuer != nullptr ? X509_get_subject_name(issuer) : subject);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

absl::StatusOr<Certificate> Authority(EVP_PKEY* key, absl::string_view cluster_name) {
  // X.509 allows 64 characters in a common name.
  Certificate ca = Blank(key, absl::StrCat("kproto-lab ", cluster_name.substr(0, 48)), nullptr);
  if (!Extend(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE") ||
      !Extend(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !Extend(ca.get(), ca.get(), NID_subject_key_identifier, "hash") ||
      X509_sign(ca.get(), key, EVP_sha256()) == 0) {
    return Failed("making the certificate authority");
  }
  return ca;
}

absl::StatusOr<Certificate> Server(EVP_PKEY* key, X509* ca, EVP_PKEY* ca_key,
                                   absl::string_view service_ip) {
  Certificate server = Blank(key, "kube-apiserver", ca);
  const std::string names = absl::StrCat(
      "IP:127.0.0.1,IP:::1,IP:", service_ip, ",DNS:localhost,DNS:kubernetes,",
      "DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local");
  if (!Extend(server.get(), ca, NID_basic_constraints, "critical,CA:FALSE") ||
      !Extend(server.get(), ca, NID_key_usage, "critical,digitalSignature") ||
      !Extend(server.get(), ca, NID_ext_key_usage, "serverAuth") ||
      !Extend(server.get(), ca, NID_authority_key_identifier, "keyid") ||
      !Extend(server.get(), ca, NID_subject_alt_name, names) ||
      X509_sign(server.get(), ca_key, EVP_sha256()) == 0) {
    return Failed("making the server certificate");
  }
  return server;
}

}  // namespace

CertificatePaths::CertificatePaths(absl::string_view directory)
    : ca(absl::StrCat(directory, "/ca.crt")),
      server(absl::StrCat(directory, "/apiserver.crt")),
      server_key(absl::StrCat(directory, "/apiserver.key")),
      service_account_key(absl::StrCat(directory, "/service-account.key")) {}

absl::Status EnsureCertificates(const CertificatePaths& paths, absl::string_view cluster_name,
                                absl::string_view service_ip) {
  // Written last, so its presence means that all are there.
  if (std::filesystem::exists(paths.ca)) {
    return absl::OkStatus();
  }
  const Key ca_key(EVP_EC_gen("P-256"));
  const Key server_key(EVP_EC_gen("P-256"));
  const Key service_account_key(EVP_RSA_gen(2048));
  if (ca_key == nullptr || server_key == nullptr || service_account_key == nullptr) {
    return Failed("making keys");
  }
  KPROTO_ASSIGN_OR_RETURN(const Certificate ca, Authority(ca_key.get(), cluster_name));
  KPROTO_ASSIGN_OR_RETURN(const Certificate server,
                          Server(server_key.get(), ca.get(), ca_key.get(), service_ip));
  KPROTO_RETURN_IF_ERROR(WritePrivateFile(paths.server_key, KeyPem(server_key.get())));
  KPROTO_RETURN_IF_ERROR(
      WritePrivateFile(paths.service_account_key, KeyPem(service_account_key.get())));
  KPROTO_RETURN_IF_ERROR(WritePrivateFile(paths.server, CertificatePem(server.get())));
  return WritePrivateFile(paths.ca, CertificatePem(ca.get()));
}

}  // namespace kproto::lab
