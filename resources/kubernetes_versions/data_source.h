// SPDX-License-Identifier: MPL-2.0
// Data source kproto_kubernetes_versions: what DOKS offers for new clusters now, newest first.
// Source: GET /v2/kubernetes/options.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "provider/runtime/resource.h"
#include "resources/connections.h"

namespace kproto {

struct KubernetesVersionView {
  Attr<std::string> slug, kubernetes_version;
  Attr<ListOf<std::string>> supported_features;
  static const Table<KubernetesVersionView>& Fields();
};

struct KubernetesVersionsModel {
  Attr<std::string> version_prefix;
  Attr<std::string> latest_version;
  Attr<ListOf<std::string>> valid_versions, minors;
  Attr<ListOf<KubernetesVersionView>> versions;
  static const Table<KubernetesVersionsModel>& Fields();
};

// Whether the slug begins with the prefix, part by part: "1.3" is the beginning of 1.3.7-do.0, not
// of 1.30.2-do.0; a dot or dash at the end of the prefix changes nothing. Pure.
bool HasVersionPrefix(absl::string_view slug, absl::string_view prefix);

class KubernetesVersionsDataSource : public DataSource<KubernetesVersionsModel> {
 public:
  // `connections` outlives it.
  explicit KubernetesVersionsDataSource(Connections& connections);
  void Read(KubernetesVersionsModel& state, const RequestContext& context,
            Diagnostics& diagnostics) override;

 private:
  Connections& connections_;
};

}  // namespace kproto
