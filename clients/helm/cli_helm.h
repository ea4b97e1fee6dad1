// SPDX-License-Identifier: MPL-2.0
// CliHelm: the real helm, 3 or 4, as a child process. argv only, values on stdin, an environment of
// its own with private directories for all of Helm's state, so that no plugin, repository or login
// of the user leaks in and nothing of ours leaks out.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "clients/helm/helm.h"
#include "clients/kubernetes/kubernetes.h"

namespace kproto::helm {

struct CliHelmOptions {
  // Looked for in this order: `helm` beside this executable, `helm_path`, `helm` on PATH.
  std::string beside;       // directory of the provider's executable; "" skips it
  std::string helm_path;    // the user's attribute; "" skips it. An error when set and not usable
  std::string chart_store;  // directory for archives of charts (chart_store.h); "" keeps none
  std::string temp_dir;     // parent of the private directory; "" means TMPDIR or /tmp
  // For Recover(), which deletes a record that helm itself cannot get rid of.
  std::function<std::unique_ptr<kubernetes::Kubernetes>(const Cluster&)> connect;
};

// Cheap: helm is looked for, and its version asked, at the first call. The private directory is
// made then (0700) and removed with the object.
std::unique_ptr<Helm> MakeCliHelm(CliHelmOptions options);

}  // namespace kproto::helm
