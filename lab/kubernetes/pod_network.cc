// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/pod_network.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {
namespace {

constexpr size_t kLongestRequest = 8192;

bool SendAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EINTR) {
      return false;
    }
    bytes.remove_prefix(n > 0 ? static_cast<size_t>(n) : 0);
  }
  return true;
}

// The head of a CONNECT request. Its client says nothing more before it has the answer.
std::string ReadHead(int fd) {
  std::string head;
  char bytes[1024];
  while (!absl::EndsWith(head, "\r\n\r\n") && head.size() < kLongestRequest) {
    const ssize_t n = recv(fd, bytes, sizeof bytes, 0);
    if (n <= 0) {
      return "";
    }
    head.append(bytes, static_cast<size_t>(n));
  }
  return head;
}

// Until one side has no more to say; then both are ended, which wakes the other direction.
void Copy(int from, int to) {
  std::vector<char> bytes(16 * 1024);
  ssize_t n = 0;
  do {
    n = recv(from, bytes.data(), bytes.size(), 0);
  } while (n > 0 && SendAll(to, {bytes.data(), static_cast<size_t>(n)}));
  shutdown(from, SHUT_RDWR);
  shutdown(to, SHUT_RDWR);
}

}  // namespace

std::string ConnectTarget(const std::string& request) {
  const absl::string_view line = absl::string_view(request).substr(0, request.find('\r'));
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  return words.size() == 3 && words[0] == "CONNECT" ? std::string(words[1]) : "";
}

PodNetwork::PodNetwork()
    : name_(absl::StrCat("kproto-lab-pods-", RandomHex(8))),
      sockets_([this](int client) { Serve(client); }) {}

absl::Status PodNetwork::Start() {
  KPROTO_ASSIGN_OR_RETURN(const int listener, ListenOnName(name_));
  sockets_.Start(listener);
  return absl::OkStatus();
}

void PodNetwork::SetRoutes(Routes routes) {
  absl::MutexLock lock(&mutex_);
  routes_ = std::move(routes);
}

int PodNetwork::PortOf(const std::string& address) const {
  absl::MutexLock lock(&mutex_);
  const auto found = routes_.find(address);
  return found == routes_.end() ? 0 : found->second;
}

std::string PodNetwork::EgressSelectorConfiguration() const {
  const nlohmann::json connection = {
      {"proxyProtocol", "HTTPConnect"},
      {"transport", {{"uds", {{"udsName", absl::StrCat("@", name_)}}}}}};
  return nlohmann::json{
      {"apiVersion", "apiserver.k8s.io/v1beta1"},
      {"kind", "EgressSelectorConfiguration"},
      {"egressSelections",
       nlohmann::json::array({{{"name", "cluster"}, {"connection", connection}}})}}
      .dump();
}

void PodNetwork::Serve(int client) {
  const std::string target = ConnectTarget(ReadHead(client));
  const int port = PortOf(target);
  if (port == 0) {
    // These words come out of `kubectl get --raw` and out of what kproto says.
    SendAll(client, "HTTP/1.1 503 no process of the lab stands behind this pod\r\n\r\n");
    return;
  }
  const absl::StatusOr<int> process = ConnectToLoopback(port);
  if (!process.ok()) {
    SendAll(client, "HTTP/1.1 502 the process behind this pod does not answer\r\n\r\n");
    return;
  }
  if (SendAll(client, "HTTP/1.1 200 OK\r\n\r\n")) {
    std::thread back([&] { Copy(*process, client); });
    Copy(client, *process);
    back.join();
  }
  close(*process);
}

}  // namespace kproto::lab
