// SPDX-License-Identifier: MPL-2.0
// Arguments: one command line of kproto-lab, and what follows from it and the environment: which
// lab is meant, and where the repository's data is.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kproto::lab {

class Arguments {
 public:
  // `--name value`, `--name=value` for the options in `valued`; `--flag` for those in `flags`. What
  // is neither an option nor its value is positional; an unknown option is InvalidArgument.
  static absl::StatusOr<Arguments> Parse(const std::vector<std::string>& words,
                                         const std::set<std::string>& valued,
                                         const std::set<std::string>& flags);

  bool Has(const std::string& option) const { return options_.count(option) > 0; }
  std::string Get(const std::string& option, absl::string_view fallback = "") const;
  const std::vector<std::string>& positional() const { return positional_; }

 private:
  std::map<std::string, std::string> options_;
  std::vector<std::string> positional_;
};

// --dir, else --name, else KPROTO_LAB_DIR, else the lab called "default"; absolute. Named labs are
// in ${XDG_STATE_HOME:-~/.local/state}/kproto-lab.
absl::StatusOr<std::string> LabDirectory(const Arguments& arguments);

// The repository's lab/ folder: KPROTO_LAB_DATA, else where this program was built from.
std::string LabData();

// The folder of this very program.
std::string ProgramFolder();

}  // namespace kproto::lab
