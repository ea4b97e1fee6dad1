// SPDX-License-Identifier: MPL-2.0
// Diagnostics and paths on their way to the host. Last step of every call.
#pragma once

#include "proto/tfplugin6.pb.h"
#include "provider/runtime/diagnostics.h"

namespace kproto {

using ProtoDiagnostics = google::protobuf::RepeatedPtrField<tfplugin6::Diagnostic>;

// Appends; an empty path stays away, so that the host underlines the whole block.
void ToProto(const Diagnostics& diagnostics, ProtoDiagnostics& wire);
void ToProto(const Path& path, tfplugin6::AttributePath& wire);

}  // namespace kproto
