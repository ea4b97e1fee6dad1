// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/address_steps.h"

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/kubernetes/explain.h"
#include "clients/kubernetes/json_fields.h"
#include "provider/runtime/diagnostics.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::StringAt;

// The IP or host name that the cloud gave a Service; "".
std::string AddressOf(const Json& service) {
  const Json& ingress = kubernetes::ListAt(service, "/status/loadBalancer/ingress");
  if (ingress.empty()) {
    return "";
  }
  const std::string ip = StringAt(ingress[0], "/ip");
  return ip.empty() ? StringAt(ingress[0], "/hostname") : ip;
}

std::string UrlOf(const Json& service) {
  const std::string host = AddressOf(service);
  const Json& ports = kubernetes::ListAt(service, "/spec/ports");
  const int port = ports.empty() ? 80 : kubernetes::IntAt(ports[0], "/port", 80);
  if (host.empty()) {
    return "";
  }
  return port == 80 ? absl::StrCat("http://", host) : absl::StrCat("http://", host, ":", port);
}

bool IsGoing(const Json& object) {
  return !StringAt(object, "/metadata/deletionTimestamp").empty();
}

std::string StepOf(const Desired& desired, const std::string& component) {
  return desired.git ? "applications" : absl::StrCat("application ", component);
}

}  // namespace

AddressStep::AddressStep(Stack& stack, std::string name, std::string after, std::string service,
                         bool wanted, Path path)
    : StackStep(stack),
      name_(std::move(name)),
      after_(std::move(after)),
      service_(std::move(service)),
      wanted_(wanted),
      path_(std::move(path)) {}

absl::Status AddressStep::Observe(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(
      std::optional<Json> service,
      cluster.kubernetes->Get({"v1", "Service", desired().ns, service_}, CallOf(context)));
  Saw(service && !IsGoing(*service) ? &*service : nullptr);
  return absl::OkStatus();
}

Difference AddressStep::Compare() const {
  return wanted_ && !HasAddress()
             ? Difference::Missing(absl::StrCat("Service ", service_, " has no address"))
             : Difference::None();
}

absl::Status AddressStep::Apply(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  const kubernetes::ObjectKey key{"v1", "Service", desired().ns, service_};
  absl::StatusOr<std::optional<Json>> service = cluster.kubernetes->WaitUntil(
      key,
      [](const Json* object) -> absl::StatusOr<bool> {
        return object != nullptr && !AddressOf(*object).empty();
      },
      CallOf(context));
  if (service.ok()) {
    Saw(&**service);
    return absl::OkStatus();
  }
  std::string why;
  const kubernetes::Call brief{absl::Now() + absl::Seconds(10), context.stop};
  auto warnings = kubernetes::Warnings(*cluster.kubernetes, key.ns, key.name, brief);
  for (const kubernetes::Event& event : warnings.value_or(std::vector<kubernetes::Event>{})) {
    absl::StrAppend(&why, "\n  ", event.object, ": ", event.reason, ": ", event.message);
  }
  return WithPath(Annotate(service.status(), absl::StrCat("the load balancer of ", key.ToString(),
                                                          " has no address yet", why)),
                  path_);
}

GrafanaAddressStep::GrafanaAddressStep(Stack& stack)
    : AddressStep(stack, "grafana address", StepOf(stack.desired, "grafana"),
                  FullName(stack.desired, "grafana"), stack.desired.grafana_exposed,
                  Path("grafana").Attribute("expose")) {}

void GrafanaAddressStep::Saw(const Json* service) {
  found().grafana_exposed =
      service != nullptr && StringAt(*service, "/spec/type") == "LoadBalancer";
  found().grafana_url = service != nullptr ? UrlOf(*service) : "";
}

IngressAddressStep::IngressAddressStep(Stack& stack)
    : AddressStep(
          stack, "ingress address", StepOf(stack.desired, stack.desired.ingress.controller),
          absl::StrCat(FullName(stack.desired, stack.desired.ingress.controller), "-controller"),
          true, Path("ingress")) {}

void IngressAddressStep::Saw(const Json* service) {
  found().ingress_address = service != nullptr ? AddressOf(*service) : "";
}

}  // namespace kproto::monitoring_stack
