// SPDX-License-Identifier: MPL-2.0
// Shared by the *_rpcs.cc files: how a call finds its thing and how what went wrong gets into the
// response.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "provider/protocol/diagnostics_proto.h"
#include "provider/protocol/rpcs.h"

namespace kproto::rpc {

// What a status from the protocol side itself means, as a diagnostic's first line.
inline const char* SummaryOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return "The provider does not have that type";
    case absl::StatusCode::kInvalidArgument:
      return "Value does not fit the provider's schema";
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kFailedPrecondition:
      return "Not supported by this provider";
    default:
      return "Bug in the provider";
  }
}

// Runs `work`, a function from Diagnostics& to Status, and puts its complaints into the response.
template <typename Response, typename Work>
void Reply(Response& response, Work work) {
  Diagnostics diagnostics;
  const absl::Status status = work(diagnostics);
  if (!status.ok()) {
    diagnostics.AddStatus(status, SummaryOf(status));
  }
  ToProto(diagnostics, *response.mutable_diagnostics());
}

// The element of that type name. `kind` is for the message: "resource", "data source" …
template <typename Thing>
absl::StatusOr<Thing*> Find(const std::vector<Thing*>& things, const std::string& type_name,
                            const char* kind) {
  for (Thing* thing : things) {
    if (thing->type_name() == type_name) {
      return thing;
    }
  }
  return absl::NotFoundError(absl::StrCat("there is no ", kind, " type \"", type_name, "\""));
}

}  // namespace kproto::rpc
