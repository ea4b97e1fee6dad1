// SPDX-License-Identifier: MPL-2.0
// HttpListener: a small HTTP server on 127.0.0.1, on the port it had before if that is free, and
// the thread it listens on.
#pragma once

#include <httplib.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"

namespace kproto::lab {

class HttpListener {
 public:
  // `serve` registers what is served, before listening begins. `port` 0: any.
  static absl::StatusOr<std::unique_ptr<HttpListener>> Start(
      int port, const std::function<void(httplib::Server&)>& serve);
  ~HttpListener();

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  HttpListener() = default;

  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace kproto::lab
