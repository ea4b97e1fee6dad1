// SPDX-License-Identifier: MPL-2.0
// What one start of a plugin costs, as a host sees it: spawned, asked for its schema, ended.
#pragma once

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kproto::bench {

enum class Question {
  kHealth,  // for a server that is no provider
  kSchema,  // GetProviderSchema of the protocol that the plugin chose, 5 or 6
};

struct PluginSample {
  absl::Duration handshake;         // spawn → handshake line
  absl::Duration answer;            // spawn → the answer, over TLS
  double peak_megabytes = 0;        // of resident memory, up to the answer
  std::set<std::string> libraries;  // shared ones that were loaded by then
};

absl::StatusOr<PluginSample> StartOnce(const std::string& binary, Question question);

// What the program loads from its file, in megabytes: debug information, which many leave in and
// many strip, does not count. InvalidArgument when it is no ELF file.
absl::StatusOr<double> LoadedMegabytes(const std::string& binary);

}  // namespace kproto::bench
