// SPDX-License-Identifier: MPL-2.0
#include "tests/support/http_imposter.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace kproto::testing {
namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;

BioPtr Memory(const std::string& pem) {
  return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
}

X509Ptr ParseCertificate(const std::string& pem) {
  return {PEM_read_bio_X509(Memory(pem).get(), nullptr, nullptr, nullptr), &X509_free};
}

std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> MakeContext(const TlsIdentity& tls) {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()),
                                                            &SSL_CTX_free);
  const X509Ptr certificate = ParseCertificate(tls.certificate_pem);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(Memory(tls.key_pem).get(), nullptr, nullptr, nullptr),
      &EVP_PKEY_free);
  SSL_CTX_use_certificate(context.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), key.get());
  if (!tls.client_ca_pem.empty()) {
    const X509Ptr ca = ParseCertificate(tls.client_ca_pem);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), ca.get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

}  // namespace

// One accepted socket, plain or TLS. Its thread reads and writes; only Shutdown is called from
// another one.
class HttpImposter::Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {}
  ~Connection() { Close(); }

  bool StartTls(const TlsIdentity& tls) {
    const auto context = MakeContext(tls);
    ssl_.reset(SSL_new(context.get()));
    SSL_set_fd(ssl_.get(), fd_);
    return SSL_accept(ssl_.get()) == 1;
  }

  bool Read(std::string& into) {
    char buffer[16384];
    const ssize_t n = ssl_ != nullptr ? SSL_read(ssl_.get(), buffer, sizeof buffer)
                                      : recv(fd_, buffer, sizeof buffer, 0);
    if (n <= 0) {
      return false;
    }
    into.append(buffer, static_cast<size_t>(n));
    return true;
  }

  bool Write(const std::string& data) {
    for (size_t done = 0; done < data.size();) {
      const char* rest = data.data() + done;
      const ssize_t n = ssl_ != nullptr
                            ? SSL_write(ssl_.get(), rest, static_cast<int>(data.size() - done))
                            : send(fd_, rest, data.size() - done, MSG_NOSIGNAL);
      if (n <= 0) {
        return false;
      }
      done += static_cast<size_t>(n);
    }
    return true;
  }

  void Reset() {
    const linger now = {1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    Close();
  }

  void Shutdown() {
    std::scoped_lock lock(mutex_);
    if (fd_ >= 0) {
      shutdown(fd_, SHUT_RDWR);
    }
  }

  void Close() {
    std::scoped_lock lock(mutex_);
    if (fd_ >= 0) {
      close(fd_);
      fd_ = -1;
    }
  }

  std::string unread;  // bytes of the next request

 private:
  std::mutex mutex_;
  int fd_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
};

namespace {

// Takes one request off the connection; nullopt when the client is gone.
template <typename Connection>
std::optional<ReceivedRequest> ReadRequest(Connection& connection) {
  std::string& buffer = connection.unread;
  size_t end;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
    if (!connection.Read(buffer)) {
      return std::nullopt;
    }
  }
  ReceivedRequest request;
  const std::vector<std::string> lines = absl::StrSplit(buffer.substr(0, end), "\r\n");
  const std::vector<std::string> first = absl::StrSplit(lines[0], ' ');
  request.method = first[0];
  request.target = first.size() > 1 ? first[1] : "";
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<std::string, std::string> header =
        absl::StrSplit(lines[i], absl::MaxSplits(':', 1));
    request.headers[absl::AsciiStrToLower(header.first)] =
        std::string(absl::StripAsciiWhitespace(header.second));
  }
  buffer.erase(0, end + 4);
  size_t length = 0;
  if (absl::SimpleAtoi(request.headers["content-length"], &length)) {
    while (buffer.size() < length && connection.Read(buffer)) {
    }
    request.body = buffer.substr(0, length);
    buffer.erase(0, length);
  }
  return request;
}

std::string Head(const Reply& reply) {
  std::string head = absl::StrCat("HTTP/1.1 ", reply.code, " Canned\r\n");
  for (const auto& [name, value] : reply.headers) {
    absl::StrAppend(&head, name, ": ", value, "\r\n");
  }
  if (!reply.chunks.empty()) {
    absl::StrAppend(&head, "Transfer-Encoding: chunked\r\n");
  } else if (reply.code != 204) {
    const size_t missing = reply.ending == Ending::kTruncated ? 100 : 0;
    absl::StrAppend(&head, "Content-Length: ", reply.body.size() + missing, "\r\n");
  }
  return head + "\r\n";
}

}  // namespace

