// SPDX-License-Identifier: MPL-2.0
#include "tests/sweep/tls_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace kproto::testing {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

TlsSocket::TlsSocket(SSL_CTX* context, int fd) : fd_(fd), ssl_(SSL_new(context), &SSL_free) {
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  SSL_set_fd(ssl_.get(), fd_);
}

TlsSocket::~TlsSocket() { close(fd_); }

std::unique_ptr<TlsSocket> TlsSocket::Connect(SSL_CTX* context, int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto connection = std::make_unique<TlsSocket>(context, fd);
  const sockaddr_in address = Loopback(port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return nullptr;
  }
  return SSL_connect(connection->ssl_.get()) == 1 ? std::move(connection) : nullptr;
}

bool TlsSocket::Read(std::string& into) {
  char buffer[32768];
  const int got = SSL_read(ssl_.get(), buffer, sizeof buffer);
  if (got <= 0) {
    return false;
  }
  into.append(buffer, static_cast<size_t>(got));
  return true;
}

bool TlsSocket::Write(const std::string& data) {
  // OpenSSL writes all of it or fails, unless told otherwise.
  return data.empty() || SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size())) > 0;
}

void TlsSocket::ResetOnClose() {
  const linger now = {1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

TlsContext ServerContext(const std::string& certificate, const std::string& key) {
  TlsContext context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  EXPECT_EQ(SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()), 1);
  EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM), 1);
  return context;
}

TlsContext ClientContext(const std::string& ca) {
  TlsContext context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  EXPECT_EQ(SSL_CTX_load_verify_locations(context.get(), ca.c_str(), nullptr), 1);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

Listener ListenOnLoopback() {
  Listener listener{.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(listener.fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(listener.fd, 128), 0);
  getsockname(listener.fd, reinterpret_cast<sockaddr*>(&address), &size);
  listener.port = ntohs(address.sin_port);
  return listener;
}

}  // namespace kproto::testing
