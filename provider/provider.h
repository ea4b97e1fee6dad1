// SPDX-License-Identifier: MPL-2.0
// The kproto provider: its provider block, and the list of everything a user can write. To add a
// resource, make a folder under resources/ and one line in provider.cc.
#pragma once

#include <memory>

#include "provider/connections.h"
#include "provider/runtime/provider.h"

namespace kproto {

struct ProviderModel {
  Attr<SecretString> token;
  Attr<std::string> api_url, helm_path, chart_mirror;
  static const Table<ProviderModel>& Fields();
};

class KprotoProvider : public Provider<ProviderModel> {
 public:
  KprotoProvider();
  void ConfigureModel(const ProviderModel& config, Diagnostics& diagnostics) override;

 private:
  std::unique_ptr<RealConnections> connections_;
};

}  // namespace kproto
