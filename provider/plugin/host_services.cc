// SPDX-License-Identifier: MPL-2.0
#include "provider/plugin/host_services.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "proto/grpc_broker.grpc.pb.h"
#include "proto/grpc_controller.grpc.pb.h"
#include "proto/grpc_stdio.grpc.pb.h"

namespace kproto {
namespace {

class Controller final : public plugin::GRPCController::CallbackService {
 public:
  explicit Controller(std::function<void()> on_shutdown) : on_shutdown_(std::move(on_shutdown)) {}

  grpc::ServerUnaryReactor* Shutdown(grpc::CallbackServerContext*, const plugin::Empty*,
                                     plugin::Empty*) override {
    class Reactor : public grpc::ServerUnaryReactor {
     public:
      explicit Reactor(const std::function<void()>& done) : done_(done) {
        Finish(grpc::Status::OK);
      }
      void OnDone() override {
        done_();
        delete this;
      }

     private:
      const std::function<void()>& done_;
    };
    return new Reactor(on_shutdown_);
  }

 private:
  std::function<void()> on_shutdown_;
};

// Streams that stay open in silence until the host ends them.
class Stdio final : public plugin::GRPCStdio::CallbackService {
 public:
  grpc::ServerWriteReactor<plugin::StdioData>* StreamStdio(
      grpc::CallbackServerContext*, const google::protobuf::Empty*) override {
    class Reactor : public grpc::ServerWriteReactor<plugin::StdioData> {
      void OnCancel() override { Finish(grpc::Status::CANCELLED); }
      void OnDone() override { delete this; }
    };
    return new Reactor;
  }
};

class Broker final : public plugin::GRPCBroker::CallbackService {
 public:
  grpc::ServerBidiReactor<plugin::ConnInfo, plugin::ConnInfo>* StartStream(
      grpc::CallbackServerContext*) override {
    class Reactor : public grpc::ServerBidiReactor<plugin::ConnInfo, plugin::ConnInfo> {
     public:
      Reactor() { StartRead(&offer_); }
      void OnReadDone(bool ok) override {
        if (ok) {
          StartRead(&offer_);  // Nothing that a host could offer is of use here.
        } else {
          Finish(grpc::Status::OK);
        }
      }
      void OnDone() override { delete this; }

     private:
      plugin::ConnInfo offer_;
    };
    return new Reactor;
  }
};

}  // namespace

std::vector<std::unique_ptr<grpc::Service>> MakeHostServices(std::function<void()> on_shutdown) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<Controller>(std::move(on_shutdown)));
  services.push_back(std::make_unique<Stdio>());
  services.push_back(std::make_unique<Broker>());
  return services;
}

}  // namespace kproto
