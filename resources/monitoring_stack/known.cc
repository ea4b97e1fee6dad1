// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/known.h"

#include <algorithm>

#include "resources/monitoring_stack/extra_applications.h"

namespace kproto::monitoring_stack {
namespace {

template <typename T>
bool ElementsAreKnown(const Attr<SetOf<T>>& set) {
  return !set.is_unknown() &&
         (set.is_null() || std::none_of(set->elements.begin(), set->elements.end(),
                                        [](const Attr<T>& e) { return e.is_unknown(); }));
}

bool SettingsAreKnown(const MonitoringStackModel& m) {
  return NoneUnknown(m.storage, m.rbac, m.ingress, m.collector, m.metrics_server, m.prometheus) &&
         (m.ingress.is_null() ||
          NoneUnknown(m.ingress->controller, m.ingress->class_name, m.ingress->grafana_host,
                      m.ingress->argocd_host, m.ingress->tls_secret_name,
                      m.ingress->cluster_issuer)) &&
         (m.storage.is_null() ||
          NoneUnknown(m.storage->storage_class, m.storage->reclaim_policy)) &&
         (m.rbac.is_null() ||
          (ElementsAreKnown(m.rbac->viewer_groups) && ElementsAreKnown(m.rbac->operator_groups) &&
           ElementsAreKnown(m.rbac->admin_groups)));
}

bool LokiIsKnown(const Attr<StackLoki>& loki) {
  if (loki.is_null()) {
    return true;
  }
  const auto known = [](const StackObjectStorage& bucket) {
    return NoneUnknown(bucket.bucket, bucket.endpoint, bucket.region, bucket.credentials_secret,
                       bucket.path_style);
  };
  return loki.is_known() &&
         NoneUnknown(loki->retention, loki->volume_gib, loki->mode, loki->object_storage) &&
         (loki->object_storage.is_null() || known(*loki->object_storage));
}

// Argo CD's values hold the host keys.
bool GitCredentialsAreKnown(const MonitoringStackModel& m) {
  return !m.git_credentials.is_unknown() &&
         (m.git_credentials.is_null() ||
          std::all_of(m.git_credentials->begin(), m.git_credentials->end(), [](const auto& entry) {
            return entry.second.is_known() && !entry.second->ssh_known_hosts.is_unknown();
          }));
}

}  // namespace

bool ValuesAreKnownElsewhere(const MonitoringStackModel& m) {
  return NoneUnknown(m.values_dir, m.environment, m.ns, m.grafana, m.loki, m.network_policies) &&
         SettingsAreKnown(m) && GitCredentialsAreKnown(m) &&
         (m.grafana.is_null() ||
          NoneUnknown(m.grafana->expose, m.grafana->admin_password_wo_version,
                      m.grafana->existing_secret, m.grafana->dashboards_dir)) &&
         (!m.argocd.is_known() || NoneUnknown(m.argocd->mode)) &&
         (m.prometheus.is_null() ||
          NoneUnknown(m.prometheus->retention, m.prometheus->volume_gib)) &&
         LokiIsKnown(m.loki);
}

bool ValuesAreKnown(const MonitoringStackModel& m) {
  return ValuesAreKnownElsewhere(m) && NoneUnknown(m.node_pool);
}

bool FilesAreKnown(const MonitoringStackModel& m) {
  return NoneUnknown(m.values_dir, m.environment, m.apps_dir, m.grafana) &&
         (m.grafana.is_null() || !m.grafana->dashboards_dir.is_unknown());
}

bool ChartsAreKnown(const MonitoringStackModel& m) {
  const auto known = [](const auto& nested) {
    return !nested.is_unknown() &&
           (nested.is_null() || NoneUnknown(nested->chart_version, nested->chart_repository));
  };
  return known(m.argocd) && known(m.grafana) && known(m.loki) && known(m.promtail) &&
         known(m.alloy) && known(m.metrics_server) && known(m.prometheus) && known(m.ingress) &&
         ExtrasAreKnown(m.extra_applications) &&
         (m.argocd.is_null() || NoneUnknown(m.argocd->ns, m.argocd->manage));
}

bool GitIsKnown(const MonitoringStackModel& m) {
  return !m.git.is_unknown() &&
         (m.git.is_null() || NoneUnknown(m.git->repo_url, m.git->path, m.git->revision));
}

}  // namespace kproto::monitoring_stack
