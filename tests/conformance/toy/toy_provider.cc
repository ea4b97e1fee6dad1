// SPDX-License-Identifier: MPL-2.0
#include "tests/conformance/toy/toy_provider.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/random.h"
#include "provider/schema/model.h"
#include "tests/conformance/toy/toy_thing.h"

namespace kproto::toy {
namespace {

struct ProviderModel {
  Attr<std::string> directory;
  static const Table<ProviderModel>& Fields() {
    static const auto& table = *new Table<ProviderModel>({
        Field("directory", &ProviderModel::directory, Optional(), Doc("Where things live.")),
    });
    return table;
  }
};

struct LeaseModel {
  Attr<std::string> purpose, secret;
  static const Table<LeaseModel>& Fields() {
    static const auto& table = *new Table<LeaseModel>({
        Field("purpose", &LeaseModel::purpose, Required(), Doc("What it is for.")),
        Field("secret", &LeaseModel::secret, Computed(), Sensitive(), Doc("For this run only.")),
    });
    return table;
  }
};

class Lease final : public AnyEphemeralResource {
 public:
  const std::string& type_name() const override { return type_name_; }
  const Schema& schema() const override { return schema_; }
  void Validate(const RequestContext&, const Value&, Diagnostics&) override {}
  EphemeralResult Open(const RequestContext&, const Value& config, Diagnostics&) override {
    Value result = config;
    result.map()["secret"] = Value::String("s-" + RandomHex(4));
    return {std::move(result), "lease", absl::Now() + absl::Minutes(5)};
  }
  EphemeralResult Renew(const RequestContext&, const PrivateState& private_state,
                        Diagnostics&) override {
    return {Value(), private_state + "+", std::nullopt};
  }
  void Close(const RequestContext&, const PrivateState& private_state,
             Diagnostics& diagnostics) override {
    if (private_state.rfind("lease", 0) != 0) {
      diagnostics.AddError("Not a lease", "Close was not given what Open had returned.");
    }
  }

 private:
  const std::string type_name_ = "toy_lease";
  const Schema schema_ = SchemaOf<LeaseModel>(0, "Something for one run.");
};

// join(separator, part…), null parts left out.
class Join final : public AnyFunction {
 public:
  const std::string& name() const override { return name_; }
  const std::string& summary() const override { return summary_; }
  const std::string& description() const override { return summary_; }
  const std::vector<FunctionParameter>& parameters() const override { return parameters_; }
  const std::optional<FunctionParameter>& variadic_parameter() const override { return parts_; }
  const Type& return_type() const override { return type_; }
  Value Call(const std::vector<Value>& arguments, std::optional<FunctionError>& error) override {
    std::string text;
    for (size_t i = 1; i < arguments.size(); ++i) {
      if (arguments[i].is_null()) {
        continue;
      }
      if (arguments[i].string().empty()) {
        error = FunctionError{.text = "a part is empty", .argument = static_cast<int64_t>(i)};
        return Value::Null();
      }
      absl::StrAppend(&text, text.empty() ? "" : arguments[0].string(), arguments[i].string());
    }
    return Value::String(text);
  }

 private:
  const std::string name_ = "join", summary_ = "Joins parts.";
  const std::vector<FunctionParameter> parameters_ = {{.name = "separator"}};
  const std::optional<FunctionParameter> parts_ =
      FunctionParameter{.name = "part", .allow_null = true};
  const Type type_ = Type::String();
};

class Provider final : public AnyProvider {
 public:
  const std::string& name() const override { return name_; }
  const std::string& version() const override { return version_; }
  const Schema& schema() const override { return schema_; }
  void Validate(const RequestContext&, const Value&, Diagnostics&) override {}
  void Configure(const RequestContext&, const Value& config, Diagnostics&) override {
    if (config["directory"].is_known()) {
      store_.directory = config["directory"].string();
    }
  }
  const std::vector<AnyResource*>& resources() const override { return resources_; }
  const std::vector<AnyDataSource*>& data_sources() const override { return data_sources_; }
  const std::vector<AnyEphemeralResource*>& ephemeral_resources() const override {
    return ephemeral_;
  }
  const std::vector<AnyFunction*>& functions() const override { return functions_; }

 private:
  const std::string name_ = "toy", version_ = "0.1.0";
  const Schema schema_ = SchemaOf<ProviderModel>(0, "A toy.");
  Store store_;
  const std::unique_ptr<AnyResource> thing_ = MakeThing(store_);
  const std::unique_ptr<AnyDataSource> thing_data_ = MakeThingData(store_);
  Lease lease_;
  Join join_;
  const std::vector<AnyResource*> resources_ = {thing_.get()};
  const std::vector<AnyDataSource*> data_sources_ = {thing_data_.get()};
  const std::vector<AnyEphemeralResource*> ephemeral_ = {&lease_};
  const std::vector<AnyFunction*> functions_ = {&join_};
};

}  // namespace

std::unique_ptr<AnyProvider> MakeProvider() { return std::make_unique<Provider>(); }

}  // namespace kproto::toy
