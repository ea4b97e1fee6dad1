// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/provider_service.h"

#include <grpcpp/grpcpp.h>

#include <exception>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/log.h"
#include "proto/tfplugin6.grpc.pb.h"
#include "provider/protocol/diagnostics_proto.h"
#include "provider/protocol/rpcs.h"

namespace kproto {
namespace {

// One unary call while it runs. gRPC tells it about cancellation, and when it may go.
class UnaryCall : public grpc::ServerUnaryReactor {
 public:
  explicit UnaryCall(Requests& requests) : entry_(requests) {}
  std::stop_token token() const { return entry_.token(); }

 private:
  void OnCancel() override { entry_.Stop(); }
  void OnDone() override { delete this; }

  Requests::Entry entry_;
};

// A stream that ends after one event.
template <typename Event>
class OneEvent : public grpc::ServerWriteReactor<Event> {
 public:
  explicit OneEvent(Event event) : event_(std::move(event)) {
    this->StartWriteAndFinish(&event_, grpc::WriteOptions(), grpc::Status::OK);
  }

 private:
  void OnDone() override { delete this; }

  Event event_;
};

template <typename Request>
RequestContext ContextOf(const Request& request, std::stop_token stop) {
  RequestContext context;
  context.stop = std::move(stop);
  if constexpr (requires { request.client_capabilities(); }) {
    context.client.deferral_allowed = request.client_capabilities().deferral_allowed();
    context.client.write_only_attributes_allowed =
        request.client_capabilities().write_only_attributes_allowed();
  }
  return context;
}

// Under the names that other providers' logs have.
template <typename Request>
void LogCall(const char* name, const Request& request, absl::Duration took) {
  if (!LogEnabled(LogLevel::kDebug)) {
    return;
  }
  std::string type;
  if constexpr (requires { request.type_name(); }) {
    type = request.type_name();
  }
  Log(LogLevel::kDebug, "Answered a call",
      {{"tf_rpc", name},
       {"tf_type", type},
       {"tf_req_duration_ms", absl::StrCat(absl::ToInt64Milliseconds(took))}});
}

template <typename Response>
void ReportException(const char* what, Response& response) {
  Diagnostics diagnostics;
  diagnostics.AddError("Bug in the provider", what);
  if constexpr (requires { response.mutable_diagnostics(); }) {
    ToProto(diagnostics, *response.mutable_diagnostics());
  } else if constexpr (requires { response.mutable_error(); }) {
    response.mutable_error()->set_text(what);
  }
}

// The one place for exceptions of code that we call: a non-OK status would lose the host's state.
template <typename Request, typename Response>
void AnswerSafely(ProviderSource& source, const RequestContext& context, const Request& request,
                  Response& response) {
  try {
    rpc::Answer(source.Get(), context, request, response);
  } catch (const std::exception& e) {
    ReportException(e.what(), response);
  } catch (...) {
    ReportException("An exception of unknown type was thrown.", response);
  }
}

class ProviderService final : public tfplugin6::Provider::CallbackService {
 public:
  ProviderService(ProviderSource& source, Requests& requests)
      : source_(source), requests_(requests) {}

#define KPROTO_UNARY(Name)                                                       \
  grpc::ServerUnaryReactor* Name(grpc::CallbackServerContext*,                   \
                                 const tfplugin6::Name::Request* request,        \
                                 tfplugin6::Name::Response* response) override { \
    return Run(#Name, *request, *response);                                      \
  }
  KPROTO_UNARY(GetMetadata)
  KPROTO_UNARY(GetProviderSchema)
  KPROTO_UNARY(GetResourceIdentitySchemas)
  KPROTO_UNARY(ValidateProviderConfig)
  KPROTO_UNARY(ConfigureProvider)
  KPROTO_UNARY(ValidateResourceConfig)
  KPROTO_UNARY(UpgradeResourceState)
  KPROTO_UNARY(UpgradeResourceIdentity)
  KPROTO_UNARY(ReadResource)
  KPROTO_UNARY(PlanResourceChange)
  KPROTO_UNARY(ApplyResourceChange)
  KPROTO_UNARY(ImportResourceState)
  KPROTO_UNARY(MoveResourceState)
  KPROTO_UNARY(GenerateResourceConfig)
  KPROTO_UNARY(ValidateDataResourceConfig)
  KPROTO_UNARY(ReadDataSource)
  KPROTO_UNARY(ValidateEphemeralResourceConfig)
  KPROTO_UNARY(OpenEphemeralResource)
  KPROTO_UNARY(RenewEphemeralResource)
  KPROTO_UNARY(CloseEphemeralResource)
  KPROTO_UNARY(GetFunctions)
  KPROTO_UNARY(CallFunction)
  KPROTO_UNARY(ValidateListResourceConfig)
  KPROTO_UNARY(ValidateActionConfig)
  KPROTO_UNARY(PlanAction)
#undef KPROTO_UNARY

  // Answered at once: it must not wait behind the requests that it is to stop.
  grpc::ServerUnaryReactor* StopProvider(grpc::CallbackServerContext* context,
                                         const tfplugin6::StopProvider::Request*,
                                         tfplugin6::StopProvider::Response*) override {
    requests_.StopAll();
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerWriteReactor<tfplugin6::ListResource::Event>* ListResource(
      grpc::CallbackServerContext*, const tfplugin6::ListResource::Request* request) override {
    return new OneEvent(rpc::ListRefusal(*request));
  }

  grpc::ServerWriteReactor<tfplugin6::InvokeAction::Event>* InvokeAction(
      grpc::CallbackServerContext*, const tfplugin6::InvokeAction::Request* request) override {
    return new OneEvent(rpc::ActionRefusal(*request));
  }

 private:
  // Request and response belong to gRPC and live until the call is done.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Run(const char* name, const Request& request, Response& response) {
    auto* call = new UnaryCall(requests_);
    const auto work = [this, name, call, &request, &response] {
      const absl::Time start = absl::Now();
      AnswerSafely(source_, ContextOf(request, call->token()), request, response);
      LogCall(name, request, absl::Now() - start);
      call->Finish(grpc::Status::OK);
    };
    try {
      std::thread(work).detach();
    } catch (const std::system_error&) {
      work();  // No more threads: late is better than never.
    }
    return call;
  }

  ProviderSource& source_;
  Requests& requests_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeProviderService(ProviderSource& source, Requests& requests) {
  return std::make_unique<ProviderService>(source, requests);
}

}  // namespace kproto
