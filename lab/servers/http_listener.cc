// SPDX-License-Identifier: MPL-2.0
#include "lab/servers/http_listener.h"

#include "lab/process/port.h"

namespace kproto::lab {

absl::StatusOr<std::unique_ptr<HttpListener>> HttpListener::Start(
    int port, const std::function<void(httplib::Server&)>& serve) {
  std::unique_ptr<HttpListener> listener(new HttpListener());
  httplib::Server& server = listener->server_;
  server.set_tcp_nodelay(true);
  // Its default, SO_REUSEPORT, would let two labs share one port.
  server.set_socket_options([](socket_t socket) {
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  server.set_keep_alive_timeout(1);
  serve(server);
  for (const int wanted : {port, FreePort(), FreePort(), FreePort()}) {
    if (wanted > 0 && server.bind_to_port("127.0.0.1", wanted)) {
      listener->port_ = wanted;
      listener->thread_ = std::thread([&server] { server.listen_after_bind(); });
      while (!server.is_running()) {
        std::this_thread::yield();
      }
      return listener;
    }
  }
  return absl::ResourceExhaustedError("no free port on 127.0.0.1");
}

HttpListener::~HttpListener() {
  server_.stop();
  if (thread_.joinable()) {
    thread_.join();
  }
}

}  // namespace kproto::lab
