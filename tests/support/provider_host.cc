// SPDX-License-Identifier: MPL-2.0
#include "tests/support/provider_host.h"

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "proto/tfplugin6.grpc.pb.h"
#include "provider/protocol/dynamic_value.h"
#include "provider/protocol/json_value.h"
#include "provider/provider.h"
#include "tests/provider/runtime/host_rules.h"

namespace kproto::testing {
namespace {

// In this process only for its schemas.
const AnyProvider& Provider() {
  static const auto& provider = *new KprotoProvider();
  return provider;
}

const Schema& SchemaOf(const std::string& type) {
  for (const AnyResource* resource : Provider().resources()) {
    if (resource->type_name() == type) {
      return resource->schema();
    }
  }
  ADD_FAILURE() << "the provider has no " << type;
  std::abort();
}

Value FromConfiguration(const nlohmann::json& json, const Type& type) {
  absl::StatusOr<Value> value = FromJson(json, type, Extras::kRefuse);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.value_or(Value());
}

tfplugin6::DynamicValue Packed(const Value& value, const Type& type) {
  tfplugin6::DynamicValue wire;
  const absl::Status status = ToProto(value, type, wire);
  EXPECT_TRUE(status.ok()) << status;
  return wire;
}

// The intents of a run belong to a host process; here every run has the same one.
void EndRunInJournal(const std::string& data_dir) {
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(data_dir + "/kproto", error)) {
    if (file.path().extension() != ".json") {
      continue;
    }
    std::ifstream in(file.path());
    nlohmann::json intent = nlohmann::json::parse(in, nullptr, false);
    if (intent.is_object()) {
      intent["run"] = "1-1";
      std::ofstream(file.path()) << intent.dump();
    }
  }
}

}  // namespace

// What is to be done with one resource.
struct ProviderHost::Change {
  Value config;
  Value planned;
  std::string planned_private;
  bool replace = false;
};

// The calls, each with its diagnostics turned into text; nullopt when there was an error or no
// answer.
class ProviderHost::Wire {
 public:
  Wire(ProviderHost& host, const std::shared_ptr<grpc::Channel>& channel)
      : host_(host), stub_(tfplugin6::Provider::NewStub(channel)) {}

  bool Configure(const nlohmann::json& configuration) {
    const Type type = Provider().schema().ImpliedType();
    tfplugin6::ConfigureProvider::Request request;
    *request.mutable_config() = Packed(FromConfiguration(configuration, type), type);
    tfplugin6::ConfigureProvider::Response response;
    return Call(&tfplugin6::Provider::Stub::ConfigureProvider, request, response);
  }

  void Stop() {
    grpc::ClientContext context;
    tfplugin6::StopProvider::Response response;
    stub_->StopProvider(&context, {}, &response);
  }

  bool Read(Resource& resource) {
    tfplugin6::ReadResource::Request request;
    request.set_type_name(host_.options_.type);
    *request.mutable_current_state() = Packed(resource.state, type());
    request.set_private_(resource.private_state);
    tfplugin6::ReadResource::Response response;
    if (!Call(&tfplugin6::Provider::Stub::ReadResource, request, response)) {
      return false;
    }
    resource.private_state = response.private_();
    return Unpack(response.new_state(), resource.state);
  }

  bool Import(const std::string& id, Resource& resource) {
    tfplugin6::ImportResourceState::Request request;
    request.set_type_name(host_.options_.type);
    request.set_id(id);
    tfplugin6::ImportResourceState::Response response;
    if (!Call(&tfplugin6::Provider::Stub::ImportResourceState, request, response) ||
        response.imported_resources_size() != 1) {
      return false;
    }
    resource.private_state = response.imported_resources(0).private_();
    return Unpack(response.imported_resources(0).state(), resource.state);
  }

  bool Plan(const Value& prior, const std::string& prior_private, Change& change) {
    tfplugin6::PlanResourceChange::Request request;
    request.set_type_name(host_.options_.type);
    *request.mutable_prior_state() = Packed(prior, type());
    *request.mutable_proposed_new_state() =
        Packed(ProposedState(host_.schema_, prior, change.config), type());
    *request.mutable_config() = Packed(change.config, type());
    request.set_prior_private(prior_private);
    tfplugin6::PlanResourceChange::Response response;
    if (!Call(&tfplugin6::Provider::Stub::PlanResourceChange, request, response)) {
      return false;
    }
    change.planned_private = response.planned_private();
    change.replace = response.requires_replace_size() > 0;
    return Unpack(response.planned_state(), change.planned);
  }

