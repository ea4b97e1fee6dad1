// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/access.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/kubernetes/expiry.h"
#include "clients/kubernetes/kubeconfig.h"
#include "resources/cluster_credentials.h"
#include "resources/monitoring_stack/cluster_identity.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::Credentials;

// New credentials are asked for when less than this is left of the old ones.
constexpr absl::Duration kReserve = absl::Minutes(2);
constexpr absl::Duration kLongest = absl::Hours(12);

absl::StatusOr<SecretString> WriteOnlyOr(const Attr<SecretString>& given, const char* variable,
                                         const char* attribute) {
  if (given.is_known()) {
    return *given;
  }
  if (const char* value = std::getenv(variable); value != nullptr && *value != '\0') {
    return SecretString(value);
  }
  return WithHint(absl::FailedPreconditionError(absl::StrCat(
                      "kubernetes.", attribute,
                      " is write-only: it is not in the state, and this operation sees only that")),
                  absl::StrCat("Set the environment variable ", variable,
                               ", or use exec or config_path, which need no stored secret."));
}

absl::StatusOr<Credentials> FromFile(std::string path) {
  const char* home = std::getenv("HOME");
  if (path.rfind("~/", 0) == 0 && home != nullptr) {
    path = absl::StrCat(home, path.substr(1));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return absl::NotFoundError(absl::StrCat("kubeconfig ", path, " cannot be read"));
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  absl::StatusOr<Credentials> credentials = kubernetes::ParseKubeconfig(text);
  return credentials.ok() ? credentials : Annotate(credentials.status(), path);
}

kubernetes::ExecPlugin PluginOf(const StackExec& exec) {
  kubernetes::ExecPlugin plugin;
  plugin.api_version = exec.api_version.value_or("client.authentication.k8s.io/v1");
  plugin.command = exec.command.value_or("");
  for (const Attr<std::string>& arg : exec.args.value_or({})) {
    plugin.args.push_back(arg.value_or(""));
  }
  for (const auto& [name, value] : exec.env.value_or({})) {
    plugin.env[name] = value.value_or("");
  }
  return plugin;
}

enum class Origin { kMinted, kGiven };

// The first call to a cluster failed: what to do about it.
absl::Status Advised(const absl::Status& status, Origin origin) {
  if (absl::IsUnavailable(status)) {
    return WithHint(status,
                    "The cluster's API server does not answer. Nothing was touched and the state "
                    "is kept: apply again once it does. If the cluster is gone for good, forget "
                    "the stack with `tofu state rm`.");
  }
  // Minted credentials are new: that they have expired cannot be why.
  if (absl::IsUnauthenticated(status) && origin == Origin::kMinted) {
    return WithHint(status,
                    "The cluster does not accept these credentials, though DigitalOcean has handed "
                    "them out a moment ago. Nothing was touched and the state is kept: apply again "
                    "later. If it stays so, the cluster's sign-in is disturbed: see it in "
                    "DigitalOcean's control panel.");
  }
  return status;
}

absl::Status CheckNotExpired(absl::Time until, absl::Time now) {
  return until > now ? absl::OkStatus()
                     : WithHint(absl::UnauthenticatedError(
                                    absl::StrCat("the credentials in kubernetes ended at ",
                                                 absl::FormatTime(until, absl::UTCTimeZone()))),
                                "Fetch new ones, or use kubernetes.exec, which renews them.");
}

}  // namespace

