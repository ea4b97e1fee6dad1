// SPDX-License-Identifier: MPL-2.0
// Provider<Model>: the provider block as a typed model, and the lists of what it offers. The
// counterpart of Resource<Model> for the block `provider "name" {}`.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "provider/runtime/any.h"
#include "provider/runtime/validate.h"
#include "provider/schema/model.h"

namespace kproto {

template <typename M>
class Provider : public AnyProvider {
 public:
  Provider(std::string name, std::string version, std::string description)
      : name_(std::move(name)),
        version_(std::move(version)),
        schema_(SchemaOf<M>(0, std::move(description))) {}

  virtual void ConfigureModel(const M& config, Diagnostics& diagnostics) = 0;
  virtual void ValidateModel(const M& /*config*/, Diagnostics& /*diagnostics*/) {}

  const std::string& name() const override { return name_; }
  const std::string& version() const override { return version_; }
  const Schema& schema() const override { return schema_; }

  void Validate(const RequestContext& context, const Value& config,
                Diagnostics& diagnostics) override {
    ValidateConfig(schema_, config, context.client, diagnostics);
    if (const auto model = M::Fields().Decode(config); model.ok()) {
      ValidateModel(*model, diagnostics);
    }
  }

  void Configure(const RequestContext&, const Value& config, Diagnostics& diagnostics) override {
    const absl::StatusOr<M> model = M::Fields().Decode(config);
    if (!model.ok()) {
      diagnostics.AddStatus(model.status(), "Could not read the provider configuration");
      return;
    }
    ConfigureModel(*model, diagnostics);
  }

  const std::vector<AnyResource*>& resources() const override { return resources_; }
  const std::vector<AnyDataSource*>& data_sources() const override { return data_sources_; }
  const std::vector<AnyEphemeralResource*>& ephemeral_resources() const override {
    return ephemeral_resources_;
  }
  const std::vector<AnyFunction*>& functions() const override { return functions_; }

 protected:
  // Called from the constructor only.
  void Add(std::unique_ptr<AnyResource> resource) { Keep(std::move(resource), resources_); }
  void Add(std::unique_ptr<AnyDataSource> source) { Keep(std::move(source), data_sources_); }
  void Add(std::unique_ptr<AnyEphemeralResource> resource) {
    Keep(std::move(resource), ephemeral_resources_);
  }
  void Add(std::unique_ptr<AnyFunction> function) { Keep(std::move(function), functions_); }

 private:
  template <typename T>
  void Keep(std::unique_ptr<T> thing, std::vector<T*>& list) {
    list.push_back(thing.get());
    owned_.push_back(std::shared_ptr<T>(std::move(thing)));
  }

  std::string name_, version_;
  Schema schema_;
  std::vector<std::shared_ptr<void>> owned_;
  std::vector<AnyResource*> resources_;
  std::vector<AnyDataSource*> data_sources_;
  std::vector<AnyEphemeralResource*> ephemeral_resources_;
  std::vector<AnyFunction*> functions_;
};

}  // namespace kproto
