// SPDX-License-Identifier: MPL-2.0
// One exchange over libcurl, and the handle it needs. For CurlClient, which keeps handles between
// exchanges; nothing here outlives a call of its Send but those.
#pragma once

#include <cstddef>
#include <string>

#include "clients/http/curl_client.h"
#include "clients/http/curl_library.h"
#include "clients/http/memory_file.h"

namespace kproto::http {

// One easy handle and its own multi handle, which owns the kept connections and can be woken by a
// stop token. Used by one thread at a time.
class Handle {
 public:
  explicit Handle(const CurlLibrary& curl)
      : curl(curl), easy(curl.easy_init()), multi(curl.multi_init()) {}
  ~Handle() {
    curl.easy_cleanup(easy);
    curl.multi_cleanup(multi);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  template <typename T>
  CURLcode Set(CURLoption option, T value) {
    return curl.easy_setopt(easy, option, value);
  }

  const CurlLibrary& curl;
  CURL* const easy;
  CURLM* const multi;
};

// The PEMs as files, for the whole life of a client: libcurl keeps a connection apart from others
// by these paths, and not every TLS library behind it takes certificates from memory.
struct TlsFiles {
  explicit TlsFiles(const TlsOptions& tls)
      : ca(Make(tls.ca_pem)),
        certificate(Make(tls.client_certificate_pem)),
        key(Make(tls.client_key_pem.Reveal())) {}
  static MemoryFile Make(const std::string& pem) {
    return pem.empty() ? MemoryFile() : MemoryFile(pem);
  }
  MemoryFile ca, certificate, key;
};

// "GET api.example.com/v2/account": what an error or a log line says of a request.
std::string Describe(const Request& request);

// One exchange on one handle.
class Transfer {
 public:
  Transfer(Handle& handle, const Request& request, const CurlOptions& options,
           const TlsFiles& files)
      : handle_(handle), request_(request), options_(options), files_(files) {}
  ~Transfer() {
    // The handle outlives this object and must not point into it.
    handle_.curl.easy_reset(handle_.easy);
    handle_.curl.slist_free_all(headers_);
  }

  absl::StatusOr<Response> Run(std::stop_token stop);

 private:
  void Prepare();
  void PrepareBody();
  void PrepareTls();
  void AddHeader(absl::string_view name, absl::string_view value);
  CURLcode Perform(const std::stop_token& stop);
  absl::Status Failure(CURLcode code) const;
  bool WasSent() const;

  static size_t OnHeader(char* data, size_t size, size_t count, void* self);
  static size_t OnBody(char* data, size_t size, size_t count, void* self);
  bool TakeHeader(absl::string_view line);
  bool TakeBody(absl::string_view piece);

  Handle& handle_;
  const Request& request_;
  const CurlOptions& options_;
  const TlsFiles& files_;
  curl_slist* headers_ = nullptr;
  char error_[CURL_ERROR_SIZE] = "";
  Response response_;
  size_t header_bytes_ = 0;
  std::string too_large_;  // what is, if anything
  bool receiver_stopped_ = false;
};

}  // namespace kproto::http
