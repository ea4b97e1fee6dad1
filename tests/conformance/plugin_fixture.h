// SPDX-License-Identifier: MPL-2.0
// What the process tests share: the toy plugin, started by the host double, and calls to it.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "proto/tfplugin6.grpc.pb.h"
#include "provider/schema/value.h"
#include "tests/support/plugin_host.h"
#include "tests/support/temp_dir.h"

namespace kproto::testing {

class PluginTest : public ::testing::Test {
 protected:
  // The toy plugin's binary.
  static std::string Binary() { return TOY_PROVIDER; }

  PluginHost::Options Options() const {
    return {.binary = Binary(), .environment = {{"TMPDIR", dir_.path()}}};
  }

  // A plugin as a host would have it.
  void Start() { Start(Options()); }
  void Start(const PluginHost::Options& options) {
    host_ = std::make_unique<PluginHost>(options);
    ASSERT_GE(host_->fields().size(), 6u) << host_->line();
    stub_ = tfplugin6::Provider::NewStub(host_->Connect());
  }

  // Makes the toy keep its things in this test's folder.
  void Configure();

  // ApplyResourceChange that creates a toy_thing with these attributes.
  static tfplugin6::ApplyResourceChange::Request CreateRequest(Value::Map attributes);

  TempDir dir_;
  std::unique_ptr<PluginHost> host_;
  std::unique_ptr<tfplugin6::Provider::Stub> stub_;
};

// The type of toy_thing, and a value of it with null for all that is not given.
Type ThingType();
Value ThingOf(Value::Map attributes);

}  // namespace kproto::testing
