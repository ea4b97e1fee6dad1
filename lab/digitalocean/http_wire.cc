// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/http_wire.h"

#include <sys/socket.h>

#include <cerrno>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kproto::lab {
namespace {

constexpr size_t kMaxHead = 64 << 10;
constexpr size_t kMaxBody = 8 << 20;

const char* Reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Payload Too Large";
    case 422:
      return "Unprocessable Entity";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

// False when the head is no HTTP/1.x request.
bool ParseHead(absl::string_view head, HttpRequest* request) {
  const std::vector<absl::string_view> lines = absl::StrSplit(head, "\r\n");
  const std::vector<absl::string_view> words = absl::StrSplit(lines[0], ' ');
  if (words.size() != 3 || words[0].empty() || !absl::StartsWith(words[1], "/") ||
      !absl::StartsWith(words[2], "HTTP/1.")) {
    return false;
  }
  request->method = std::string(words[0]);
  request->target = std::string(words[1]);
  request->headers[":version"] = std::string(words[2]);
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(lines[i], absl::MaxSplits(':', 1));
    request->headers[absl::AsciiStrToLower(field.first)] =
        std::string(absl::StripAsciiWhitespace(field.second));
  }
  return true;
}

}  // namespace

std::string HttpRequest::Header(const std::string& lower_case_name) const {
  const auto it = headers.find(lower_case_name);
  return it == headers.end() ? "" : it->second;
}

bool HttpWire::KeepsAlive(const HttpRequest& request) {
  const std::string connection = absl::AsciiStrToLower(request.Header("connection"));
  return connection == "keep-alive" ||
         (connection != "close" && request.Header(":version") == "HTTP/1.1");
}

bool HttpWire::Fill() {
  char bytes[16384];
  ssize_t n;
  do {
    n = recv(fd_, bytes, sizeof bytes, 0);
  } while (n < 0 && errno == EINTR);
  if (n <= 0) {
    return false;
  }
  buffer_.append(bytes, static_cast<size_t>(n));
  return true;
}

bool HttpWire::Send(const std::string& bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return false;
    }
    done += static_cast<size_t>(n);
  }
  return true;
}

int HttpWire::Read(HttpRequest* request) {
  size_t end;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (buffer_.size() > kMaxHead) {
      return 413;
    }
    if (!Fill()) {
      return -1;
    }
  }
  const std::string head = buffer_.substr(0, end);
  buffer_.erase(0, end + 4);
  return ParseHead(head, request) ? ReadBody(request) : 400;
}

int HttpWire::ReadBody(HttpRequest* request) {
  if (absl::EqualsIgnoreCase(request->Header("expect"), "100-continue") &&
      !Send("HTTP/1.1 100 Continue\r\n\r\n")) {
    return -1;
  }
  if (absl::EqualsIgnoreCase(request->Header("transfer-encoding"), "chunked")) {
    return ReadChunks(&request->body);
  }
  size_t length = 0;
  const std::string declared = request->Header("content-length");
  if (!declared.empty() && !absl::SimpleAtoi(declared, &length)) {
    return 400;
  }
  if (length > kMaxBody) {
    return 413;
  }
  while (buffer_.size() < length) {
    if (!Fill()) {
      return -1;
    }
  }
  request->body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return 0;
}

bool HttpWire::ReadLine(std::string* line) {
  size_t end;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (buffer_.size() > kMaxHead || !Fill()) {
      return false;
    }
  }
  *line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return true;
}

int HttpWire::ReadChunks(std::string* body) {
  std::string line;
  while (ReadLine(&line)) {
    size_t size;
    if (!absl::SimpleHexAtoi(line.substr(0, line.find(';')), &size)) {
      return 400;
    }
    if (size > kMaxBody || body->size() + size > kMaxBody) {
      return 413;
    }
    while (buffer_.size() < size + 2) {
      if (!Fill()) {
        return -1;
      }
    }
    body->append(buffer_, 0, size);
    buffer_.erase(0, size + 2);
    if (size == 0) {
      return 0;
    }
  }
  return -1;
}

bool HttpWire::Write(const HttpReply& reply) {
  std::string bytes = absl::StrCat("HTTP/1.1 ", reply.status, " ", Reason(reply.status), "\r\n");
  for (const auto& [name, value] : reply.headers) {
    absl::StrAppend(&bytes, name, ": ", value, "\r\n");
  }
  if (reply.status != 204) {
    absl::StrAppend(&bytes, "content-length: ", reply.body.size(), "\r\n");
  }
  absl::StrAppend(&bytes, "\r\n");
  if (reply.ending == HttpReply::Ending::kTruncated) {
    Send(bytes + reply.body.substr(0, reply.body.size() / 2));
    return false;
  }
  return Send(reply.status == 204 ? bytes : bytes + reply.body);
}

}  // namespace kproto::lab
