// SPDX-License-Identifier: MPL-2.0
// `inventory`, `calls` and `fault`: what the simulated account holds, what was asked of it, and
// what shall go wrong with a call. The simulator answers them; here they are only shown.
#include <algorithm>
#include <cstdio>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "lab/cli/commands.h"
#include "lab/cli/table.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

// Text as it is, anything else as JSON, nothing as nothing.
std::string Shown(const json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_array()) {
    std::vector<std::string> parts;
    for (const json& part : value) {
      parts.push_back(Shown(part));
    }
    return absl::StrJoin(parts, ",");
  }
  return value.is_null() ? "" : value.dump();
}

std::string Dollars(const json& amount) {
  return amount.is_number() ? absl::StrFormat("%.2f", amount.get<double>()) : "";
}

void Print(const json& answer) { printf("%s\n", answer.dump(2).c_str()); }

absl::StatusOr<json> AskSimulator(const RunningLab& lab, const std::string& method,
                                  const std::string& path, const json& body = nullptr) {
  return Ask(lab, lab.record.simulator_url, method, path, body);
}

void PrintInventory(const json& inventory) {
  Table table({"KIND", "NAME", "ID", "REGION", "OWNER", "TAGS", "USD/MONTH"});
  for (const auto& [kind, things] : inventory.items()) {
    if (!things.is_array()) {
      continue;
    }
    for (const json& thing : things) {
      table.Add({kind, Shown(At(thing, {"name"})), Shown(At(thing, {"id"})),
                 Shown(At(thing, {"region"})), Shown(At(thing, {"owner"})),
                 Shown(At(thing, {"tags"})), Dollars(At(thing, {"monthly_cost"}))});
    }
  }
  if (table.empty()) {
    printf("the account holds nothing\n");
    return;
  }
  printf("%s\ntogether %s USD a month\n", table.Text().c_str(),
         Dollars(At(inventory, {"monthly_cost"})).c_str());
}

void PrintCalls(const json& answer) {
  Table table({"TIME", "METHOD", "PATH", "STATUS"});
  for (const json& call : Items(answer, {"calls"})) {
    table.Add({Shown(At(call, {"time"})), Shown(At(call, {"method"})), Shown(At(call, {"path"})),
               Shown(At(call, {"status"}))});
  }
  printf("%s", table.empty() ? "no calls\n" : table.Text().c_str());
}

void PrintFaults(const json& answer) {
  Table table({"ID", "METHOD", "PATH", "KIND", "STATUS", "SKIP", "TIMES", "FIRED"});
  for (const json& fault : Items(answer, {"faults"})) {
    table.Add({Shown(At(fault, {"id"})), Shown(At(fault, {"method"})), Shown(At(fault, {"path"})),
               Shown(At(fault, {"kind"})), Shown(At(fault, {"status"})), Shown(At(fault, {"skip"})),
               Shown(At(fault, {"times"})), Shown(At(fault, {"fired"}))});
  }
  printf("%s", table.empty() ? "no faults\n" : table.Text().c_str());
}

// METHOD PATH KIND [key=value …]; numbers are numbers.
absl::StatusOr<json> FaultFrom(const Words& words) {
  if (words.size() < 3) {
    return absl::InvalidArgumentError(
        "usage: kproto-lab fault METHOD PATH KIND [status=503] [message=…] [delay_ms=…] [skip=…] "
        "[times=…]   for example: kproto-lab fault POST /v2/kubernetes/clusters drop_after");
  }
  json fault = {{"method", words[0]}, {"path", words[1]}, {"kind", words[2]}};
  for (size_t i = 3; i < words.size(); ++i) {
    const std::pair<std::string, std::string> setting =
        absl::StrSplit(words[i], absl::MaxSplits('=', 1));
    int64_t number = 0;
    if (words[i].find('=') == std::string::npos) {
      return absl::InvalidArgumentError(absl::StrCat(words[i], " is not key=value"));
    }
    if (absl::SimpleAtoi(setting.second, &number)) {
      fault[setting.first] = number;
    } else {
      fault[setting.first] = setting.second;
    }
  }
  return fault;
}

}  // namespace

absl::Status InventoryCommand(const Words& words) {
  KPROTO_ASSIGN_OR_RETURN(const Arguments arguments,
                          Arguments::Parse(words, {"dir", "name"}, {"json"}));
  KPROTO_ASSIGN_OR_RETURN(const RunningLab lab, FindRunningLab(arguments));
  KPROTO_ASSIGN_OR_RETURN(const json inventory, AskSimulator(lab, "GET", "/lab/inventory"));
  arguments.Has("json") ? Print(inventory) : PrintInventory(inventory);
  return absl::OkStatus();
}

absl::Status CallsCommand(const Words& words) {
  KPROTO_ASSIGN_OR_RETURN(const Arguments arguments,
                          Arguments::Parse(words, {"dir", "name"}, {"json", "clear"}));
  KPROTO_ASSIGN_OR_RETURN(const RunningLab lab, FindRunningLab(arguments));
  if (arguments.Has("clear")) {
    return AskSimulator(lab, "DELETE", "/lab/calls").status();
  }
  KPROTO_ASSIGN_OR_RETURN(const json calls, AskSimulator(lab, "GET", "/lab/calls"));
  arguments.Has("json") ? Print(calls) : PrintCalls(calls);
  return absl::OkStatus();
}

absl::Status FaultCommand(const Words& words) {
  KPROTO_ASSIGN_OR_RETURN(const Arguments arguments,
                          Arguments::Parse(words, {"dir", "name", "cluster"}, {"json", "clear"}));
  KPROTO_ASSIGN_OR_RETURN(const RunningLab lab, FindRunningLab(arguments));
  const Words& asked = arguments.positional();
  if (!asked.empty() && (asked[0] == "scene" || asked[0] == "scenes")) {
    return SceneCommand(lab, arguments);
  }
  if (asked.empty() || asked[0] == "list") {
    KPROTO_ASSIGN_OR_RETURN(const json faults, AskSimulator(lab, "GET", "/lab/faults"));
    arguments.Has("json") ? Print(faults) : PrintFaults(faults);
    return absl::OkStatus();
  }
  if (asked[0] == "clear") {
    const std::string which = asked.size() > 1 ? absl::StrCat("/", asked[1]) : "";
    return AskSimulator(lab, "DELETE", absl::StrCat("/lab/faults", which)).status();
  }
  KPROTO_ASSIGN_OR_RETURN(const json fault, FaultFrom(asked));
  KPROTO_ASSIGN_OR_RETURN(const json made, AskSimulator(lab, "POST", "/lab/faults", fault));
  arguments.Has("json") ? Print(made)
                        : PrintFaults({{"faults", json::array({At(made, {"fault"})})}});
  return absl::OkStatus();
}

}  // namespace kproto::lab
