// SPDX-License-Identifier: MPL-2.0
#include "tests/conformance/plugin_fixture.h"

#include <utility>

#include "provider/protocol/dynamic_value.h"
#include "tests/conformance/toy/toy_thing.h"

namespace kproto::testing {
namespace {

const Schema& ThingSchema() {
  static const auto& store = *new toy::Store;
  static const auto& thing = *toy::MakeThing(store).release();
  return thing.schema();
}

}  // namespace

Type ThingType() { return ThingSchema().ImpliedType(); }

Value ThingOf(Value::Map attributes) {
  for (const Attribute& attribute : ThingSchema().attributes) {
    Value& value = attributes[attribute.name];
    if (attribute.is_block && value.is_null()) {
      value = attribute.nesting == Nesting::kSet ? Value::OfSet({}) : Value::OfList({});
    }
  }
  return Value::OfMap(std::move(attributes));
}

void PluginTest::Configure() {
  tfplugin6::ConfigureProvider::Request request;
  ASSERT_TRUE(ToProto(Value::OfMap({{"directory", Value::String(dir_.path())}}),
                      Type::Object({{"directory", Type::String()}}), *request.mutable_config())
                  .ok());
  tfplugin6::ConfigureProvider::Response response;
  grpc::ClientContext context;
  const grpc::Status status = stub_->ConfigureProvider(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.diagnostics_size(), 0);
}

tfplugin6::ApplyResourceChange::Request PluginTest::CreateRequest(Value::Map attributes) {
  tfplugin6::ApplyResourceChange::Request request;
  request.set_type_name("toy_thing");
  EXPECT_TRUE(ToProto(ThingOf(attributes), ThingType(), *request.mutable_config()).ok());
  for (const char* computed : {"id", "token", "revision"}) {
    attributes[computed] = Value::Unknown();
  }
  attributes["label"] = Value::String("L");
  EXPECT_TRUE(ToProto(ThingOf(attributes), ThingType(), *request.mutable_planned_state()).ok());
  return request;
}

}  // namespace kproto::testing
