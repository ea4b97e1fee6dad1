// SPDX-License-Identifier: MPL-2.0
// Wiring: the values that each chart gets. The user's files are laid over kproto's defaults, and
// over them in turn what an attribute says and what would otherwise cut the way of a log line
// (collector → Loki → Grafana). Pure: the plan and the apply see the same values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "resources/monitoring_stack/dashboards.h"

namespace kproto::monitoring_stack {

using Json = nlohmann::json;

inline constexpr char kGrafanaAdminSecret[] = "grafana-admin";
inline constexpr char kPoolLabel[] = "node-type";  // nodes of pool p carry node-type=p …
inline constexpr char kPoolTaint[] = "dedicated";  // … and, when dedicated, dedicated=p:NoSchedule

// Hosts that an ingress controller leads to the stack; "": none.
struct IngressWanted {
  std::string controller;  // component name of its chart; "": not the stack's
  std::string class_name, grafana_host, argocd_host, tls_secret_name, cluster_issuer;

  bool HasTls() const { return !tls_secret_name.empty() || !cluster_issuer.empty(); }
  // The address of a host as people type it; "" for "".
  std::string UrlOf(const std::string& host) const;
};

// A bucket for Loki; "" as bucket: none.
struct BucketWanted {
  std::string bucket, endpoint, region, credentials_secret;
  bool path_style = false;
};

struct Wiring {
  std::string ns;         // of the stack
  std::string node_pool;  // "": anywhere
  bool grafana_exposed = false;
  std::string password_version;  // "": never set
  std::string grafana_secret = kGrafanaAdminSecret;
  std::vector<Dashboard> dashboards;
  std::string argocd_mode;  // "ha", "core"; "": one of each
  std::string loki_mode;    // "single_binary", "scalable"; "": as the user has it
  BucketWanted bucket;
  bool prometheus = false;
  std::string metrics_retention;   // "": as the chart or the user has it
  int64_t metrics_volume_gib = 0;  // likewise
  std::string retention;           // "": for ever
  int64_t volume_gib = 0;          // 0: as the chart or the user has it
  std::string storage_class;       // "": as the chart or the user has it
  std::string policy_csv;          // of Argo CD; "": nobody is named
  std::string known_hosts;         // by SSH, beside those that Argo CD knows
  bool network_policies = false;
  IngressWanted ingress;
};

// `user` is what the values files say of that component; an empty object when they say nothing.
Json ArgoCdValues(const Wiring& wiring, const Json& user);
Json LokiValues(const Wiring& wiring, const Json& user);
// `loki` is the result of LokiValues(): where Loki listens depends on it.
// `prometheus` likewise is that of PrometheusValues(); not used where the stack has none.
Json GrafanaValues(const Wiring& wiring, const Json& user, const Json& loki,
                   const Json& prometheus = Json::object());
Json PromtailValues(const Wiring& wiring, const Json& user, const Json& loki);
Json AlloyValues(const Wiring& wiring, const Json& user, const Json& loki);
// Both controllers: their charts agree on the keys that matter here.
Json IngressControllerValues(const Wiring& wiring, const Json& user);
Json MetricsServerValues(const Wiring& wiring, const Json& user);
Json PrometheusValues(const Wiring& wiring, const Json& user);

// Where other pods reach Loki: its gateway, or Loki itself where there is none.
std::string LokiUrl(const Wiring& wiring, const Json& loki);
std::string PrometheusUrl(const Wiring& wiring, const Json& prometheus);

}  // namespace kproto::monitoring_stack
