// SPDX-License-Identifier: MPL-2.0
#include "lab/process/port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>
#include <set>

#include "absl/synchronization/mutex.h"

namespace kproto::lab {
namespace {

// Linux gives 32768 and up to outgoing connections by default.
constexpr int kFirst = 20000;
constexpr int kLast = 32000;

}  // namespace

bool PortIsFree(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    return false;
  }
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return free;
}

int FreePort() {
  static absl::Mutex mutex(absl::kConstInit);
  static std::set<int>& given = *new std::set<int>();
  // Seeded anew in each process, so labs side by side seldom try the same port.
  static std::mt19937& random = *new std::mt19937(std::random_device{}());
  absl::MutexLock lock(&mutex);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const int port = std::uniform_int_distribution<int>(kFirst, kLast)(random);
    if (!given.contains(port) && PortIsFree(port)) {
      given.insert(port);
      return port;
    }
  }
  return 0;
}

}  // namespace kproto::lab
