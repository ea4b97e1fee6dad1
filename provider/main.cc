// SPDX-License-Identifier: MPL-2.0
// terraform-provider-kproto: what a host starts. Everything happens in provider/plugin/serve.
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "base/log.h"
#include "provider/docs/write_docs.h"
#include "provider/plugin/serve.h"
#include "provider/provider.h"
#include "provider/version.h"

int main(int argc, char** argv) {
  kproto::SetLogLevel(kproto::LogLevelFromEnvironment());
  const char* flag = argc > 1 ? argv[1] : "";
  if (std::strcmp(flag, "--version") == 0) {
    std::printf("terraform-provider-kproto %s\n", kproto::kVersion);
    return 0;
  }
  if (std::strcmp(flag, "--print-docs") == 0 && argc == 3) {
    // From the repository's root, where the examples are: see `make docs`.
    const absl::Status status =
        kproto::WriteDocs(kproto::KprotoProvider(), "examples/tofu", argv[2]);
    if (!status.ok()) {
      std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
    }
    return status.ok() ? 0 : 1;
  }
  kproto::ServeOptions options;
  if (std::strcmp(flag, "--debug") == 0 || std::strcmp(flag, "-debug") == 0) {
    options.mode = kproto::ServeOptions::Mode::kDebug;
  }
  return kproto::Serve([] { return std::make_unique<kproto::KprotoProvider>(); }, options);
}
