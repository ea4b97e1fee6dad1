// SPDX-License-Identifier: MPL-2.0
// CurlClient: HttpClient over libcurl. Connections are kept and reused across threads, proxies of
// the environment are honoured except for loopback, redirects are reported and never followed (a
// token must not travel), and a stop token ends an exchange within milliseconds.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "clients/http/http_client.h"

namespace kproto::http {

enum class TlsVerification { kVerify, kSkip };

struct TlsOptions {
  std::string ca_pem;  // "" trusts the machine's authorities, anything else only these
  std::string client_certificate_pem;
  SecretString client_key_pem;
  TlsVerification verification = TlsVerification::kVerify;
};

struct CurlOptions {
  std::string user_agent = "terraform-provider-kproto";
  TlsOptions tls;
  size_t max_body_bytes = size_t{64} << 20;  // of a collected body, after decompression
};

struct CurlLibrary;
using CurlLoader = std::function<absl::StatusOr<const CurlLibrary*>()>;

class CurlClient : public HttpClient {
 public:
  // Cheap: libcurl is loaded by the first Send.
  explicit CurlClient(CurlOptions options);
  CurlClient(CurlOptions options, CurlLoader loader);
  ~CurlClient() override;

  absl::StatusOr<Response> Send(const Request& request, std::stop_token stop) override;

 private:
  class Pool;
  const CurlOptions options_;
  const CurlLoader loader_;
  const std::unique_ptr<Pool> pool_;
};

}  // namespace kproto::http
