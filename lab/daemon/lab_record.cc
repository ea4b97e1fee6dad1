// SPDX-License-Identifier: MPL-2.0
#include "lab/daemon/lab_record.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "lab/kubernetes/json.h"
#include "lab/process/private_file.h"

namespace kproto::lab {

absl::Status LabRecord::Save(const LabFiles& files) const {
  const nlohmann::json record = {{"simulator_url", simulator_url},
                                 {"charts_url", charts_url},
                                 {"git_url", git_url},
                                 {"control_url", control_url},
                                 {"user_token", user_token},
                                 {"controller_token", controller_token},
                                 {"tools", tools},
                                 {"provider", provider},
                                 {"time_factor", time_factor}};
  return WritePrivateFile(files.record(), record.dump(2));
}

absl::StatusOr<LabRecord> LabRecord::Load(const LabFiles& files) {
  KPROTO_ASSIGN_OR_RETURN(const std::string text, ReadFile(files.record()));
  const nlohmann::json record = ParseJson(text);
  if (!record.is_object()) {
    return absl::DataLossError(absl::StrCat(files.record(), " is no JSON object"));
  }
  const nlohmann::json& factor = At(record, {"time_factor"});
  return LabRecord{.simulator_url = Text(record, {"simulator_url"}),
                   .charts_url = Text(record, {"charts_url"}),
                   .git_url = Text(record, {"git_url"}),
                   .control_url = Text(record, {"control_url"}),
                   .user_token = Text(record, {"user_token"}),
                   .controller_token = Text(record, {"controller_token"}),
                   .tools = Text(record, {"tools"}),
                   .provider = Text(record, {"provider"}),
                   .time_factor = factor.is_number() ? factor.get<double>() : 1};
}

int PortOf(const std::string& url) {
  int port = 0;
  return absl::SimpleAtoi(url.substr(url.rfind(':') + 1), &port) ? port : 0;
}

}  // namespace kproto::lab