HttpImposter::HttpImposter(std::optional<TlsIdentity> tls) : tls_(std::move(tls)) {
  signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener_, 64) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    ADD_FAILURE() << "cannot listen on loopback";
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

HttpImposter::~HttpImposter() {
  {
    std::scoped_lock lock(mutex_);
    ending_ = true;
    for (const auto& [call, replies] : replies_) {
      if (!replies.empty()) {
        ADD_FAILURE() << replies.size() << " announced request(s) never came: " << call;
      }
    }
  }
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  for (const auto& connection : connections_) {
    connection->Shutdown();
  }
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void HttpImposter::On(const std::string& method, const std::string& target, Reply reply) {
  std::scoped_lock lock(mutex_);
  replies_[absl::StrCat(method, " ", target)].push_back(std::move(reply));
}

void HttpImposter::Always(const std::string& method, const std::string& target, Reply reply) {
  std::scoped_lock lock(mutex_);
  always_[absl::StrCat(method, " ", target)] = std::move(reply);
}

std::string HttpImposter::url() const {
  return absl::StrCat(tls_ ? "https" : "http", "://127.0.0.1:", port_);
}

std::vector<ReceivedRequest> HttpImposter::requests() const {
  std::scoped_lock lock(mutex_);
  return requests_;
}

std::vector<std::string> HttpImposter::calls() const {
  std::vector<std::string> calls;
  for (const ReceivedRequest& request : requests()) {
    calls.push_back(absl::StrCat(request.method, " ", request.target));
  }
  return calls;
}

bool HttpImposter::WaitForRequests(size_t count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10),
                           [&] { return requests_.size() >= count; });
}

bool HttpImposter::WaitForHangups(size_t count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return hangups_ >= count; });
}

void HttpImposter::Accept() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) {
      return;
    }
    std::scoped_lock lock(mutex_);
    Connection& connection = *connections_.emplace_back(std::make_unique<Connection>(fd));
    const int number = static_cast<int>(connections_.size());
    if (ending_) {
      return;
    }
    threads_.emplace_back([this, &connection, number] {
      if (!tls_ || connection.StartTls(*tls_)) {
        Serve(connection, number);
      }
      connection.Close();
    });
  }
}

Reply HttpImposter::Choose(const ReceivedRequest& request) {
  std::scoped_lock lock(mutex_);
  requests_.push_back(request);
  changed_.notify_all();
  const std::string call = absl::StrCat(request.method, " ", request.target);
  std::deque<Reply>& replies = replies_[call];
  if (!replies.empty()) {
    Reply reply = std::move(replies.front());
    replies.pop_front();
    return reply;
  }
  const auto always = always_.find(call);
  if (always != always_.end()) {
    return always->second;
  }
  ADD_FAILURE() << "unexpected request: " << call << "\n" << request.body;
  return {.code = 418, .body = R"({"id":"unexpected","message":"unexpected request"})"};
}

void HttpImposter::Serve(Connection& connection, int number) {
  while (auto request = ReadRequest(connection)) {
    request->connection = number;
    const Reply reply = Choose(*request);
    if (reply.ending == Ending::kReset) {
      connection.Reset();
      return;
    }
    if (!reply.raw.empty()) {
      connection.Write(reply.raw);
      return;
    }
    if (reply.ending == Ending::kClosed) {
      return;
    }
    const bool silent =
        reply.ending == Ending::kHanging && reply.body.empty() && reply.chunks.empty();
    if (!silent) {
      connection.Write(absl::StrCat(Head(reply), reply.body));
    }
    for (const std::string& chunk : reply.chunks) {
      connection.Write(absl::StrCat(absl::Hex(chunk.size()), "\r\n", chunk, "\r\n"));
    }
    if (reply.ending == Ending::kHanging) {
      while (connection.Read(connection.unread)) {
      }
      std::scoped_lock lock(mutex_);
      ++hangups_;
      changed_.notify_all();
      return;
    }
    if (reply.ending == Ending::kTruncated) {
      return;
    }
    if (!reply.chunks.empty()) {
      connection.Write("0\r\n\r\n");
    }
  }
}

}  // namespace kproto::testing
