// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/certificates.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <memory>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using kproto::testing::TempDir;

struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, FreeCertificate>;

Certificate Read(const std::string& path) {
  FILE* file = fopen(path.c_str(), "r");
  Certificate certificate(file == nullptr ? nullptr
                                          : PEM_read_X509(file, nullptr, nullptr, nullptr));
  if (file != nullptr) {
    fclose(file);
  }
  return certificate;
}

class CertificatesTest : public ::testing::Test {
 protected:
  TempDir dir_;
  const CertificatePaths paths_{dir_.path()};
};

TEST_F(CertificatesTest, TheServersIsSignedByTheAuthorityForItsAddresses) {
  ASSERT_THAT(EnsureCertificates(paths_, "demo", "10.245.0.1"), IsOk());
  const Certificate ca = Read(paths_.ca);
  const Certificate server = Read(paths_.server);
  ASSERT_NE(ca, nullptr);
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(X509_verify(server.get(), X509_get0_pubkey(ca.get())), 1);
  EXPECT_EQ(X509_check_ca(ca.get()), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "10.245.0.1", 0), 1);
  EXPECT_EQ(X509_check_host(server.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(server.get(), "example.com", 0, 0, nullptr), 0);
}

TEST_F(CertificatesTest, KeysAreForTheOwnerOnly) {
  ASSERT_THAT(EnsureCertificates(paths_, "demo", "10.245.0.1"), IsOk());
  for (const std::string& path : {paths_.server_key, paths_.service_account_key}) {
    struct stat info {};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 077U, 0U) << path;
  }
}

TEST_F(CertificatesTest, WhatIsThereIsKept) {
  ASSERT_THAT(EnsureCertificates(paths_, "demo", "10.245.0.1"), IsOk());
  const std::string before = dir_.Read("ca.crt");
  ASSERT_THAT(EnsureCertificates(paths_, "demo", "10.245.0.1"), IsOk());
  EXPECT_EQ(dir_.Read("ca.crt"), before);
}

TEST_F(CertificatesTest, AVeryLongClusterNameIsNoProblem) {
  EXPECT_THAT(EnsureCertificates(paths_, std::string(500, 'x'), "10.245.0.1"), IsOk());
  EXPECT_NE(Read(paths_.ca), nullptr);
}

}  // namespace
}  // namespace kproto::lab
