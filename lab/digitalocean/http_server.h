// SPDX-License-Identifier: MPL-2.0
// HttpServer: HTTP/1.1 on loopback, with what a server for faults needs and libraries do not have:
// an answer can be late, cut short, or not come at all. Keep-alive, one thread per connection.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lab/process/socket_server.h"

namespace kproto::lab {

struct HttpRequest {
  std::string method;
  std::string target;                          // path and query as sent
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string Header(const std::string& lower_case_name) const;
};

struct HttpReply {
  enum class Ending {
    kComplete,
    kDropped,    // connection closed, nothing sent
    kTruncated,  // headers and half of the body sent, connection closed
    kSilent,     // nothing sent; the connection stays until the client gives up
  };
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  Ending ending = Ending::kComplete;
  absl::Duration delay;  // real time before anything is sent
};

class HttpServer {
 public:
  // Called from many threads at once.
  using Handler = std::function<HttpReply(const HttpRequest&)>;

  explicit HttpServer(Handler handler)
      : handler_(std::move(handler)), sockets_([this](int fd) { Serve(fd); }) {}

  // Listens on 127.0.0.1; port 0 picks a free one. Returns the port.
  absl::StatusOr<int> Start(int port);
  // Ends all connections at once; answers under way are lost. Idempotent.
  void Stop() { sockets_.Stop(); }

 private:
  void Serve(int fd);

  Handler handler_;
  SocketServer sockets_;  // last: its threads use the above
};

}  // namespace kproto::lab
