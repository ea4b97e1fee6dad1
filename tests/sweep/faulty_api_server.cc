// SPDX-License-Identifier: MPL-2.0
#include "tests/sweep/faulty_api_server.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace kproto::testing {
namespace {

// An answer of the API server's own kind.
std::string Failure(int code, absl::string_view reason) {
  const std::string body = absl::StrCat(
      R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":"injected fault",)",
      R"("reason":")", reason, R"(","code":)", code, "}");
  return absl::StrCat("HTTP/1.1 ", code, " ", reason, "\r\nContent-Type: application/json\r\n",
                      "Connection: close\r\nContent-Length: ", body.size(), "\r\n\r\n", body);
}

}  // namespace

// A request as it comes in.
struct FaultyApiServer::Message {
  std::string method, target, head, body;
  std::map<std::string, std::string> headers;  // names in lower case

  // False when the client goes before all of it was there.
  bool ReadFrom(TlsSocket& client);
  ApiCall Call() const;
  // As it is sent on. One request for each connection: so that an answer ends where it ends.
  std::string ToSend() const;
};

bool FaultyApiServer::Message::ReadFrom(TlsSocket& client) {
  std::string text;
  size_t end = std::string::npos;
  while ((end = text.find("\r\n\r\n")) == std::string::npos) {
    if (!client.Read(text)) {
      return false;
    }
  }
  head = text.substr(0, end);
  body = text.substr(end + 4);
  const std::vector<std::string> lines = absl::StrSplit(head, "\r\n");
  const std::vector<std::string> first = absl::StrSplit(lines[0], ' ');
  if (first.size() < 3) {
    return false;
  }
  method = first[0];
  target = first[1];
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<std::string, std::string> header =
        absl::StrSplit(lines[i], absl::MaxSplits(':', 1));
    headers[absl::AsciiStrToLower(header.first)] =
        std::string(absl::StripAsciiWhitespace(header.second));
  }
  if (headers["transfer-encoding"] == "chunked") {
    while (!absl::EndsWith(body, "0\r\n\r\n")) {
      if (!client.Read(body)) {
        return false;
      }
    }
    return true;
  }
  size_t length = 0;
  if (!headers["content-length"].empty() && !absl::SimpleAtoi(headers["content-length"], &length)) {
    return false;
  }
  while (body.size() < length) {
    if (!client.Read(body)) {
      return false;
    }
  }
  return true;
}

ApiCall FaultyApiServer::Message::Call() const {
  const auto agent = headers.find("user-agent");
  const bool helm = agent != headers.end() && absl::StartsWith(agent->second, "Helm");
  const bool watch =
      absl::StrContains(target, "watch=1") || absl::StrContains(target, "watch=true");
  return {helm ? "helm" : "kproto", method == "GET" && watch ? "WATCH" : method,
          target.substr(0, target.find('?')), 0};
}

std::string FaultyApiServer::Message::ToSend() const {
  std::string text;
  for (const absl::string_view line : absl::StrSplit(head, "\r\n")) {
    if (!absl::StartsWithIgnoreCase(line, "connection:") &&
        !absl::StartsWithIgnoreCase(line, "upgrade:") &&
        !absl::StartsWithIgnoreCase(line, "expect:")) {
      absl::StrAppend(&text, line, "\r\n");
    }
  }
  return absl::StrCat(text, "Connection: close\r\n\r\n", body);
}

std::string ApiCall::Kind() const {
  // /api/v1/namespaces/NS/secrets/NAME and /apis/GROUP/VERSION/KIND/NAME: every other word names.
  std::vector<std::string> words = absl::StrSplit(path, '/', absl::SkipEmpty());
  const size_t fixed = words.empty() || words[0] == "api" ? 2 : 3;
  for (size_t i = fixed + 1; i < words.size(); i += 2) {
    words[i] = "*";
  }
  return absl::StrCat(who, " ", method, " /", absl::StrJoin(words, "/"));
}

std::string ApiCall::ToString() const {
  return absl::StrCat(who, " ", method, " ", path, " (no. ", occurrence, ")");
}

std::string Name(ApiFault fault) {
  switch (fault) {
    case ApiFault::kRefused:
      return "403";
    case ApiFault::kServerError:
      return "500";
    case ApiFault::kReset:
      return "connection reset";
    case ApiFault::kDropped:
      return "answer dropped";
    case ApiFault::kKillBefore:
      return "kill -9 before";
    case ApiFault::kKillAfter:
      return "kill -9 after";
  }
  return "?";
}

FaultyApiServer::FaultyApiServer(const lab::CertificatePaths& paths, int upstream)
    : server_(ServerContext(paths.server, paths.server_key)),
      client_(ClientContext(paths.ca)),
      upstream_(upstream),
      listener_(ListenOnLoopback()) {
  signal(SIGPIPE, SIG_IGN);
  acceptor_ = std::thread([this] { Listen(); });
}

