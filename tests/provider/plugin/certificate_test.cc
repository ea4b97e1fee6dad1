// SPDX-License-Identifier: MPL-2.0
#include "provider/plugin/certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/plugin_host.h"
#include "tests/support/status_matchers.h"

namespace kproto {
namespace {

using ::kproto::testing::IsOk;
using ::kproto::testing::StatusIs;

using X509Ptr = std::unique_ptr<X509, void (*)(X509*)>;

X509Ptr Parse(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509Ptr certificate(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr), X509_free);
  BIO_free(bio);
  return certificate;
}

class CertificateTest : public ::testing::Test {
 protected:
  const ServerCertificate made_ = MakeServerCertificate().value();
};

TEST_F(CertificateTest, TheHandshakeFormIsUnpaddedBase64OfTheSameCertificate) {
  EXPECT_EQ(made_.base64_der.find_first_of("=-_\n"), std::string::npos);
  EXPECT_EQ(kproto::testing::PemFromBase64Der(made_.base64_der), made_.pem);
}

TEST_F(CertificateTest, AGoHostWouldVerifyIt) {
  const X509Ptr certificate = Parse(made_.pem);
  ASSERT_NE(certificate, nullptr);
  EXPECT_EQ(X509_get_version(certificate.get()), X509_VERSION_3);
  // Only the alternative name counts, not the common name.
  EXPECT_EQ(X509_check_host(certificate.get(), "localhost", 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                            nullptr),
            1);
  EXPECT_EQ(X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_SERVER, 0), 1);
  EXPECT_LT(X509_cmp_current_time(X509_get0_notBefore(certificate.get())), 0);
  EXPECT_GT(X509_cmp_current_time(X509_get0_notAfter(certificate.get())), 0);
  EXPECT_FALSE(ASN1_INTEGER_get(X509_get0_serialNumber(certificate.get())) == 0);
  EXPECT_EQ(X509_verify(certificate.get(), X509_get0_pubkey(certificate.get())), 1);
}

TEST_F(CertificateTest, KeyAndCertificateBelongTogetherAndAreFresh) {
  const X509Ptr certificate = Parse(made_.pem);
  BIO* bio = BIO_new_mem_buf(made_.key_pem.Reveal().data(), -1);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  EXPECT_EQ(X509_check_private_key(certificate.get(), key), 1);
  EVP_PKEY_free(key);
  BIO_free(bio);
  EXPECT_NE(MakeServerCertificate()->key_pem, made_.key_pem);
}

TEST_F(CertificateTest, TheHostsCertificateMustBeExactlyOne) {
  const std::string good = kproto::testing::MakeHostIdentity().certificate_pem;
  EXPECT_THAT(CheckClientCertificate(good), IsOk());
  for (const std::string& bad :
       {std::string("x"), good.substr(0, good.size() / 2), good + good, std::string("\n")}) {
    EXPECT_THAT(CheckClientCertificate(bad), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace kproto
