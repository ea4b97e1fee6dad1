// SPDX-License-Identifier: MPL-2.0
// Data sources kproto_cluster (one, by id or name) and kproto_clusters (all, filtered). Each makes
// one call for every page of GET /v2/kubernetes/clusters. Neither asks for credentials: a read
// would make a token each time; for these there is the ephemeral resource kproto_kubeconfig.
#pragma once

#include "provider/runtime/resource.h"
#include "resources/clusters/model.h"
#include "resources/connections.h"

namespace kproto {

class ClusterDataSource : public DataSource<ClusterDataModel> {
 public:
  // `connections` outlives it.
  explicit ClusterDataSource(Connections& connections);
  void ValidateModel(const ClusterDataModel& config, Diagnostics& diagnostics) override;
  void Read(ClusterDataModel& state, const RequestContext& context,
            Diagnostics& diagnostics) override;

 private:
  Connections& connections_;
};

class ClustersDataSource : public DataSource<ClustersModel> {
 public:
  // `connections` outlives it.
  explicit ClustersDataSource(Connections& connections);
  void Read(ClustersModel& state, const RequestContext& context, Diagnostics& diagnostics) override;

 private:
  Connections& connections_;
};

}  // namespace kproto
