// SPDX-License-Identifier: MPL-2.0
#include "lab/cli/arguments.h"

#include <cstdlib>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace kproto::lab {
namespace {

namespace fs = std::filesystem;

std::string FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

absl::StatusOr<Arguments> Arguments::Parse(const std::vector<std::string>& words,
                                           const std::set<std::string>& valued,
                                           const std::set<std::string>& flags) {
  Arguments arguments;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!absl::StartsWith(words[i], "--")) {
      arguments.positional_.push_back(words[i]);
      continue;
    }
    const size_t equals = words[i].find('=');
    const std::string name = words[i].substr(2, equals == std::string::npos ? equals : equals - 2);
    if (flags.count(name) > 0 && equals == std::string::npos) {
      arguments.options_[name] = "";
    } else if (valued.count(name) > 0 && equals != std::string::npos) {
      arguments.options_[name] = words[i].substr(equals + 1);
    } else if (valued.count(name) > 0 && i + 1 < words.size()) {
      arguments.options_[name] = words[++i];
    } else {
      return absl::InvalidArgumentError(absl::StrCat("option ", words[i], " is not understood"));
    }
  }
  return arguments;
}

std::string Arguments::Get(const std::string& option, absl::string_view fallback) const {
  const auto found = options_.find(option);
  return found == options_.end() ? std::string(fallback) : found->second;
}

absl::StatusOr<std::string> LabDirectory(const Arguments& arguments) {
  std::string directory = arguments.Get("dir");
  if (directory.empty() && !arguments.Has("name")) {
    directory = FromEnvironment("KPROTO_LAB_DIR");
  }
  if (directory.empty()) {
    const std::string name = arguments.Get("name", "default");
    if (name.empty() || name.front() == '.' || absl::StrContains(name, '/')) {
      return absl::InvalidArgumentError(absl::StrCat("not a name for a lab: '", name, "'"));
    }
    std::string state = FromEnvironment("XDG_STATE_HOME");
    if (state.empty()) {
      const std::string home = FromEnvironment("HOME");
      if (home.empty()) {
        return absl::InvalidArgumentError("HOME is not set; give --dir");
      }
      state = absl::StrCat(home, "/.local/state");
    }
    directory = absl::StrCat(state, "/kproto-lab/", name);
  }
  std::error_code error;
  const fs::path absolute = fs::weakly_canonical(fs::absolute(directory, error), error);
  if (error) {
    return absl::InvalidArgumentError(absl::StrCat(directory, ": ", error.message()));
  }
  return absolute.string();
}

std::string LabData() {
  const std::string data = FromEnvironment("KPROTO_LAB_DATA");
  return data.empty() ? KPROTO_LAB_DATA_DEFAULT : data;
}

std::string ProgramFolder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path().string();
}

}  // namespace kproto::lab
