// SPDX-License-Identifier: MPL-2.0
// FaultyApiServer: stands before a cluster's API server, TLS in and TLS out, keeps a record of the
// calls of the provider and of the helm it starts, and spoils those that are chosen, each once.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "lab/kubernetes/certificates.h"
#include "tests/sweep/tls_socket.h"

namespace kproto::testing {

// A call as it is known from one run to the next, and which of its kind it is.
struct ApiCall {
  std::string who;     // "kproto" or "helm"
  std::string method;  // "PATCH"; "WATCH" for a GET that goes on
  std::string path;    // "/api/v1/namespaces/argocd", without the query
  int occurrence = 1;

  bool writes() const { return method != "GET" && method != "WATCH"; }
  std::string Kind() const;      // who does what to which sort of thing: names left out
  std::string ToString() const;  // "helm POST /api/v1/… (no. 2)"
  friend auto operator<=>(const ApiCall&, const ApiCall&) = default;
};

enum class ApiFault {
  kRefused,      // 403, nothing done, and no reason to try again
  kServerError,  // 500, nothing done
  kReset,        // TCP reset, nothing done
  kDropped,      // done, then a TCP reset in place of the answer
  kKillBefore,   // kill -9 of the provider, nothing done
  kKillAfter,    // done, then kill -9 of the provider
};
std::string Name(ApiFault fault);

// What is spoiled, and how.
using ApiFaults = std::map<ApiCall, ApiFault>;

class FaultyApiServer {
 public:
  // With the certificates of the lab's cluster; `upstream` is its API server's port.
  FaultyApiServer(const lab::CertificatePaths& paths, int upstream);
  ~FaultyApiServer();

  int port() const { return listener_.port; }

  // A run begins: calls are recorded, occurrences counted anew, and each of `faults` meets its
  // call, until one of them kills.
  void Begin(ApiFaults faults, std::function<void()> kill);
  std::vector<ApiCall> calls() const;
  // The faults that have not met their call.
  ApiFaults left() const;

 private:
  struct Message;

  void Listen();
  void Serve(TlsSocket& client);
  void Spoil(ApiFault fault, int run, TlsSocket& client, const std::string& request);
  // Sends the request on; the answer goes to `client`, or is only read to its end.
  void Forward(const std::string& request, TlsSocket* client);
  void Relay(TlsSocket& upstream, TlsSocket* client);
  bool Track(int fd);
  void Forget(int fd);

  const TlsContext server_, client_;
  const int upstream_;
  const Listener listener_;
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  std::vector<ApiCall> calls_;
  std::map<ApiCall, int> seen_;  // by call with occurrence 0
  ApiFaults faults_;
  std::function<void()> kill_;
  int run_ = 0;          // since each Begin another one
  bool killed_ = false;  // in this run
  std::set<int> open_;   // sockets, to be shut down in the end
  int serving_ = 0;
  bool ending_ = false;
  std::thread acceptor_;
};

}  // namespace kproto::testing
