// SPDX-License-Identifier: MPL-2.0
// Rule dashboards: a dashboard of Grafana's values is loaded by a provider, finds its datasource,
// and comes with the pod: one that is fetched at start by `curl -k` keeps Grafana from starting
// where the internet is away.
#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/rules.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::ListAt;
using kubernetes::StringAt;

struct Datasources {
  std::set<std::string> names, uids, types;
  bool known = true;  // all there are: none comes from a sidecar or a text
};

Datasources DatasourcesOf(const Json& values) {
  Datasources all;
  const Json* files = Find(values, {"datasources"});
  if (files != nullptr && files->is_object()) {
    for (const auto& [file, content] : files->items()) {
      all.known &= content.is_object();
      for (const Json& datasource : ListAt(content, "/datasources")) {
        all.names.insert(StringAt(datasource, "/name"));
        all.uids.insert(StringAt(datasource, "/uid"));
        all.types.insert(StringAt(datasource, "/type"));
      }
    }
  }
  const Json* sidecar = Find(values, {"sidecar", "datasources", "enabled"});
  all.known &= sidecar == nullptr || *sidecar != Json(true);
  return all;
}

std::set<std::string> ProvidersOf(const Json& values) {
  std::set<std::string> names;
  const Json* files = Find(values, {"dashboardProviders"});
  if (files != nullptr && files->is_object()) {
    for (const auto& [file, content] : files->items()) {
      for (const Json& provider : ListAt(content, "/providers")) {
        names.insert(StringAt(provider, "/name"));
      }
    }
  }
  return names;
}

bool IsChosenLater(const std::string& text) {
  return text.empty() || text[0] == '$' || text[0] == '-' || text == "grafana" ||
         text == "default" || text == "Mixed";
}

// Every datasource that the JSON of a dashboard names and that is not there.
void Missing(const Json& part, const Datasources& there, std::set<std::string>& missing) {
  if (part.is_array() || part.is_object()) {
    for (const Json& child : part) {
      Missing(child, there, missing);
    }
  }
  if (!part.is_object() || !part.contains("datasource")) {
    return;
  }
  const Json& named = part["datasource"];
  const std::string name = named.is_string() ? named.get<std::string>() : StringAt(named, "/uid");
  const std::string type = StringAt(named, "/type");
  if (!IsChosenLater(name) && there.names.count(name) == 0 && there.uids.count(name) == 0) {
    missing.insert(name);
  } else if (!name.empty() && name[0] == '$' && !type.empty() && type != "datasource" &&
             type != "grafana" && there.types.count(type) == 0) {
    missing.insert(absl::StrCat("of type ", type));
  }
}

class Reader {
 public:
  Reader(const RenderedComponent& grafana, Findings& findings)
      : grafana_(grafana),
        there_(DatasourcesOf(grafana.values)),
        providers_(ProvidersOf(grafana.values)),
        findings_(findings) {}

  // A dashboard that was brought along as a file.
  void ReadFile(const Dashboard& dashboard) {
    if (const std::vector<std::string> open = OpenInputs(dashboard); !open.empty()) {
      AddOpenInputs(dashboard, open);
      return;
    }
    std::set<std::string> missing;
    Missing(dashboard.json, there_, missing);
    if (!missing.empty() && there_.known) {
      AddMissing({}, missing);
      findings_.back().file = dashboard.file;
      findings_.back().attribute = Path("grafana").Attribute("dashboards_dir");
    }
  }

  void Read() {
    const Json* all = Find(grafana_.values, {"dashboards"});
    if (all == nullptr || !all->is_object()) {
      return;
    }
    for (const auto& [provider, dashboards] : all->items()) {
      if (!dashboards.is_object() || dashboards.empty()) {
        continue;
      }
      if (providers_.count(provider) == 0) {
        AddNoProvider(provider);
      }
      for (const auto& [name, dashboard] : dashboards.items()) {
        ReadDashboard({"dashboards", provider, name}, dashboard);
      }
    }
  }

