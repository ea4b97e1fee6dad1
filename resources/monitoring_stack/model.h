// SPDX-License-Identifier: MPL-2.0
// What a user may write in, and read from, a kproto_monitoring_stack. The tables in model.cc are
// the one declaration of every attribute.
#pragma once

#include <cstdint>
#include <string>

#include "base/secret.h"
#include "provider/schema/model.h"
#include "resources/monitoring_stack/extra_settings.h"
#include "resources/monitoring_stack/policy_settings.h"
#include "resources/monitoring_stack/settings.h"
#include "resources/timeouts.h"

namespace kproto {

struct StackExec {
  Attr<std::string> api_version, command;
  Attr<ListOf<std::string>> args;
  Attr<MapOf<std::string>> env;
  static const Table<StackExec>& Fields();
};

struct StackKubernetes {
  Attr<std::string> config_path, host, cluster_ca_certificate, client_certificate;
  Attr<SecretString> token, client_key;  // write-only
  Attr<StackExec> exec;
  static const Table<StackKubernetes>& Fields();
};

struct StackArgoCd {
  Attr<std::string> ns;  // the attribute `namespace`
  Attr<std::string> manage, mode;
  Attr<std::string> chart_repository, chart_version, version, status, values_hash, url;
  Attr<StackPodSecurity> pod_security;
  static const Table<StackArgoCd>& Fields();
};

struct StackPrometheus {
  Attr<std::string> chart_repository, chart_version, retention;
  Attr<int64_t> volume_gib;
  static const Table<StackPrometheus>& Fields();
};

// Where Loki keeps its logs when they are not on a volume.
struct StackObjectStorage {
  Attr<std::string> bucket, endpoint, region, credentials_secret;
  Attr<bool> path_style;
  static const Table<StackObjectStorage>& Fields();
};

struct StackGit {
  Attr<std::string> repo_url, path, revision;
  static const Table<StackGit>& Fields();
};

struct StackGrafana {
  Attr<std::string> chart_repository, chart_version, expose;
  Attr<SecretString> admin_password_wo;
  Attr<int64_t> admin_password_wo_version;
  Attr<std::string> existing_secret, dashboards_dir;
  Attr<std::string> url;
  static const Table<StackGrafana>& Fields();
};

struct StackLoki {
  Attr<std::string> chart_repository, chart_version, mode, retention;
  Attr<int64_t> volume_gib;
  Attr<StackObjectStorage> object_storage;
  static const Table<StackLoki>& Fields();
};

struct StackPromtail {
  Attr<std::string> chart_repository, chart_version;
  static const Table<StackPromtail>& Fields();
};

struct StackAlloy {
  Attr<std::string> chart_repository, chart_version;
  static const Table<StackAlloy>& Fields();
};

struct StackMetricsServer {
  Attr<std::string> chart_repository, chart_version;
  static const Table<StackMetricsServer>& Fields();
};

struct StackTaint {
  Attr<std::string> key, value, effect;
  friend bool operator==(const StackTaint&, const StackTaint&) = default;
  static const Table<StackTaint>& Fields();
};

// A node pool as far as it decides which pods run there; takes a pool of kproto_cluster as it is.
struct StackNodePool {
  Attr<std::string> size;
  Attr<int64_t> count;
  Attr<bool> auto_scale;
  Attr<int64_t> max_nodes;
  Attr<bool> dedicated;
  Attr<MapOf<std::string>> labels;
  Attr<SetOf<StackTaint>> taints;
  Attr<std::string> cpu, memory;
  static const Table<StackNodePool>& Fields();
};

// One Application as Argo CD has it.
struct StackApplication {
  Attr<std::string> chart, chart_version, revision, sync, health, values_hash;
  friend bool operator==(const StackApplication&, const StackApplication&) = default;
  static const Table<StackApplication>& Fields();
};

struct MonitoringStackModel {
  Attr<std::string> id, cluster_id;
  Attr<StackKubernetes> kubernetes;
  Attr<std::string> ns;  // the attribute `namespace`
  Attr<std::string> environment, values_dir, apps_dir, node_pool, collector;
  Attr<StackArgoCd> argocd;
  Attr<StackGit> git;
  Attr<MapOf<StackGitCredentials>> git_credentials;
  Attr<StackGrafana> grafana;
  Attr<StackLoki> loki;
  Attr<StackPromtail> promtail;
  Attr<StackAlloy> alloy;
  Attr<StackMetricsServer> metrics_server;
  Attr<StackPrometheus> prometheus;
  Attr<MapOf<StackExtraApplication>> extra_applications;
  Attr<StackIngress> ingress;
  Attr<StackStorage> storage;
  Attr<StackRbac> rbac;
  Attr<bool> network_policies;
  Attr<MapOf<std::string>> resource_quota;
  Attr<StackPodSecurity> pod_security;
  Attr<std::string> kubernetes_version;
  Attr<MapOf<StackNodePool>> node_pools;
  Attr<MapOf<std::string>> checks;
  Attr<int64_t> max_load_balancers;
  Attr<bool> verify;
  Attr<StackOnDrift> on_drift;
  Attr<std::string> cluster_gone;
  Attr<Timeouts> timeouts;

  Attr<std::string> cluster_uid, values_hash;
  Attr<int64_t> planned_load_balancers, planned_volume_gib;
  Attr<double> planned_monthly_cost;
  Attr<MapOf<StackApplication>> applications;
  Attr<MapOf<std::string>> images;
  Attr<bool> verified;
  Attr<ListOf<std::string>> drift;
  Attr<StackDriftLayers> drift_layers;
  static const Table<MonitoringStackModel>& Fields();
};

}  // namespace kproto
