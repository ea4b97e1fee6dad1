// SPDX-License-Identifier: MPL-2.0
#include "tests/lab/charts/rendering.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "clients/yaml/yaml.h"
#include "tests/support/temp_dir.h"

namespace kproto::lab {
namespace {

// The pod template of a workload, or of a bare pod; null where an object has none.
Json PodOf(const Json& object) {
  const std::string kind = object.value("kind", "");
  if (kind == "Pod") {
    return Json{{"metadata", object["metadata"]}, {"spec", object["spec"]}};
  }
  const Json spec = object.value("spec", Json::object());
  return spec.is_object() ? spec.value("template", Json()) : Json();
}

bool Selects(const Json& selector, const Json& pod) {
  const Json labels = pod["metadata"].value("labels", Json::object());
  return std::all_of(selector.items().begin(), selector.items().end(), [&](const auto& wanted) {
    return labels.contains(wanted.key()) && labels[wanted.key()] == wanted.value();
  });
}

bool Listens(const Json& pod, const Json& port) {
  for (const Json& container : pod["spec"]["containers"]) {
    for (const Json& own : container.value("ports", Json::array())) {
      if (own["containerPort"] == port || own.value("name", Json()) == port) {
        return true;
      }
    }
  }
  return false;
}

void CheckService(const std::string& key, const Json& service, const Objects& objects,
                  std::vector<std::string>& loose) {
  for (const Json& port : service["spec"]["ports"]) {
    const Json target = port.value("targetPort", port["port"]);
    bool reached = false;
    for (const auto& [name, object] : objects) {
      const Json pod = PodOf(object);
      reached |=
          !pod.is_null() && Selects(service["spec"]["selector"], pod) && Listens(pod, target);
    }
    if (!reached) {
      loose.push_back(absl::StrCat(key, ": no pod answers port ", target.dump()));
    }
  }
}

void CheckVolumes(const std::string& key, const Json& object, const std::set<std::string>& there,
                  std::vector<std::string>& loose) {
  const Json spec = PodOf(object)["spec"];
  std::set<std::string> volumes;
  for (const Json& volume : spec.value("volumes", Json::array())) {
    volumes.insert(volume["name"]);
    const std::string needs =
        volume.contains("configMap")
            ? absl::StrCat("ConfigMap/", volume["configMap"]["name"].get<std::string>())
        : volume.contains("secret")
            ? absl::StrCat("Secret/", volume["secret"]["secretName"].get<std::string>())
        : volume.contains("persistentVolumeClaim")
            ? absl::StrCat("PersistentVolumeClaim/",
                           volume["persistentVolumeClaim"]["claimName"].get<std::string>())
            : "";
    if (!needs.empty() && there.count(needs) == 0) {
      loose.push_back(absl::StrCat(key, ": mounts ", needs, ", which is not there"));
    }
  }
  for (const Json& claim : object["spec"].value("volumeClaimTemplates", Json::array())) {
    volumes.insert(claim["metadata"]["name"]);
  }
  for (const Json& container : spec["containers"]) {
    for (const Json& mount : container.value("volumeMounts", Json::array())) {
      if (volumes.count(mount["name"]) == 0) {
        loose.push_back(absl::StrCat(key, ": mounts volume ", mount["name"].dump(),
                                     ", which it does not declare"));
      }
    }
  }
}

}  // namespace

std::string Source(const std::string& path) { return absl::StrCat(KPROTO_SOURCE_DIR, "/", path); }

const std::map<std::string, std::string>& Helms() {
  static const auto& paths = *[] {
    auto* found = new std::map<std::string, std::string>;
    const absl::StatusOr<CommandResult> result =
        Run({.argv = {Source("lab/tools/install"), "--list", "helm", "helm4"},
             .environment = Environment()});
    if (!result.ok() || result->exit_code != 0) {
      std::cerr << (result.ok() ? result->err : result.status().ToString()) << std::endl;
      std::exit(1);
    }
    for (absl::string_view line : absl::StrSplit(result->out, '\n', absl::SkipEmpty())) {
      const std::pair<std::string, std::string> entry =
          absl::StrSplit(line, absl::MaxSplits('=', 1));
      found->insert(entry);
    }
    return found;
  }();
  return paths;
}

absl::StatusOr<CommandResult> Helm(const std::string& helm, std::vector<std::string> arguments) {
  static const testing::TempDir& home = *new testing::TempDir;
  arguments.insert(arguments.begin(), Helms().at(helm));
  return Run({.argv = std::move(arguments),
              .environment = {{"HOME", home.path()}, {"PATH", "/usr/bin:/bin"}},
              .deadline = absl::Now() + absl::Minutes(2)});
}

absl::StatusOr<CommandResult> Template(const Rendering& rendering) {
  const testing::TempDir dir;
  std::vector<std::string> arguments = {"template",    rendering.release, rendering.chart,
                                        "--namespace", rendering.ns,      "--kube-version",
                                        "1.34.0"};
  for (const std::string& file : rendering.files) {
    arguments.insert(arguments.end(), {"--values", file});
  }
  arguments.insert(arguments.end(),
                   {"--values", dir.Write("values.json", rendering.values.dump())});
  return Helm(rendering.helm, std::move(arguments));
}

absl::StatusOr<Objects> Render(const Rendering& rendering) {
  KPROTO_ASSIGN_OR_RETURN(const CommandResult result, Template(rendering));
  if (result.exit_code != 0) {
    return absl::FailedPreconditionError(result.err);
  }
  KPROTO_ASSIGN_OR_RETURN(const std::vector<Json> documents, yaml::ParseAll(result.out));
  Objects objects;
  for (const Json& object : documents) {
    const std::string key = absl::StrCat(object["kind"].get<std::string>(), "/",
                                         object["metadata"]["name"].get<std::string>());
    if (!objects.emplace(key, object).second) {
      return absl::AlreadyExistsError(absl::StrCat(key, " is rendered twice"));
    }
  }
  return objects;
}

std::vector<std::string> LooseEnds(const Objects& objects,
                                   const std::vector<std::string>& elsewhere) {
  std::set<std::string> there(elsewhere.begin(), elsewhere.end());
  for (const auto& [key, object] : objects) {
    there.insert(key);
  }
  std::vector<std::string> loose;
  for (const auto& [key, object] : objects) {
    if (object["kind"] == "Service") {
      CheckService(key, object, objects, loose);
    } else if (!PodOf(object).is_null()) {
      CheckVolumes(key, object, there, loose);
    }
  }
  return loose;
}

}  // namespace kproto::lab
