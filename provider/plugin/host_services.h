// SPDX-License-Identifier: MPL-2.0
// go-plugin's side channels, which every host expects beside the provider itself: how it ends us
// (GRPCController), our standard streams (GRPCStdio) and further connections (GRPCBroker). Health
// is gRPC's own service, see server.cc.
#pragma once

#include <functional>
#include <memory>
#include <vector>

namespace grpc {
class Service;
}

namespace kproto {

// `on_shutdown` is called once the answer to Shutdown has left, from a thread of gRPC's: it must
// not block.
std::vector<std::unique_ptr<grpc::Service>> MakeHostServices(std::function<void()> on_shutdown);

}  // namespace kproto
