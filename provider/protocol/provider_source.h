// SPDX-License-Identifier: MPL-2.0
// The provider, made when the first call needs it: a process answers its handshake before any
// schema is built. plugin/serve makes it early in the meantime, while the host connects.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "provider/runtime/any.h"

namespace kproto {

using ProviderFactory = std::function<std::unique_ptr<AnyProvider>()>;

// Thread-safe.
class ProviderSource {
 public:
  explicit ProviderSource(ProviderFactory factory) : factory_(std::move(factory)) {}

  AnyProvider& Get() {
    std::call_once(once_, [this] { provider_ = factory_(); });
    return *provider_;
  }

 private:
  ProviderFactory factory_;
  std::once_flag once_;
  std::unique_ptr<AnyProvider> provider_;
};

}  // namespace kproto