absl::StatusOr<Cluster> Access::Get(const kubernetes::Call& call) {
  std::lock_guard lock(mutex_);
  if (cluster_.kubernetes != nullptr && connections_.clock().Now() + kReserve < expires_) {
    return cluster_;
  }
  absl::StatusOr<Credentials> credentials = model_.cluster_id.is_known() ? Mint(call) : Explicit();
  KPROTO_RETURN_IF_ERROR(credentials.status());
  if (!model_.cluster_id.is_known()) {
    given_until_ = kubernetes::ExpiryOf(*credentials);
    KPROTO_RETURN_IF_ERROR(CheckNotExpired(given_until_, connections_.clock().Now()));
  }
  KPROTO_ASSIGN_OR_RETURN(auto kubernetes, connections_.Kubernetes(*credentials));
  const absl::StatusOr<std::string> uid = ClusterUid(*kubernetes, call);
  if (!uid.ok()) {
    return Advised(uid.status(), model_.cluster_id.is_known() ? Origin::kMinted : Origin::kGiven);
  }
  uid_ = *uid;
  KPROTO_RETURN_IF_ERROR(
      CheckSameCluster(model_.cluster_uid.value_or(""), uid_, credentials->host));
  cluster_.kubernetes = kubernetes;
  // The ArgoCd holds no Kubernetes of its own: tie their lives together.
  cluster_.argocd = std::shared_ptr<argocd::ArgoCd>(
      argocd::MakeArgoCd(kubernetes.get(), &connections_.clock()).release(),
      [kubernetes](argocd::ArgoCd* argocd) { delete argocd; });
  cluster_.credentials = *std::move(credentials);
  if (!model_.cluster_id.is_known()) {
    expires_ = absl::InfiniteFuture();  // the client renews what an exec plugin gives
  }
  return cluster_;
}

absl::StatusOr<Credentials> Access::Mint(const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(digitalocean::DigitalOcean * cloud, connections_.DigitalOcean());
  const absl::Duration expiry = std::min(lifetime_ + absl::Minutes(10), kLongest);
  KPROTO_ASSIGN_OR_RETURN(Credentials credentials,
                          MintCredentials(*cloud, *model_.cluster_id, expiry, call.stop));
  expires_ = connections_.clock().Now() + expiry;
  return credentials;
}

absl::StatusOr<Credentials> Access::Explicit() const {
  if (!model_.kubernetes.is_known()) {
    return absl::FailedPreconditionError("neither cluster_id nor kubernetes is set");
  }
  const StackKubernetes& given = *model_.kubernetes;
  if (given.config_path.is_known()) {
    return FromFile(*given.config_path);
  }
  Credentials credentials;
  credentials.host = given.host.value_or("");
  credentials.cluster_ca_certificate = given.cluster_ca_certificate.value_or("");
  if (given.exec.is_known()) {
    credentials.exec = PluginOf(*given.exec);
  } else if (given.client_certificate.is_known()) {
    credentials.client_certificate = *given.client_certificate;
    KPROTO_ASSIGN_OR_RETURN(credentials.client_key,
                            WriteOnlyOr(given.client_key, "KUBE_CLIENT_KEY_DATA", "client_key"));
  } else {
    KPROTO_ASSIGN_OR_RETURN(credentials.token, WriteOnlyOr(given.token, "KUBE_TOKEN", "token"));
  }
  return credentials;
}

absl::StatusOr<std::vector<digitalocean::NodePool>> Access::NodePools(
    const kubernetes::Call& call) {
  if (!model_.cluster_id.is_known()) {
    return std::vector<digitalocean::NodePool>();
  }
  KPROTO_ASSIGN_OR_RETURN(digitalocean::DigitalOcean * cloud, connections_.DigitalOcean());
  KPROTO_ASSIGN_OR_RETURN(std::optional<digitalocean::Cluster> cluster,
                          cloud->GetCluster(*model_.cluster_id, call.stop));
  if (!cluster) {
    return absl::NotFoundError(absl::StrCat("there is no cluster ", *model_.cluster_id));
  }
  return std::move(cluster->node_pools);
}

std::string Access::ExpiryWarning() const {
  std::lock_guard lock(mutex_);
  const absl::Duration left = given_until_ - connections_.clock().Now();
  return left >= lifetime_
             ? ""
             : absl::StrCat("They end at ", absl::FormatTime(given_until_, absl::UTCTimeZone()),
                            ", in ", absl::FormatDuration(absl::Trunc(left, absl::Seconds(1))),
                            "; the operation may take ", absl::FormatDuration(lifetime_),
                            ". Use kubernetes.exec, which renews them, or newer ones.");
}

Path Access::Attribute() const {
  const Path by_id("cluster_id"), by_credentials("kubernetes");
  return model_.cluster_id.is_known() ? by_id : by_credentials;
}

std::string Access::ClusterName() const {
  if (model_.cluster_id.is_known()) {
    return *model_.cluster_id;
  }
  if (model_.kubernetes.is_known()) {
    return model_.kubernetes->host.is_known() ? *model_.kubernetes->host
                                              : model_.kubernetes->config_path.value_or("");
  }
  return "";
}

}  // namespace kproto::monitoring_stack
