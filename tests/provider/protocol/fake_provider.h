// SPDX-License-Identifier: MPL-2.0
// A provider for tests of the protocol side alone: one resource whose verbs are functions that the
// test sets, and remembers what reached it.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "provider/runtime/any.h"

namespace kproto::testing {

class FakeResource : public AnyResource {
 public:
  explicit FakeResource(Schema schema) : schema_(std::move(schema)) {}

  std::function<PlanResult(const PlanRequest&, Diagnostics&)> plan = [](const PlanRequest& request,
                                                                        Diagnostics&) {
    return PlanResult{request.proposed, {}, request.prior_private};
  };
  std::function<StateResult(const RequestContext&, const ApplyRequest&, Diagnostics&)> apply =
      [](const RequestContext&, const ApplyRequest& request, Diagnostics&) {
        return StateResult{request.planned, request.planned_private};
      };
  std::function<StateResult(const Value&, const PrivateState&, Diagnostics&)> read =
      [](const Value& current, const PrivateState& private_state, Diagnostics&) {
        return StateResult{current, private_state};
      };
  std::function<StateResult(const std::string&, Diagnostics&)> import;
  std::function<absl::StatusOr<nlohmann::json>(int64_t, nlohmann::json)> upgrade;

  const std::string& type_name() const override { return type_name_; }
  const Schema& schema() const override { return schema_; }
  void Validate(const RequestContext&, const Value&, Diagnostics&) override {}
  PlanResult Plan(const RequestContext&, const PlanRequest& request,
                  Diagnostics& diagnostics) override {
    return plan(request, diagnostics);
  }
  StateResult Apply(const RequestContext& context, const ApplyRequest& request,
                    Diagnostics& diagnostics) override {
    return apply(context, request, diagnostics);
  }
  StateResult Read(const RequestContext&, const Value& current, const PrivateState& private_state,
                   Diagnostics& diagnostics) override {
    return read(current, private_state, diagnostics);
  }
  StateResult Import(const RequestContext&, const std::string& id,
                     Diagnostics& diagnostics) override {
    return import(id, diagnostics);
  }
  absl::StatusOr<nlohmann::json> Upgrade(int64_t version, nlohmann::json state) const override {
    return upgrade(version, std::move(state));
  }

 private:
  const std::string type_name_ = "fake_thing";
  const Schema schema_;
};

class FakeProvider : public AnyProvider {
 public:
  explicit FakeProvider(Schema schema) : resource(std::move(schema)) {}

  FakeResource resource;
  std::vector<Value> configurations;

  const std::string& name() const override { return name_; }
  const std::string& version() const override { return version_; }
  const Schema& schema() const override { return schema_; }
  void Validate(const RequestContext&, const Value&, Diagnostics&) override {}
  void Configure(const RequestContext&, const Value& config, Diagnostics&) override {
    configurations.push_back(config);
  }
  const std::vector<AnyResource*>& resources() const override { return resources_; }
  const std::vector<AnyDataSource*>& data_sources() const override { return data_sources_; }
  const std::vector<AnyEphemeralResource*>& ephemeral_resources() const override {
    return ephemeral_;
  }
  const std::vector<AnyFunction*>& functions() const override { return functions_; }

 private:
  const std::string name_ = "fake", version_ = "1";
  const Schema schema_;
  const std::vector<AnyResource*> resources_ = {&resource};
  const std::vector<AnyDataSource*> data_sources_;
  const std::vector<AnyEphemeralResource*> ephemeral_;
  const std::vector<AnyFunction*> functions_;
};

}  // namespace kproto::testing
