// SPDX-License-Identifier: MPL-2.0
// Data source kproto_vpc: a VPC by id, by name, or the default one of a region. One call: GET
// /v2/vpcs, all pages.
#pragma once

#include <string>

#include "provider/runtime/resource.h"
#include "resources/connections.h"

namespace kproto {

struct VpcDataModel {
  Attr<std::string> id, name, region;
  Attr<std::string> ip_range, description, urn, created_at;
  Attr<bool> is_default;
  static const Table<VpcDataModel>& Fields();
};

class VpcDataSource : public DataSource<VpcDataModel> {
 public:
  // `connections` outlives it.
  explicit VpcDataSource(Connections& connections);
  void ValidateModel(const VpcDataModel& config, Diagnostics& diagnostics) override;
  void Read(VpcDataModel& state, const RequestContext& context, Diagnostics& diagnostics) override;

 private:
  Connections& connections_;
};

}  // namespace kproto
