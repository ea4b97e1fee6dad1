// SPDX-License-Identifier: MPL-2.0
// A certificate authority made for one test, and the certificates it signs: P-256, valid for an
// hour around now, nothing on disk.
#pragma once

#include <memory>
#include <string>

namespace kproto::testing {

struct CertificateAndKey {
  std::string certificate_pem, key_pem;
};

class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name = "test authority");
  ~TestAuthority();

  const std::string& certificate_pem() const { return pem_; }

  // `subject_alternative_name` in OpenSSL's form: "IP:127.0.0.1" or "DNS:localhost".
  CertificateAndKey Issue(const std::string& common_name,
                          const std::string& subject_alternative_name = "IP:127.0.0.1") const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::string pem_;
};

}  // namespace kproto::testing
