// SPDX-License-Identifier: MPL-2.0
// The parts of a kproto_monitoring_stack that are about its cluster rather than about a chart:
// volumes, people, and the way in. Their tables are in settings.cc.
#pragma once

#include <string>

#include "provider/schema/model.h"

namespace kproto {

struct StackStorage {
  Attr<std::string> storage_class;  // the attribute `class`
  Attr<std::string> reclaim_policy, provisioner;
  Attr<MapOf<std::string>> parameters;
  Attr<bool> encrypted;
  static const Table<StackStorage>& Fields();
};

// Names of groups as the cluster's and Argo CD's identity provider gives them.
struct StackRbac {
  Attr<SetOf<std::string>> viewer_groups, operator_groups, admin_groups;
  static const Table<StackRbac>& Fields();
};

// Hosts under which the stack is reached by HTTPS, and who serves them.
struct StackIngress {
  Attr<std::string> controller, chart_repository, chart_version, class_name;
  Attr<std::string> grafana_host, argocd_host, tls_secret_name, cluster_issuer, address;
  static const Table<StackIngress>& Fields();
};

// Which Pod Security Standard the pods of a namespace are held to.
struct StackPodSecurity {
  Attr<std::string> enforce, warn, audit, version;
  static const Table<StackPodSecurity>& Fields();
};

}  // namespace kproto
