// SPDX-License-Identifier: MPL-2.0
// Tools: where the third-party programs that the lab runs are: the directory of links that
// `lab/tools/install --path` prints.
#pragma once

#include <string>
#include <utility>

namespace kproto::lab {

// Immutable.
class Tools {
 public:
  Tools() = default;
  explicit Tools(std::string directory) : directory_(std::move(directory)) {}

  // Where the link to the program points; "" when it is not there.
  std::string Path(const std::string& name) const;

  // To be put first on PATH; "" when there are no tools.
  const std::string& directory() const { return directory_; }

 private:
  std::string directory_;
};

}  // namespace kproto::lab
