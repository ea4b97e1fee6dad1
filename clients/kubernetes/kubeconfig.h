// SPDX-License-Identifier: MPL-2.0
// Kubeconfig text ↔ Credentials. Pure: no file is read or written here, so entries that name files
// (certificate-authority, client-key, …) are an error that says to embed the data.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/secret.h"
#include "clients/kubernetes/credentials.h"

namespace kproto::kubernetes {

// The cluster and user of `current-context` (or of the only context). InvalidArgument says what is
// missing; no error repeats a value.
absl::StatusOr<Credentials> ParseKubeconfig(absl::string_view yaml);

// A kubeconfig of one context for programs that want a file; `name` is that of its cluster, user
// and context. JSON, which is YAML. Holds secrets: only ever for a 0600 file in a 0700 directory, a
// memfd, or a value that the host does not store.
SecretString ToKubeconfig(const Credentials& credentials, const std::string& name = "kproto");

}  // namespace kproto::kubernetes
