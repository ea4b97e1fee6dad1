// SPDX-License-Identifier: MPL-2.0
#include "resources/kubeconfig/ephemeral.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/kubernetes/kubeconfig.h"
#include "resources/cluster/lookup.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

constexpr absl::Duration kDefaultExpiry = absl::Hours(1);
constexpr absl::Duration kShortest = absl::Minutes(5);
constexpr absl::Duration kLongest = absl::Hours(7 * 24);  // DigitalOcean's own limit
constexpr absl::Duration kMargin = absl::Minutes(5);

absl::Duration ExpiryOf(const KubeconfigModel& model) {
  absl::Duration expiry = kDefaultExpiry;
  if (model.expiry.is_known()) {
    absl::ParseDuration(*model.expiry, &expiry);
  }
  return expiry;
}

// Names as DigitalOcean's own kubeconfigs have them.
std::string ContextName(const ocean::Cluster& cluster) {
  return absl::StrCat("do-", cluster.region, "-", cluster.name);
}

absl::StatusOr<ocean::Cluster> ReadyCluster(ocean::DigitalOcean& api, const std::string& id,
                                            std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(std::optional<ocean::Cluster> cluster, api.GetCluster(id, stop));
  if (!cluster) {
    // The list is only for the message.
    const auto listed = LookUpCluster(api, id, ClusterHandle::kId, stop);
    return WithPath(listed.ok() ? absl::UnavailableError(
                                      absl::StrCat("cluster ", id, " has only just appeared"))
                                : listed.status(),
                    Path("cluster_id"));
  }
  if (cluster->endpoint.empty() || cluster->status.state == ocean::ClusterState::kDeleting) {
    return WithPath(
        WithHint(absl::FailedPreconditionError(absl::StrCat(
                     "cluster \"", cluster->name, "\" has no API server to talk to: its status is ",
                     cluster->status.text)),
                 "Wait until the cluster is running. A cluster_id that comes from a "
                 "kproto_cluster resource waits by itself."),
        Path("cluster_id"));
  }
  return *std::move(cluster);
}

absl::StatusOr<absl::Time> Fill(Connections& connections, KubeconfigModel& state,
                                std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(ocean::DigitalOcean * api, connections.DigitalOcean());
  const std::string& id = *state.cluster_id;
  KPROTO_ASSIGN_OR_RETURN(const ocean::Cluster cluster, ReadyCluster(*api, id, stop));
  const absl::Duration expiry = ExpiryOf(state);
  const absl::Time asked = connections.clock().Now();
  KPROTO_ASSIGN_OR_RETURN(const ocean::Credentials minted, api->GetCredentials(id, expiry, stop));
  kubernetes::Credentials credentials;
  credentials.host = minted.server;
  credentials.cluster_ca_certificate = minted.certificate_authority_pem;
  credentials.token = minted.token;
  if (minted.token.empty()) {
    credentials.client_certificate = minted.client_certificate_pem.Reveal();
    credentials.client_key = minted.client_key_pem;
  }
  state.host = minted.server;
  state.cluster_ca_certificate = minted.certificate_authority_pem;
  state.token = minted.token.empty() ? Attr<SecretString>() : Attr<SecretString>(minted.token);
  state.kubeconfig = kubernetes::ToKubeconfig(credentials, ContextName(cluster));
  // Whatever DigitalOcean makes of the expiry counts; its clock need not be ours.
  absl::Time expires = asked + expiry;
  std::string ignored;
  if (!absl::ParseTime(absl::RFC3339_full, minted.expires_at, &expires, &ignored)) {
    expires = asked + expiry;
  }
  state.expires_at = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", expires, absl::UTCTimeZone());
  return expires;
}

}  // namespace

const Table<KubeconfigModel>& KubeconfigModel::Fields() {
  static const auto& table = *new Table<KubeconfigModel>({
      Field("cluster_id", &KubeconfigModel::cluster_id, Required(), Check(NotEmpty()),
            Doc("Id of the cluster. While it is not known yet, nothing is opened.")),
      Field("expiry", &KubeconfigModel::expiry, Optional(), Check(DurationText()),
            Doc("How long the token is good, between `5m` and `168h`. Plan and apply each get a "
                "token of their own, so it need only be as long as the longer of them. Default: "
                "`1h`.")),
      Field("kubeconfig", &KubeconfigModel::kubeconfig, Computed(),
            Doc("A kubeconfig with one context, `do-<region>-<cluster name>`. It is JSON, which is "
                "YAML.")),
      Field("host", &KubeconfigModel::host, Computed(), Doc("URL of the API server.")),
      Field("cluster_ca_certificate", &KubeconfigModel::cluster_ca_certificate, Computed(),
            Doc("Certificate authority of the API server, in PEM form.")),
      Field("token", &KubeconfigModel::token, Computed(),
            Doc("Bearer token of a cluster administrator.")),
      Field("expires_at", &KubeconfigModel::expires_at, Computed(),
            Doc("When the token expires, in RFC 3339 form.")),
  });
  return table;
}

KubeconfigEphemeral::KubeconfigEphemeral(Connections& connections)
    : EphemeralResource(
          "kproto_kubeconfig",
          "A way into a cluster for this run alone: kubeconfig, address, certificate authority and "
          "a token with a short expiry. It is stored neither in the state nor in a plan; use it in "
          "the configuration of other providers and in write-only attributes."),
      connections_(connections) {}

void KubeconfigEphemeral::ValidateModel(const KubeconfigModel& config, Diagnostics& diagnostics) {
  absl::Duration expiry;
  if (config.expiry.is_known() && absl::ParseDuration(*config.expiry, &expiry) &&
      expiry > absl::ZeroDuration() && (expiry < kShortest || expiry > kLongest)) {
    diagnostics.AddError(
        "Expiry out of range",
        absl::StrCat("expiry must be between 5m and 168h, got \"", *config.expiry, "\"."),
        Path("expiry"));
  }
}

Lease KubeconfigEphemeral::OpenModel(KubeconfigModel& state, const RequestContext& context,
                                     Diagnostics& diagnostics) {
  const absl::StatusOr<absl::Time> expires = Fill(connections_, state, context.stop);
  if (!expires.ok()) {
    diagnostics.AddStatus(expires.status(), "Could not get credentials of the cluster");
    return {};
  }
  return {.private_state = *state.expires_at, .renew_at = *expires - kMargin};
}

Lease KubeconfigEphemeral::RenewLease(const PrivateState& private_state, const RequestContext&,
                                      Diagnostics& diagnostics) {
  diagnostics.AddWarning(
      "Kubeconfig is about to expire",
      absl::StrCat("The token of this run expires at ", private_state,
                   " and cannot be prolonged: DigitalOcean has no call for it, and values of an "
                   "ephemeral resource stay as they are for the whole run. If the run is not over "
                   "by then, set expiry to a longer time and run it again."));
  return {.private_state = private_state};
}

void KubeconfigEphemeral::CloseLease(const PrivateState&, const RequestContext&, Diagnostics&) {}

}  // namespace kproto
