// SPDX-License-Identifier: MPL-2.0
// terraform-provider-toy: the toy provider as a plugin.
#include <string>

#include "provider/plugin/serve.h"
#include "tests/conformance/toy/toy_provider.h"

int main(int argc, char** argv) {
  kproto::ServeOptions options;
  options.program = "terraform-provider-toy";
  options.address = "test/toy";
  if (argc > 1 && std::string(argv[1]) == "--debug") {
    options.mode = kproto::ServeOptions::Mode::kDebug;
  }
  return kproto::Serve(kproto::toy::MakeProvider, options);
}
