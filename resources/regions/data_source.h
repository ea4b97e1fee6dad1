// SPDX-License-Identifier: MPL-2.0
// Data source kproto_regions: where DigitalOcean can make things, and which of these places have
// Kubernetes. Two calls: GET /v2/regions, GET /v2/kubernetes/options.
#pragma once

#include <string>

#include "provider/runtime/resource.h"
#include "resources/connections.h"

namespace kproto {

struct RegionView {
  Attr<std::string> slug, name;
  Attr<bool> available, kubernetes;
  Attr<ListOf<std::string>> features, sizes;
  static const Table<RegionView>& Fields();
};

struct RegionsModel {
  Attr<bool> available, kubernetes;
  Attr<std::string> feature, size;
  Attr<ListOf<RegionView>> regions;
  Attr<ListOf<std::string>> slugs;
  static const Table<RegionsModel>& Fields();
};

class RegionsDataSource : public DataSource<RegionsModel> {
 public:
  // `connections` outlives it.
  explicit RegionsDataSource(Connections& connections);
  void Read(RegionsModel& state, const RequestContext& context, Diagnostics& diagnostics) override;

 private:
  Connections& connections_;
};

}  // namespace kproto
