// SPDX-License-Identifier: MPL-2.0
// Rule wiring: an address that Grafana asks or a collector pushes to, and that lies in the stack's
// own namespaces, is that of a Service which some chart renders, at a port which it has. An address
// that leads elsewhere, or to what others may have put there, is not judged.
#include <algorithm>
#include <optional>
#include <regex>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/nearest.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/checks/workloads.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::ListAt;
using kubernetes::StringAt;

// An address that somebody uses.
struct Use {
  const RenderedComponent* component;
  std::vector<std::string> key;
  std::string who;  // "Datasource Loki"
  std::string url;
};

// A Service as an address names it.
struct Target {
  std::string name, ns;
  int64_t port = 0;
};

void AddDatasources(const RenderedComponent& component, std::vector<Use>& uses) {
  const Json* files = Find(component.values, {"datasources"});
  if (files == nullptr || !files->is_object()) {
    return;
  }
  for (const auto& [file, content] : files->items()) {
    for (const Json& datasource : ListAt(content, "/datasources")) {
      uses.push_back({&component,
                      {"datasources", file, "datasources"},
                      absl::StrCat("Datasource ", StringAt(datasource, "/name")),
                      StringAt(datasource, "/url")});
    }
  }
}

// `url = "…"` wherever Alloy's configuration has one.
void AddEndpoints(const RenderedComponent& component, std::vector<Use>& uses) {
  const Json* content = Find(component.values, {"alloy", "configMap", "content"});
  if (content == nullptr || !content->is_string()) {
    return;
  }
  static const auto& url = *new std::regex("\\burl\\s*=\\s*\"([^\"]*)\"");
  const std::string& text = content->get_ref<const std::string&>();
  for (std::sregex_iterator it(text.begin(), text.end(), url), end; it != end; ++it) {
    uses.push_back({&component, {"alloy", "configMap", "content"}, "Alloy", (*it)[1]});
  }
}

std::vector<Use> UsesOf(const RenderedStack& stack) {
  std::vector<Use> uses;
  for (const RenderedComponent& component : stack.components) {
    if (component.chart.name == "grafana") {
      AddDatasources(component, uses);
    }
    if (component.chart.name == "alloy") {
      AddEndpoints(component, uses);
    }
    if (component.chart.name == "promtail") {
      for (const Json& client : ListAt(component.values, "/config/clients")) {
        uses.push_back({&component, {"config", "clients"}, "Promtail", StringAt(client, "/url")});
      }
    }
  }
  return uses;
}

// nullopt for what is no address of a Service in a cluster, or in a namespace that is not ours.
std::optional<Target> TargetOf(const Use& use, const RenderedStack& stack) {
  absl::string_view rest = use.url;
  const bool tls = absl::ConsumePrefix(&rest, "https://");
  if ((!tls && !absl::ConsumePrefix(&rest, "http://")) ||
      rest.find_first_of("${}@") != absl::string_view::npos) {
    return std::nullopt;
  }
  rest = rest.substr(0, rest.find('/'));
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(rest, absl::MaxSplits(':', 1));
  Target target{.port = tls ? 443 : 80};
  if (!parts.second.empty() && !absl::SimpleAtoi(parts.second, &target.port)) {
    return std::nullopt;
  }
  const std::vector<std::string> labels = absl::StrSplit(absl::StripSuffix(parts.first, "."), '.');
  int ignored = 0;
  if (labels[0].empty() || labels[0] == "localhost" || absl::SimpleAtoi(labels.back(), &ignored)) {
    return std::nullopt;
  }
  target.name = labels[0];
  target.ns = labels.size() > 1 ? labels[1] : use.component->ns;
  if ((labels.size() > 2 && labels[2] != "svc") || !stack.IsOurNamespace(target.ns)) {
    return std::nullopt;
  }
  return target;
}

// Whether somebody else may have made a Service of that name there.
bool MayBeElsewhere(const Target& target, const RenderedStack& stack) {
  bool ours = false;
  for (const RenderedComponent& component : stack.components) {
    const bool named_after =
        target.name == component.name || absl::StartsWith(target.name, component.name + "-");
    if (named_after && (!component.fetched.ok() || !component.rendered.ok())) {
      return true;  // one of those that are not known
    }
    ours |= named_after;
  }
  return !ours && !stack.planned.git.is_null();  // the folder in Git may hold more applications
}

bool HasPort(const Json& service, int64_t port) {
  const Json& ports = ListAt(service, "/spec/ports");
  return std::any_of(ports.begin(), ports.end(),
                     [&](const Json& one) { return kubernetes::IntAt(one, "/port") == port; });
}

std::string PortsText(const Json& service) {
  std::vector<std::string> ports;
  for (const Json& one : ListAt(service, "/spec/ports")) {
    ports.push_back(absl::StrCat(kubernetes::IntAt(one, "/port")));
  }
  return absl::StrJoin(ports, ", ");
}

std::string CureFor(const Target& target, const std::vector<Rendered>& services) {
  std::vector<std::string> names, elsewhere;
  for (const Rendered& service : services) {
    if (service.ns == target.ns) {
      names.push_back(service.name);
    }
    if (service.name == target.name) {
      elsewhere.push_back(absl::StrCat(service.name, ".", service.ns));
    }
  }
  if (!elsewhere.empty()) {
    return absl::StrCat("There is one of that name at ", absl::StrJoin(elsewhere, ", "), ".");
  }
  const std::string meant = Nearest(target.name, names);
  if (!meant.empty()) {
    return absl::StrCat("Did you mean ", meant, "?");
  }
  std::sort(names.begin(), names.end());
  return absl::StrCat("Services there: ", names.empty() ? "none" : absl::StrJoin(names, ", "),
                      ". Point it at one of them, or remove it.");
}

}  // namespace

void CheckWiring(const RenderedStack& stack, Findings& findings) {
  const std::vector<Rendered> services = ObjectsOf(stack, "Service");
  for (const Use& use : UsesOf(stack)) {
    const std::optional<Target> target = TargetOf(use, stack);
    if (!target || MayBeElsewhere(*target, stack)) {
      continue;
    }
    const auto found = std::find_if(services.begin(), services.end(), [&](const Rendered& s) {
      return s.name == target->name && s.ns == target->ns;
    });
    Finding finding;
    finding.component = use.component->name;
    finding.key = use.key;
    finding.summary = absl::StrCat(use.who, " leads nowhere");
    if (found == services.end()) {
      finding.cause =
          absl::StrCat(use.url, " is no address of this stack: no chart makes a Service ",
                       target->name, " in namespace ", target->ns, ".");
      finding.cure = CureFor(*target, services);
    } else if (!HasPort(*found->object, target->port)) {
      finding.cause = absl::StrCat(use.url, " asks for port ", target->port, ", and the Service ",
                                   target->name, " has ", PortsText(*found->object), ".");
      finding.cure = "Name the port in the address.";
    } else {
      continue;
    }
    findings.push_back(std::move(finding));
  }
}

}  // namespace kproto::monitoring_stack
