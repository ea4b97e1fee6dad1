// SPDX-License-Identifier: MPL-2.0
// The record that Helm keeps of a revision in a Secret: JSON, gzipped, in base64, and once more in
// base64 because it is the data of a Secret. Enough of it to leave one as a killed helm does.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {

// InvalidArgument when `data` is no such record.
absl::StatusOr<nlohmann::json> DecodeHelmRecord(absl::string_view data);
std::string EncodeHelmRecord(const nlohmann::json& record);

// Of a release that has never been deployed.
nlohmann::json NewHelmRecord(const std::string& ns, const std::string& name);

// Makes it revision `revision`, just begun.
void SetPending(nlohmann::json& record, int revision, const std::string& status);

}  // namespace kproto::lab
