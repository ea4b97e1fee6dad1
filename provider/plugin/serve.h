// SPDX-License-Identifier: MPL-2.0
// A provider as a plugin process, from the host's cookie to the host's Shutdown: cookie →
// certificate → listen → handshake line → wait. All that main() has to call.
#pragma once

#include <string>

#include "provider/protocol/provider_source.h"

namespace kproto {

struct ServeOptions {
  enum class Mode {
    kPlugin,  // started by a host
    kDebug,   // started by a developer: prints TF_REATTACH_PROVIDERS, no TLS, ends on Ctrl-C
  };
  Mode mode = Mode::kPlugin;
  std::string program = "terraform-provider-kproto";
  // Short: each host adds its own default registry.
  std::string address = "kproto/kproto";
};

// Returns the exit code: 0 after an orderly end; 1, with a message on stderr, when it could not
// start. With requests still running it does not return but ends the process itself. The factory
// is called once, after the handshake.
int Serve(ProviderFactory factory, const ServeOptions& options);

}  // namespace kproto
