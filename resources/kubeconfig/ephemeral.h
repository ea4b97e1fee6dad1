// SPDX-License-Identifier: MPL-2.0
// Ephemeral resource kproto_kubeconfig: a way into a cluster for one run of the host, for other
// providers' configuration and for write-only attributes. Each opening has DigitalOcean make a
// token with a short expiry; nothing of it is stored. A token can be neither prolonged nor revoked
// (the API has no call for either), and the protocol's Renew carries no values: Renew says in time
// that the token is about to expire, and Close has nothing to undo. Sources: GET
// /v2/kubernetes/clusters/{id} and {id}/credentials.
#pragma once

#include <string>

#include "provider/runtime/ephemeral.h"
#include "resources/connections.h"

namespace kproto {

struct KubeconfigModel {
  Attr<std::string> cluster_id, expiry;
  Attr<SecretString> kubeconfig;
  Attr<std::string> host, cluster_ca_certificate;
  Attr<SecretString> token;
  Attr<std::string> expires_at;
  static const Table<KubeconfigModel>& Fields();
};

class KubeconfigEphemeral : public EphemeralResource<KubeconfigModel> {
 public:
  // `connections` outlives it.
  explicit KubeconfigEphemeral(Connections& connections);
  void ValidateModel(const KubeconfigModel& config, Diagnostics& diagnostics) override;
  Lease OpenModel(KubeconfigModel& state, const RequestContext& context,
                  Diagnostics& diagnostics) override;
  Lease RenewLease(const PrivateState& private_state, const RequestContext& context,
                   Diagnostics& diagnostics) override;
  void CloseLease(const PrivateState& private_state, const RequestContext& context,
                  Diagnostics& diagnostics) override;

 private:
  Connections& connections_;
};

}  // namespace kproto
