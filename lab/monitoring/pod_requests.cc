// SPDX-License-Identifier: MPL-2.0
#include "lab/monitoring/pod_requests.h"

#include <httplib.h>

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

struct Url {
  std::string scheme, host, port, target;  // target: path and query
};

Url Parse(absl::string_view text) {
  Url url;
  const std::vector<absl::string_view> ends = absl::StrSplit(text, absl::MaxSplits("://", 1));
  if (ends.size() != 2) {
    return url;
  }
  url.scheme = std::string(ends[0]);
  const size_t path = ends[1].find_first_of("/?");
  const std::vector<std::string> authority =
      absl::StrSplit(ends[1].substr(0, path), absl::MaxSplits(':', 1));
  url.host = authority[0];
  url.port = authority.size() == 2 ? authority[1] : url.scheme == "https" ? "443" : "80";
  url.target = path == absl::string_view::npos ? "/" : std::string(ends[1].substr(path));
  return url;
}

// [service] or [service, namespace], as the DNS of a cluster completes a name; nothing for a host
// with more parts to it, such as an IP address.
std::vector<std::string> ServiceIn(absl::string_view host) {
  absl::ConsumeSuffix(&host, ".");
  if (!absl::ConsumeSuffix(&host, ".svc.cluster.local")) {
    absl::ConsumeSuffix(&host, ".svc");
  }
  std::vector<std::string> parts = absl::StrSplit(host, '.');
  if (parts.size() > 2 || host.empty() || host == "localhost") {
    parts.clear();
  }
  return parts;
}

}  // namespace

std::string ServiceProxyPath(const std::string& text, const std::string& ns) {
  const Url url = Parse(text);
  const std::vector<std::string> service = ServiceIn(url.host);
  return service.empty()
             ? ""
             : absl::StrCat("/api/v1/namespaces/", service.size() == 2 ? service[1] : ns,
                            "/services/", url.scheme, ":", service[0], ":", url.port, "/proxy",
                            absl::StartsWith(url.target, "/") ? "" : "/", url.target);
}

absl::StatusOr<nlohmann::json> GetFromPod(ApiClient& api, const std::string& ns,
                                          const std::string& url) {
  if (const std::string path = ServiceProxyPath(url, ns); !path.empty()) {
    return api.Get(path);
  }
  const Url parts = Parse(url);
  httplib::Client client(absl::StrCat(parts.scheme, "://", parts.host, ":", parts.port));
  if (!client.is_valid()) {
    return absl::UnavailableError(absl::StrCat("no address: ", url));
  }
  client.set_connection_timeout(2);
  client.set_read_timeout(10);
  const httplib::Result result = client.Get(parts.target);
  if (!result) {
    return absl::UnavailableError(absl::StrCat(url, ": ", httplib::to_string(result.error())));
  }
  nlohmann::json body = ParseJson(result->body);
  if (result->status != 200 || body.is_discarded()) {
    return absl::UnavailableError(absl::StrCat(url, ": HTTP status ", result->status));
  }
  return body;
}

}  // namespace kproto::lab
