// SPDX-License-Identifier: MPL-2.0
// What any provider built here must do, whatever it offers: run against the toy and, where it is
// built, against kproto itself. No call reaches a network: nothing is configured.
#include <grpcpp/grpcpp.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/tfplugin6.grpc.pb.h"
#include "tests/conformance/schema_rules.h"
#include "tests/support/plugin_host.h"
#include "tests/support/temp_dir.h"

namespace kproto::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class ContractTest : public ::testing::TestWithParam<std::string> {
 protected:
  ContractTest()
      : host_({.binary = GetParam(), .environment = {{"TMPDIR", dir_.path()}}}),
        stub_(tfplugin6::Provider::NewStub(host_.Connect())) {}

  // One call; anything but status OK is a failure, whatever was asked.
  template <typename Response, typename Request>
  Response Call(grpc::Status (tfplugin6::Provider::Stub::*method)(grpc::ClientContext*,
                                                                  const Request&, Response*),
                const Request& request = {}) {
    grpc::ClientContext context;
    Response response;
    const grpc::Status status = (stub_.get()->*method)(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_code() << " " << status.error_message();
    return response;
  }
  tfplugin6::GetProviderSchema::Response Schema() {
    return Call(&tfplugin6::Provider::Stub::GetProviderSchema);
  }

  TempDir dir_;
  PluginHost host_;
  std::unique_ptr<tfplugin6::Provider::Stub> stub_;
};

TEST_P(ContractTest, TheSchemaBreaksNoRuleOfTheHosts) {
  EXPECT_THAT(BrokenSchemaRules(Schema()), IsEmpty());
}

TEST_P(ContractTest, TheSchemaIsTheSameInEveryProcess) {
  PluginHost other({.binary = GetParam(), .environment = {{"TMPDIR", dir_.path()}}});
  grpc::ClientContext context;
  tfplugin6::GetProviderSchema::Response theirs;
  ASSERT_TRUE(
      tfplugin6::Provider::NewStub(other.Connect())->GetProviderSchema(&context, {}, &theirs).ok());
  const auto ours = Schema();
  ASSERT_EQ(ours.resource_schemas().size(), theirs.resource_schemas().size());
  for (const auto& [name, schema] : ours.resource_schemas()) {
    EXPECT_EQ(schema.SerializeAsString(), theirs.resource_schemas().at(name).SerializeAsString());
  }
  EXPECT_EQ(ours.provider().SerializeAsString(), theirs.provider().SerializeAsString());
}

TEST_P(ContractTest, MetadataAndFunctionsAreThoseOfTheSchema) {
  const auto schema = Schema();
  const auto metadata = Call(&tfplugin6::Provider::Stub::GetMetadata);
  ASSERT_THAT(metadata.resources(), SizeIs(schema.resource_schemas().size()));
  for (const auto& resource : metadata.resources()) {
    EXPECT_EQ(schema.resource_schemas().count(resource.type_name()), 1u);
  }
  EXPECT_THAT(metadata.data_sources(), SizeIs(schema.data_source_schemas().size()));
  EXPECT_THAT(metadata.ephemeral_resources(), SizeIs(schema.ephemeral_resource_schemas().size()));
  EXPECT_THAT(metadata.functions(), SizeIs(schema.functions().size()));
  const auto functions = Call(&tfplugin6::Provider::Stub::GetFunctions);
  EXPECT_EQ(functions.functions().size(), schema.functions().size());
  EXPECT_TRUE(schema.server_capabilities().plan_destroy());
  EXPECT_TRUE(schema.server_capabilities().get_provider_schema_optional());
  EXPECT_TRUE(schema.server_capabilities().move_resource_state());
}

TEST_P(ContractTest, WhatIsNotKnownYetIsNoError) {
  const auto all = Schema();
  for (const auto& [name, schema] : all.resource_schemas()) {
    tfplugin6::ValidateResourceConfig::Request request;
    request.set_type_name(name);
    request.mutable_config()->set_msgpack(UnknownConfig(schema));
    request.mutable_client_capabilities()->set_write_only_attributes_allowed(true);
    const auto response = Call(&tfplugin6::Provider::Stub::ValidateResourceConfig, request);
    for (const auto& diagnostic : response.diagnostics()) {
      ADD_FAILURE() << name << ": " << diagnostic.summary() << ": " << diagnostic.detail();
    }
  }
  tfplugin6::ValidateProviderConfig::Request request;
  request.mutable_config()->set_msgpack(UnknownConfig(all.provider()));
  EXPECT_THAT(Call(&tfplugin6::Provider::Stub::ValidateProviderConfig, request).diagnostics(),
              IsEmpty());
  tfplugin6::ConfigureProvider::Request configure;
  configure.mutable_config()->set_msgpack(request.config().msgpack());
  EXPECT_THAT(Call(&tfplugin6::Provider::Stub::ConfigureProvider, configure).diagnostics(),
              IsEmpty());
}

TEST_P(ContractTest, AnUnknownTypeIsADiagnosticInEveryCall) {
  using Stub = tfplugin6::Provider::Stub;
  // Each request has only its type's name; there is nothing by that name.
  const auto with_type = [](auto request) {
    request.set_type_name("no_such_type");
    return request;
  };
  EXPECT_THAT(
      Call(&Stub::ValidateResourceConfig, with_type(tfplugin6::ValidateResourceConfig::Request()))
          .diagnostics(),
      SizeIs(1));
  EXPECT_THAT(
      Call(&Stub::UpgradeResourceState, with_type(tfplugin6::UpgradeResourceState::Request()))
          .diagnostics(),
      SizeIs(1));
  EXPECT_THAT(
      Call(&Stub::UpgradeResourceIdentity, with_type(tfplugin6::UpgradeResourceIdentity::Request()))
          .diagnostics(),
      SizeIs(1));
  EXPECT_THAT(
      Call(&Stub::ReadResource, with_type(tfplugin6::ReadResource::Request())).diagnostics(),
      SizeIs(1));
  EXPECT_THAT(Call(&Stub::PlanResourceChange, with_type(tfplugin6::PlanResourceChange::Request()))
                  .diagnostics(),
              SizeIs(1));
  EXPECT_THAT(Call(&Stub::ApplyResourceChange, with_type(tfplugin6::ApplyResourceChange::Request()))
                  .diagnostics(),
              SizeIs(1));
  EXPECT_THAT(Call(&Stub::ImportResourceState, with_type(tfplugin6::ImportResourceState::Request()))
                  .diagnostics(),
              SizeIs(1));
  EXPECT_THAT(Call(&Stub::MoveResourceState, tfplugin6::MoveResourceState::Request()).diagnostics(),
              SizeIs(1));
  EXPECT_THAT(
      Call(&Stub::GenerateResourceConfig, with_type(tfplugin6::GenerateResourceConfig::Request()))
          .diagnostics(),
      SizeIs(1));
  EXPECT_THAT(Call(&Stub::ValidateDataResourceConfig,
                   with_type(tfplugin6::ValidateDataResourceConfig::Request()))
                  .diagnostics(),
              SizeIs(1));
  EXPECT_THAT(
      Call(&Stub::ReadDataSource, with_type(tfplugin6::ReadDataSource::Request())).diagnostics(),
      SizeIs(1));
  EXPECT_THAT(
      Call(&Stub::OpenEphemeralResource, with_type(tfplugin6::OpenEphemeralResource::Request()))
          .diagnostics(),
      SizeIs(1));
  EXPECT_THAT(
      Call(&Stub::RenewEphemeralResource, with_type(tfplugin6::RenewEphemeralResource::Request()))
          .diagnostics(),
      SizeIs(1));
  EXPECT_THAT(
      Call(&Stub::CloseEphemeralResource, with_type(tfplugin6::CloseEphemeralResource::Request()))
          .diagnostics(),
      SizeIs(1));
  EXPECT_THAT(Call(&Stub::ValidateListResourceConfig,
                   with_type(tfplugin6::ValidateListResourceConfig::Request()))
                  .diagnostics(),
              SizeIs(1));
  EXPECT_THAT(Call(&Stub::PlanAction, tfplugin6::PlanAction::Request()).diagnostics(), SizeIs(1));
  tfplugin6::CallFunction::Request call;
  call.set_name("no_such_function");
  EXPECT_TRUE(Call(&Stub::CallFunction, call).has_error());
}

TEST_P(ContractTest, ListsAndActionsThatAreNotThereEndWithADiagnostic) {
  grpc::ClientContext list_context, action_context;
  tfplugin6::ListResource::Event found;
  auto list = stub_->ListResource(&list_context, {});
  ASSERT_TRUE(list->Read(&found));
  EXPECT_THAT(found.diagnostic(), SizeIs(1));
  EXPECT_FALSE(list->Read(&found));
  EXPECT_TRUE(list->Finish().ok());
  tfplugin6::InvokeAction::Event done;
  auto action = stub_->InvokeAction(&action_context, {});
  ASSERT_TRUE(action->Read(&done));
  EXPECT_THAT(done.completed().diagnostics(), SizeIs(1));
  EXPECT_FALSE(action->Read(&done));
  EXPECT_TRUE(action->Finish().ok());
}

TEST_P(ContractTest, GarbageIsADiagnosticForEveryResource) {
  const auto all = Schema();
  for (const auto& [name, schema] : all.resource_schemas()) {
    for (const std::string& garbage :
         {std::string("\xc1"), std::string("\x80"), std::string("\x91\xc0"),
          std::string("\xdd\xff\xff\xff\xff"), UnknownConfig(schema) + "x"}) {
      tfplugin6::PlanResourceChange::Request request;
      request.set_type_name(name);
      request.mutable_config()->set_msgpack(garbage);
      EXPECT_THAT(Call(&tfplugin6::Provider::Stub::PlanResourceChange, request).diagnostics(),
                  SizeIs(1));
    }
  }
}

TEST_P(ContractTest, StartsFastEnoughToBeStartedOften) {
  const absl::Time start = absl::Now();
  const PluginHost other({.binary = GetParam(), .environment = {{"TMPDIR", dir_.path()}}});
  EXPECT_THAT(other.fields(), SizeIs(6));
  // Far above what it takes on any machine, far below what a person would notice.
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
}

std::string NameOf(const ::testing::TestParamInfo<std::string>& info) {
  const std::string file = std::filesystem::path(info.param).filename().string();
  return file.substr(file.rfind('-') + 1);
}

INSTANTIATE_TEST_SUITE_P(
    Built, ContractTest,
    ::testing::ValuesIn(std::vector<std::string>(absl::StrSplit(PROVIDERS, ','))), NameOf);

}  // namespace
}  // namespace kproto::testing
