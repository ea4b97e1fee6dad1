// SPDX-License-Identifier: MPL-2.0
// The bytes of HTTP/1.1 on a socket: reads one request after another, writes replies.
#pragma once

#include <string>

#include "lab/digitalocean/http_server.h"

namespace kproto::lab {

class HttpWire {
 public:
  // The socket stays the caller's.
  explicit HttpWire(int fd) : fd_(fd) {}

  // Zero for a request; otherwise the HTTP status to refuse with, or -1 when the client is gone.
  int Read(HttpRequest* request);

  // False when the connection is of no more use.
  bool Write(const HttpReply& reply);

  // Whether the client wants the connection kept after this request.
  static bool KeepsAlive(const HttpRequest& request);

 private:
  bool Fill();  // more bytes into buffer_
  bool Send(const std::string& bytes);
  int ReadBody(HttpRequest* request);
  int ReadChunks(std::string* body);
  // Up to and including the end of line, which is removed. False when the client is gone.
  bool ReadLine(std::string* line);

  int fd_;
  std::string buffer_;
};

}  // namespace kproto::lab