 private:
  void ReadDashboard(const std::vector<std::string>& key, const Json& dashboard) {
    std::set<std::string> missing;
    const Json* named = Find(dashboard, {"datasource"});
    for (const Json& one : named != nullptr && named->is_array()
                               ? *named
                               : Json::array({named != nullptr ? *named : Json()})) {
      const std::string name = one.is_string() ? one.get<std::string>() : StringAt(one, "/value");
      if (!IsChosenLater(name) && there_.names.count(name) == 0 && there_.uids.count(name) == 0) {
        missing.insert(name);
      }
    }
    const std::string text = StringAt(dashboard, "/json");
    if (!text.empty()) {
      const Json parsed = Json::parse(text, nullptr, false);
      if (parsed.is_discarded()) {
        AddBroken(key);
      } else {
        Missing(parsed, there_, missing);
      }
    }
    if (!missing.empty() && there_.known) {
      AddMissing(key, missing);
    }
    if (dashboard.is_object() && (dashboard.contains("gnetId") || dashboard.contains("url"))) {
      AddDownload(key);
    }
  }

  Finding& Add(const std::vector<std::string>& key, std::string summary) {
    return AddFinding(findings_, grafana_.name, key, std::move(summary));
  }

  void AddNoProvider(const std::string& provider) {
    Finding& finding = Add({"dashboards", provider}, "Dashboards are not loaded");
    finding.cause = absl::StrCat("The chart leaves dashboards.", provider,
                                 " out, for no dashboard provider has the name ", provider, ".");
    finding.cure = absl::StrCat(
        "Add one to dashboardProviders.\"dashboardproviders.yaml\".providers, with the path "
        "/var/lib/grafana/dashboards/",
        provider, ".");
  }

  void AddMissing(const std::vector<std::string>& key, const std::set<std::string>& missing) {
    Finding& finding = Add(key, "A dashboard has no datasource");
    finding.cause = absl::StrCat(
        "It asks the datasource ", absl::StrJoin(missing, ", "),
        ", which Grafana will not have. It has: ", absl::StrJoin(there_.names, ", "), ".");
    finding.cure = "Add the datasource, or make the dashboard ask another.";
  }

  void AddBroken(const std::vector<std::string>& key) {
    Finding& finding = Add(key, "A dashboard is not JSON");
    finding.cause = "Grafana would leave it out and say so only in its log.";
    finding.cure = "Export it from Grafana again; {{ }} in it has to be written {{`{{ }}`}}.";
  }

  void AddOpenInputs(const Dashboard& dashboard, const std::vector<std::string>& types) {
    Finding& finding = findings_.emplace_back();
    finding.component = grafana_.name;
    finding.file = dashboard.file;
    finding.attribute = Path("grafana").Attribute("dashboards_dir");
    finding.summary = "A dashboard has no datasource";
    finding.cause = absl::StrCat("It was exported for others and wants a datasource of type ",
                                 absl::StrJoin(types, ", "),
                                 ", and Grafana will have none of it with a uid. It has: ",
                                 absl::StrJoin(there_.names, ", "), ".");
    finding.cure = "Add such a datasource with a uid, or leave the dashboard out.";
  }

  void AddDownload(const std::vector<std::string>& key) {
    Finding& finding = Add(key, "A dashboard is downloaded whenever Grafana starts");
    finding.severity = Severity::kWarning;
    finding.cause =
        "An init container fetches it with curl -k, which checks no certificate; where that fails, "
        "Grafana does not start.";
    finding.cure = "Download it once and put it here under the key json.";
  }

  const RenderedComponent& grafana_;
  const Datasources there_;
  const std::set<std::string> providers_;
  Findings& findings_;
};

}  // namespace

void CheckDashboards(const RenderedStack& stack, Findings& findings) {
  for (const RenderedComponent& component : stack.components) {
    if (component.chart.name == "grafana") {
      Reader reader(component, findings);
      reader.Read();
      const std::vector<Dashboard> brought =
          component.extra ? std::vector<Dashboard>()
                          : WithInputs(stack.files.dashboards, component.values);
      for (const Dashboard& dashboard : brought) {
        reader.ReadFile(dashboard);
      }
    }
  }
}

}  // namespace kproto::monitoring_stack
