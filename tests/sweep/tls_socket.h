// SPDX-License-Identifier: MPL-2.0
// TlsSocket: one TLS connection on loopback, from either end, as a proxy needs it. Blocking.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace kproto::testing {

class TlsSocket {
 public:
  // Takes `fd`, which is closed in the end.
  TlsSocket(SSL_CTX* context, int fd);
  // The server's side of the handshake.
  bool Accept() { return SSL_accept(ssl_.get()) == 1; }
  // nullptr when nobody listens on the port of 127.0.0.1, or it is not who the context trusts.
  static std::unique_ptr<TlsSocket> Connect(SSL_CTX* context, int port);
  ~TlsSocket();

  // What there is, at least a byte, appended; false at the end.
  bool Read(std::string& into);
  bool Write(const std::string& data);
  // Whether Read would not have to wait for the network.
  bool HasBuffered() const { return SSL_pending(ssl_.get()) > 0; }
  // The next close is a TCP reset.
  void ResetOnClose();
  int fd() const { return fd_; }

 private:
  const int fd_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

using TlsContext = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
// With the certificate and key in these PEM files; fails the test when they do not fit.
TlsContext ServerContext(const std::string& certificate, const std::string& key);
// Trusts the authority in this PEM file.
TlsContext ClientContext(const std::string& ca);

// A listener on a free port of 127.0.0.1.
struct Listener {
  int fd = -1;
  int port = 0;
};
Listener ListenOnLoopback();

}  // namespace kproto::testing
