// SPDX-License-Identifier: MPL-2.0
// LabRecord: what a running lab says about itself, in a file that only its owner can read: how the
// other commands of kproto-lab find it, and what the next `up` goes on with (ports, tokens).
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lab/daemon/lab_files.h"

namespace kproto::lab {

struct LabRecord {
  std::string simulator_url, charts_url, git_url, control_url;  // empty: not served
  std::string user_token, controller_token;
  std::string tools;     // directory of links; empty without a control plane
  std::string provider;  // the provider's binary
  double time_factor = 1;

  absl::Status Save(const LabFiles& files) const;

  // NotFound when the lab has never been up.
  static absl::StatusOr<LabRecord> Load(const LabFiles& files);
};

// The port in "http://127.0.0.1:8080"; 0 when there is none.
int PortOf(const std::string& url);

}  // namespace kproto::lab