  // The state is taken over whether it went well or not, as long as there is an answer.
  bool Apply(const Value& prior, const Value& planned, const Change& change, Resource& resource) {
    tfplugin6::ApplyResourceChange::Request request;
    request.set_type_name(host_.options_.type);
    *request.mutable_prior_state() = Packed(prior, type());
    *request.mutable_planned_state() = Packed(planned, type());
    *request.mutable_config() = Packed(planned.is_null() ? Value() : change.config, type());
    request.set_planned_private(change.planned_private);
    tfplugin6::ApplyResourceChange::Response response;
    grpc::ClientContext context;
    const grpc::Status status = stub_->ApplyResourceChange(&context, request, &response);
    if (!Note(status, response.diagnostics()) && !status.ok()) {
      return false;
    }
    resource.private_state = response.private_();
    return Unpack(response.new_state(), resource.state) && !HasError(response.diagnostics());
  }

 private:
  using ProtoDiagnostics = google::protobuf::RepeatedPtrField<tfplugin6::Diagnostic>;

  Type type() const { return host_.schema_.ImpliedType(); }

  bool Unpack(const tfplugin6::DynamicValue& wire, Value& value) {
    const absl::StatusOr<Value> unpacked = FromProto(wire, type());
    if (!unpacked.ok()) {
      host_.Say(absl::StrCat("unreadable answer: ", unpacked.status().ToString()));
      return false;
    }
    value = *unpacked;
    return true;
  }

  static bool HasError(const ProtoDiagnostics& diagnostics) {
    for (const tfplugin6::Diagnostic& diagnostic : diagnostics) {
      if (diagnostic.severity() == tfplugin6::Diagnostic::ERROR) {
        return true;
      }
    }
    return false;
  }

  bool Note(const grpc::Status& status, const ProtoDiagnostics& diagnostics) {
    if (!status.ok()) {
      host_.Say(absl::StrCat("no answer: ", status.error_message()));
    }
    for (const tfplugin6::Diagnostic& diagnostic : diagnostics) {
      host_.Say(absl::StrCat(
          diagnostic.severity() == tfplugin6::Diagnostic::ERROR ? "error: " : "warning: ",
          diagnostic.summary(), ": ", diagnostic.detail()));
    }
    return status.ok() && !HasError(diagnostics);
  }

  template <typename Method, typename Request, typename Response>
  bool Call(Method method, const Request& request, Response& response) {
    grpc::ClientContext context;
    const grpc::Status status = ((*stub_).*method)(&context, request, &response);
    return Note(status, response.diagnostics());
  }

  ProviderHost& host_;
  const std::unique_ptr<tfplugin6::Provider::Stub> stub_;
};

ProviderHost::ProviderHost(Options options)
    : options_(std::move(options)), schema_(SchemaOf(options_.type)) {}

ProviderHost::~ProviderHost() { End(); }

std::string ProviderHost::said() const {
  std::lock_guard lock(mutex_);
  return said_;
}

void ProviderHost::Say(const std::string& line) {
  std::lock_guard lock(mutex_);
  absl::StrAppend(&said_, line, "\n");
}

bool ProviderHost::Start() {
  if (process_ != nullptr) {
    return true;
  }
  {
    std::lock_guard lock(mutex_);
    said_.clear();
  }
  PluginHost::Options options{.binary = options_.binary, .environment = options_.environment};
  std::error_code error;
  std::filesystem::create_directories(options_.data_dir, error);
  options.environment["TF_DATA_DIR"] = options_.data_dir;
  options.environment["TMPDIR"] = options_.data_dir;  // a killed process leaves its socket behind
  process_ = std::make_unique<PluginHost>(options);
  if (process_->fields().size() < 6) {
    Say(absl::StrCat("no handshake: ", process_->line()));
    process_.reset();
    return false;
  }
  pid_ = process_->pid();
  wire_ = std::make_unique<Wire>(*this, process_->Connect());
  return wire_->Configure(options_.configuration);
}

void ProviderHost::End() {
  if (process_ == nullptr) {
    return;
  }
  wire_.reset();
  process_->Shutdown();
  process_->WaitForExit();
  pid_ = -1;
  process_.reset();
  EndRunInJournal(options_.data_dir);
}

void ProviderHost::Stop() {
  if (wire_ != nullptr) {
    wire_->Stop();
  }
}

bool ProviderHost::ForEach(const std::vector<std::string>& addresses,
                           const std::function<bool(const std::string&)>& work) {
  std::atomic<size_t> next = 0;
  std::atomic<bool> all = true;
  const auto worker = [&] {
    for (size_t i; (i = next++) < addresses.size();) {
      if (!work(addresses[i])) {
        all = false;
      }
    }
  };
  std::vector<std::jthread> threads;
  const size_t others = std::min<size_t>(addresses.size(), options_.parallelism);
  for (size_t i = 1; i < others; ++i) {
    threads.emplace_back(worker);
  }
  worker();
  threads.clear();
  return all;
}

