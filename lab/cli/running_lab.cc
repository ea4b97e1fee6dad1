// SPDX-License-Identifier: MPL-2.0
#include <httplib.h>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "lab/cli/commands.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {

absl::StatusOr<RunningLab> FindRunningLab(const Arguments& arguments) {
  KPROTO_ASSIGN_OR_RETURN(const std::string directory, LabDirectory(arguments));
  RunningLab lab{.files = LabFiles(directory)};
  lab.pid = LabLock::Holder(lab.files);
  absl::StatusOr<LabRecord> record = LabRecord::Load(lab.files);
  if (lab.pid == 0 || !record.ok()) {
    return absl::NotFoundError(
        absl::StrCat("no lab runs in ", directory, "; start one with: kproto-lab up"));
  }
  lab.record = *std::move(record);
  return lab;
}

absl::StatusOr<nlohmann::json> Ask(const RunningLab& lab, const std::string& base_url,
                                   const std::string& method, const std::string& path,
                                   const nlohmann::json& body) {
  httplib::Client client(base_url);
  client.set_bearer_token_auth(lab.record.controller_token);
  client.set_read_timeout(120);  // a scene is answered once it is so
  httplib::Request request;
  request.method = method;
  request.path = path;
  if (!body.is_null()) {
    request.body = body.dump();
    request.set_header("Content-Type", "application/json");
  }
  const httplib::Result result = client.send(request);
  if (!result) {
    return absl::UnavailableError(absl::StrCat(base_url, ": ", httplib::to_string(result.error())));
  }
  nlohmann::json answer = result->body.empty() ? nlohmann::json() : ParseJson(result->body);
  if (result->status < 200 || result->status > 299) {
    const std::string message = Text(answer, {"message"});
    return absl::InternalError(
        message.empty() ? absl::StrCat(base_url, path, " answered ", result->status) : message);
  }
  return answer;
}

}  // namespace kproto::lab
