// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/validation.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/desired.h"
#include "resources/monitoring_stack/extra_applications.h"
#include "resources/monitoring_stack/outcome.h"
#include "resources/monitoring_stack/storage_step.h"

namespace kproto::monitoring_stack {
namespace {

void ValidateStorage(const Attr<StackStorage>& storage, Diagnostics& diagnostics) {
  if (!storage.is_known()) {
    return;
  }
  const Path path("storage");
  if (storage->reclaim_policy.is_null() &&
      (!storage->provisioner.is_null() || !storage->parameters.is_null())) {
    diagnostics.AddError("Nothing to provision with",
                         "storage.provisioner and storage.parameters belong to the StorageClass "
                         "that storage.reclaim_policy makes, which is not set.",
                         path.Attribute("reclaim_policy"));
  }
  if (storage->reclaim_policy.is_known() && storage->storage_class.is_known() &&
      IsDigitalOceans(*storage->storage_class)) {
    diagnostics.AddError(
        "The StorageClass is DigitalOcean's",
        absl::StrCat("storage.reclaim_policy makes a StorageClass, and \"", *storage->storage_class,
                     "\" is one that every DigitalOcean cluster has. Leave class "
                     "out or choose another name; to use DigitalOcean's, leave "
                     "reclaim_policy out (do-block-storage-retain retains)."),
        path.Attribute("class"));
  }
}

void ValidateIngress(const Attr<StackIngress>& ingress, Diagnostics& diagnostics) {
  if (!ingress.is_known()) {
    return;
  }
  const Path path("ingress");
  if (!ingress->tls_secret_name.is_null() && !ingress->cluster_issuer.is_null()) {
    diagnostics.AddError("Two certificates",
                         "ingress.tls_secret_name names a certificate that is there, and "
                         "ingress.cluster_issuer has one made: set one of them.",
                         path.Attribute("tls_secret_name"));
  }
  if (ingress->grafana_host.is_known() && ingress->argocd_host.is_known() &&
      *ingress->grafana_host == *ingress->argocd_host) {
    diagnostics.AddError("One host for two", "Grafana and Argo CD need host names of their own.",
                         path.Attribute("argocd_host"));
  }
}

void ValidateMode(const StackArgoCd& argocd, const Attr<StackIngress>& ingress,
                  Diagnostics& diagnostics) {
  if (*argocd.mode == "core" && ingress.is_known() && !ingress->argocd_host.is_null()) {
    diagnostics.AddError("Argo CD has no server",
                         "With argocd.mode = \"core\" there is nothing that a browser could reach.",
                         Path("ingress").Attribute("argocd_host"));
  }
  if (argocd.manage.is_known() && *argocd.manage == "external") {
    diagnostics.AddError("Argo CD is somebody else's",
                         "With argocd.manage = \"external\" whoever keeps Argo CD says how much of "
                         "it there is.",
                         Path("argocd").Attribute("mode"));
  }
}

}  // namespace

void ValidateStack(const MonitoringStackModel& config, Diagnostics& diagnostics) {
  if (config.cluster_id.is_null() && config.kubernetes.is_null()) {
    diagnostics.AddError("No cluster named",
                         "Set exactly one of cluster_id (a DigitalOcean Kubernetes cluster) and "
                         "kubernetes (any other).",
                         Path("cluster_id"));
  }
  // What is unknown may still turn out to be null.
  if (config.cluster_id.is_known() && config.kubernetes.is_known()) {
    diagnostics.AddError("Two clusters named",
                         "cluster_id and kubernetes exclude each other: set exactly one.",
                         Path("kubernetes"));
  }
  if (config.kubernetes.is_known()) {
    const StackKubernetes& k = *config.kubernetes;
    const Path path("kubernetes");
    if (k.config_path.is_null() && k.host.is_null()) {
      diagnostics.AddError("No API server named", "Set kubernetes.host or kubernetes.config_path.",
                           path);
    }
    const int ways = !k.token.is_null() + !k.exec.is_null() + !k.client_certificate.is_null();
    if (!k.config_path.is_null() && (!k.host.is_null() || ways > 0)) {
      diagnostics.AddError("Conflicting arguments",
                           "kubernetes.config_path says everything: set nothing beside it.",
                           path.Attribute("config_path"));
    } else if (k.config_path.is_null() && ways != 1) {
      diagnostics.AddError("Credentials are not clear",
                           "kubernetes needs exactly one of token, exec, and client_certificate "
                           "with client_key.",
                           path);
    }
    if (k.client_certificate.is_null() != k.client_key.is_null()) {
      diagnostics.AddError("Half a client certificate",
                           "client_certificate and client_key belong together: set both.",
                           path.Attribute("client_key"));
    }
  }
  if (!config.environment.is_null() && config.values_dir.is_null()) {
    diagnostics.AddError("Nothing to overlay",
                         "environment names a folder below values_dir, which is not set.",
                         Path("environment"));
  }
  const Attr<std::string> argocd_ns = config.argocd.is_known() && !config.argocd->ns.is_null()
                                          ? config.argocd->ns
                                          : Attr<std::string>("argocd");
  if (config.ns.is_known() && argocd_ns.is_known() && *config.ns == *argocd_ns) {
    diagnostics.AddError("One namespace for two",
                         "The stack and Argo CD need namespaces of their own: one is removed "
                         "before the other.",
                         Path("namespace"));
  }
  if (config.loki.is_known() && config.loki->retention.is_known()) {
    absl::Duration retention;
    if (absl::ParseDuration(*config.loki->retention, &retention) &&
        (retention < absl::Hours(24) || retention % absl::Hours(24) != absl::ZeroDuration())) {
      diagnostics.AddError("Retention is not whole days",
                           absl::StrCat("loki.retention is ", *config.loki->retention,
                                        ". Loki deletes by the day: use a multiple of 24h, such "
                                        "as \"168h\" for a week."),
                           Path("loki").Attribute("retention"));
    }
  }
  if (config.argocd.is_known() && config.argocd->mode.is_known()) {
    ValidateMode(*config.argocd, config.ingress, diagnostics);
  }
  ValidateSeverities(config, diagnostics);
  ValidateStorage(config.storage, diagnostics);
  ValidateIngress(config.ingress, diagnostics);
  ValidateExtras(config.extra_applications, OwnApplicationNames(), diagnostics);
  ValidateGitCredentials(config.git_credentials, IsExternal(config), diagnostics);
  if (IsExternal(config) && config.ingress.is_known() && !config.ingress->argocd_host.is_null()) {
    diagnostics.AddError("Argo CD is somebody else's",
                         "With argocd.manage = \"external\" the stack sets nothing of Argo CD's, "
                         "its host name neither.",
                         Path("ingress").Attribute("argocd_host"));
  }
  if (config.grafana.is_known() && !config.grafana->existing_secret.is_null() &&
      !config.grafana->admin_password_wo.is_null()) {
    diagnostics.AddError("Two passwords",
                         "grafana.existing_secret names a Secret that somebody else keeps, and "
                         "grafana.admin_password_wo is for one of the stack's own: set one of "
                         "them.",
                         Path("grafana").Attribute("existing_secret"));
  }
  if (config.grafana.is_known() && config.grafana->admin_password_wo.is_null() &&
      config.grafana->admin_password_wo_version.is_known()) {
    diagnostics.AddError("A version of no password",
                         "admin_password_wo_version says when to set admin_password_wo anew, which "
                         "is not set.",
                         Path("grafana").Attribute("admin_password_wo_version"));
  }
}

}  // namespace kproto::monitoring_stack
