// SPDX-License-Identifier: MPL-2.0
// tfplugin6.Provider as a gRPC service. Each call runs on a thread of its own, so a slow one blocks
// nobody; its stop token is triggered by StopProvider and when the host cancels the call. Every
// answer has status OK: what went wrong is in its diagnostics, also when provider code throws.
#pragma once

#include <memory>

#include "provider/protocol/provider_source.h"
#include "provider/protocol/requests.h"

namespace grpc {
class Service;
}

namespace kproto {

// Both arguments must outlive the service.
std::unique_ptr<grpc::Service> MakeProviderService(ProviderSource& source, Requests& requests);

}  // namespace kproto