bool ProviderHost::ReadAll() {
  std::vector<std::string> addresses;
  for (const auto& [address, resource] : resources) {
    addresses.push_back(address);
  }
  const bool read = ForEach(addresses, [&](const std::string& address) {
    Resource& resource = resources.at(address);
    if (!wire_->Read(resource)) {
      return false;
    }
    if (!resource.state.is_wholly_known()) {
      Say("unknown values after a read");
    }
    return resource.state.is_wholly_known();
  });
  std::erase_if(resources, [](const auto& entry) { return entry.second.state.is_null(); });
  return read;
}

bool ProviderHost::PlanOne(const Resource& resource, const Value& config, Change& change) {
  change.config = config;
  const bool anew = resource.tainted || resource.state.is_null();
  const Value prior = anew ? Value() : resource.state;
  if (!wire_->Plan(prior, anew ? "" : resource.private_state, change)) {
    return false;
  }
  const std::vector<std::string> complaints =
      PlanComplaints(schema_, prior, config, change.planned);
  for (const std::string& complaint : complaints) {
    Say(absl::StrCat("invalid plan: ", complaint));
  }
  if (!prior.is_null() && change.replace) {
    const bool planned = wire_->Plan(Value(), "", change);
    change.replace = true;
    return planned && complaints.empty();
  }
  change.replace = resource.tainted;
  return complaints.empty();
}

bool ProviderHost::PlanAll(const Configuration& configuration,
                           std::map<std::string, Change>& changes) {
  for (const auto& [address, resource] : resources) {
    changes[address];
  }
  for (const auto& [address, block] : configuration) {
    changes[address].config = FromConfiguration(block, schema_.ImpliedType());
    resources[address];
  }
  std::vector<std::string> addresses;
  for (const auto& [address, change] : changes) {
    addresses.push_back(address);
  }
  const bool planned = ForEach(addresses, [&](const std::string& address) {
    Change& change = changes.at(address);
    const Value config = change.config;
    return PlanOne(resources.at(address), config, change);
  });
  std::erase_if(changes, [&](const auto& entry) {
    return !entry.second.replace && entry.second.planned == resources.at(entry.first).state;
  });
  return planned;
}

bool ProviderHost::Destroy(Resource& resource, const Change& change) {
  const bool gone = wire_->Apply(resource.state, Value(), change, resource);
  resource.tainted = resource.tainted && !resource.state.is_null();
  return gone;
}

bool ProviderHost::Create(Resource& resource, const Change& change) {
  const bool made = wire_->Apply(Value(), change.planned, change, resource);
  resource.tainted = !made && !resource.state.is_null();
  return made;
}

bool ProviderHost::ApplyOne(Resource& resource, Change& change) {
  bool done = false;
  if (change.config.is_null()) {
    return resource.state.is_null() || Destroy(resource, change);
  }
  if (resource.state.is_null()) {
    done = Create(resource, change);
  } else if (change.replace) {
    done = Destroy(resource, change) && Create(resource, change);
  } else {
    done = wire_->Apply(resource.state, change.planned, change, resource);
  }
  if (done) {
    for (const std::string& complaint : ApplyComplaints(schema_, change.planned, resource.state)) {
      Say(absl::StrCat("inconsistent result: ", complaint));
      return false;
    }
  }
  return done;
}

bool ProviderHost::Import(const std::string& address, const std::string& id) {
  Resource resource;
  if (!Start() || !wire_->Import(id, resource) || !wire_->Read(resource)) {
    return false;
  }
  resources[address] = std::move(resource);
  return true;
}

bool ProviderHost::Refresh() { return Start() && ReadAll(); }

std::optional<int> ProviderHost::Plan(const Configuration& configuration) {
  return Refresh() ? PlanWithoutRefresh(configuration) : std::nullopt;
}

std::optional<int> ProviderHost::PlanWithoutRefresh(const Configuration& configuration) {
  std::map<std::string, Change> changes;
  const bool planned = Start() && PlanAll(configuration, changes);
  std::erase_if(resources, [](const auto& entry) { return entry.second.state.is_null(); });
  return planned ? std::optional<int>(static_cast<int>(changes.size())) : std::nullopt;
}

bool ProviderHost::Apply(const Configuration& configuration) {
  std::map<std::string, Change> changes;
  bool applied = Refresh() && PlanAll(configuration, changes);
  if (applied) {
    std::vector<std::string> addresses;
    for (const auto& [address, change] : changes) {
      addresses.push_back(address);
    }
    applied = ForEach(addresses, [&](const std::string& address) {
      return ApplyOne(resources.at(address), changes.at(address));
    });
  }
  std::erase_if(resources, [](const auto& entry) { return entry.second.state.is_null(); });
  return applied;
}

}  // namespace kproto::testing
