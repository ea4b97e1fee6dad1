// SPDX-License-Identifier: MPL-2.0
// HttpImposter: a server on loopback that gives canned answers, keeps every request, and fails the
// test on a request nobody announced or an announced one that never came. It can also misbehave:
// reset, truncate, hang, send garbage. For client tests only.
//   HttpImposter server;
//   server.On("GET", "/v2/account", {.body = R"({"account":{}})"});
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace kproto::testing {

enum class Ending {
  kWhole,      // the connection stays open for the next request
  kTruncated,  // the connection ends before all of the announced body was sent
  kReset,      // TCP reset instead of an answer
  kClosed,     // closed without a byte of an answer
  kHanging,    // what is there is sent, then nothing, until the client goes away
};

struct Reply {
  int code = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  Ending ending = Ending::kWhole;
  std::vector<std::string> chunks;  // sent one by one, chunked, instead of `body`
  std::string raw;                  // sent as it is instead of everything else, then closed
};

struct ReceivedRequest {
  std::string method, target;                  // target: path and query as received
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  int connection = 0;  // which connection it came on, from 1
};

struct TlsIdentity {
  std::string certificate_pem, key_pem;
  std::string client_ca_pem;  // when set, a client without a certificate of it is refused
};

class HttpImposter {
 public:
  HttpImposter() : HttpImposter(std::nullopt) {}
  explicit HttpImposter(std::optional<TlsIdentity> tls);
  ~HttpImposter();  // fails the test when an announced request is still missing

  // The answer to the next such request that has none yet; one call per expected request.
  void On(const std::string& method, const std::string& target, Reply reply);
  // The answer to every such request for which On() has none (left).
  void Always(const std::string& method, const std::string& target, Reply reply);

  std::string url() const;  // "http://127.0.0.1:port", no slash at the end
  int port() const { return port_; }
  std::vector<ReceivedRequest> requests() const;
  // "GET /a", "POST /b", … in order of arrival.
  std::vector<std::string> calls() const;

  // Blocks until so many requests have arrived, or so many clients have left a hanging answer;
  // false after ten seconds.
  bool WaitForRequests(size_t count);
  bool WaitForHangups(size_t count);

 private:
  class Connection;
  void Accept();
  void Serve(Connection& connection, int number);
  Reply Choose(const ReceivedRequest& request);

  const std::optional<TlsIdentity> tls_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::deque<Reply>> replies_;
  std::map<std::string, Reply> always_;
  std::vector<ReceivedRequest> requests_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::thread> threads_;
  size_t hangups_ = 0;
  bool ending_ = false;
  std::thread acceptor_;
};

}  // namespace kproto::testing
