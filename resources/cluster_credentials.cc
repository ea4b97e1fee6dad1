// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster_credentials.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace kproto {

absl::StatusOr<kubernetes::Credentials> MintCredentials(digitalocean::DigitalOcean& cloud,
                                                        const std::string& cluster_id,
                                                        absl::Duration expiry,
                                                        std::stop_token stop) {
  absl::StatusOr<digitalocean::Credentials> minted = cloud.GetCredentials(cluster_id, expiry, stop);
  if (absl::IsNotFound(minted.status())) {
    // 404 also means "no credentials yet": only a missing cluster is missing.
    KPROTO_ASSIGN_OR_RETURN(std::optional<digitalocean::Cluster> there,
                            cloud.GetCluster(cluster_id, stop));
    return there ? absl::UnavailableError(
                       absl::StrCat("cluster ", cluster_id,
                                    " has no credentials yet: ", minted.status().message()))
                 : absl::NotFoundError(absl::StrCat("there is no cluster ", cluster_id));
  }
  KPROTO_RETURN_IF_ERROR(minted.status());
  kubernetes::Credentials credentials;
  credentials.host = minted->server;
  credentials.cluster_ca_certificate = minted->certificate_authority_pem;
  credentials.token = minted->token;
  if (minted->token.empty()) {
    credentials.client_certificate = minted->client_certificate_pem.Reveal();
    credentials.client_key = minted->client_key_pem;
  }
  return credentials;
}

}  // namespace kproto
