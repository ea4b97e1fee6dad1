// SPDX-License-Identifier: MPL-2.0
// Data source kproto_sizes: the Droplet sizes that can be had now, cheapest first. Two calls: GET
// /v2/sizes and, for what serves as a worker node, GET /v2/kubernetes/options.
#pragma once

#include <string>

#include "provider/runtime/resource.h"
#include "resources/connections.h"

namespace kproto {

struct SizeView {
  Attr<std::string> slug, description;
  Attr<int64_t> vcpus;
  Attr<double> memory_gib;
  Attr<int64_t> disk_gib;
  Attr<double> price_monthly, price_hourly;
  Attr<bool> worker;
  Attr<ListOf<std::string>> regions;
  static const Table<SizeView>& Fields();
};

struct SizesModel {
  Attr<int64_t> min_vcpus, max_vcpus;
  Attr<double> min_memory_gib, max_memory_gib;
  Attr<std::string> region;
  Attr<bool> worker;
  Attr<ListOf<SizeView>> sizes;
  Attr<ListOf<std::string>> slugs;
  Attr<std::string> cheapest;
  static const Table<SizesModel>& Fields();
};

class SizesDataSource : public DataSource<SizesModel> {
 public:
  // `connections` outlives it.
  explicit SizesDataSource(Connections& connections);
  void ValidateModel(const SizesModel& config, Diagnostics& diagnostics) override;
  void Read(SizesModel& state, const RequestContext& context, Diagnostics& diagnostics) override;

 private:
  Connections& connections_;
};

}  // namespace kproto
