// SPDX-License-Identifier: MPL-2.0
#include "tests/lab/support/lab_tools.h"

#include "absl/strings/ascii.h"
#include "base/subprocess.h"
#include "gtest/gtest.h"

namespace kproto::lab::testing {

std::string LabFolder() { return std::string(KPROTO_SOURCE_DIR) + "/lab"; }

const Tools& RealTools() {
  static const Tools& tools = *[] {
    const auto result =
        Run({.argv = {LabFolder() + "/tools/install", "--path"}, .environment = Environment()});
    EXPECT_TRUE(result.ok() && result->exit_code == 0) << (result.ok() ? result->err : "");
    return new Tools(result.ok() ? std::string(absl::StripAsciiWhitespace(result->out)) : "");
  }();
  return tools;
}

}  // namespace kproto::lab::testing