FaultyApiServer::~FaultyApiServer() {
  std::unique_lock lock(mutex_);
  ending_ = true;
  shutdown(listener_.fd, SHUT_RDWR);
  for (const int fd : open_) {
    shutdown(fd, SHUT_RDWR);
  }
  lock.unlock();
  acceptor_.join();
  close(listener_.fd);
  lock.lock();
  idle_.wait(lock, [this] { return serving_ == 0; });
}

void FaultyApiServer::Begin(ApiFaults faults, std::function<void()> kill) {
  std::lock_guard lock(mutex_);
  calls_.clear();
  seen_.clear();
  faults_ = std::move(faults);
  kill_ = std::move(kill);
  killed_ = false;
  ++run_;
}

std::vector<ApiCall> FaultyApiServer::calls() const {
  std::lock_guard lock(mutex_);
  return calls_;
}

ApiFaults FaultyApiServer::left() const {
  std::lock_guard lock(mutex_);
  return faults_;
}

bool FaultyApiServer::Track(int fd) {
  std::lock_guard lock(mutex_);
  if (!ending_) {
    open_.insert(fd);
  }
  return !ending_;
}

void FaultyApiServer::Forget(int fd) {
  std::lock_guard lock(mutex_);
  open_.erase(fd);
}

void FaultyApiServer::Listen() {
  while (true) {
    const int fd = accept4(listener_.fd, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) {
      return;
    }
    if (!Track(fd)) {
      close(fd);
      return;
    }
    {
      std::lock_guard lock(mutex_);
      ++serving_;
    }
    std::thread([this, fd] {
      {
        TlsSocket client(server_.get(), fd);
        if (client.Accept()) {
          Serve(client);
        }
        Forget(fd);
      }
      std::lock_guard lock(mutex_);
      --serving_;
      idle_.notify_all();
    }).detach();
  }
}

void FaultyApiServer::Serve(TlsSocket& client) {
  Message message;
  if (!message.ReadFrom(client)) {
    return;
  }
  std::optional<ApiFault> fault;
  int run = 0;
  {
    std::lock_guard lock(mutex_);
    ApiCall call = message.Call();
    const int occurrence = ++seen_[call];
    call.occurrence = occurrence;
    // What a helm still does that outlives its provider for a moment is no call of the run.
    if (const auto found = faults_.find(call); found != faults_.end() && !killed_) {
      fault = found->second;
      killed_ = *fault == ApiFault::kKillBefore || *fault == ApiFault::kKillAfter;
      faults_.erase(found);
    }
    run = run_;
    calls_.push_back(std::move(call));
  }
  if (fault.has_value()) {
    Spoil(*fault, run, client, message.ToSend());
  } else {
    Forward(message.ToSend(), &client);
  }
}

void FaultyApiServer::Spoil(ApiFault fault, int run, TlsSocket& client,
                            const std::string& request) {
  // The provider of a run that ended by itself meanwhile is gone, and the next one is not meant.
  const auto kill = [this, run] {
    std::lock_guard lock(mutex_);
    if (run == run_) {
      kill_();
    }
  };
  switch (fault) {
    case ApiFault::kRefused:
      client.Write(Failure(403, "Forbidden"));
      return;
    case ApiFault::kServerError:
      client.Write(Failure(500, "InternalError"));
      return;
    case ApiFault::kReset:
      break;
    case ApiFault::kDropped:
      Forward(request, nullptr);
      break;
    case ApiFault::kKillBefore:
      kill();
      break;
    case ApiFault::kKillAfter:
      Forward(request, nullptr);
      kill();
      break;
  }
  client.ResetOnClose();
}

void FaultyApiServer::Forward(const std::string& request, TlsSocket* client) {
  const auto upstream = TlsSocket::Connect(client_.get(), upstream_);
  if (upstream == nullptr || !Track(upstream->fd())) {
    return;
  }
  if (upstream->Write(request)) {
    Relay(*upstream, client);
  }
  Forget(upstream->fd());
}

void FaultyApiServer::Relay(TlsSocket& upstream, TlsSocket* client) {
  while (true) {
    if (client != nullptr && !upstream.HasBuffered()) {
      // A watch may be silent for long; whoever asked may go meanwhile.
      pollfd either[2] = {{upstream.fd(), POLLIN, 0}, {client->fd(), POLLIN, 0}};
      if (poll(either, 2, -1) < 0 || (either[0].revents == 0 && either[1].revents != 0)) {
        return;
      }
    }
    std::string piece;
    if (!upstream.Read(piece) || (client != nullptr && !client->Write(piece))) {
      return;
    }
  }
}

}  // namespace kproto::testing
