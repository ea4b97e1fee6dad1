// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/memory.h"

#include "clients/kubernetes/json_fields.h"
#include "nlohmann/json.hpp"

namespace kproto::monitoring_stack {
namespace {

using Json = nlohmann::json;

constexpr char kChecked[] = "checked", kFootprint[] = "footprint", kData[] = "data",
               kGone[] = "cluster gone";

Json Read(const PrivateState& private_state) {
  Json memory = Json::parse(private_state, nullptr, false);
  return memory.is_object() ? memory : Json::object();
}

}  // namespace

std::string CheckedDigest(const PrivateState& private_state) {
  return kubernetes::StringAt(Read(private_state), "/checked");
}

void SetCheckedDigest(const std::string& digest, PrivateState& private_state) {
  Json memory = Read(private_state);
  memory[kChecked] = digest;
  private_state = memory.dump();
}

bool ClusterIsGone(const PrivateState& private_state) {
  return Read(private_state).contains(kGone);
}

void SetClusterIsGone(bool gone, PrivateState& private_state) {
  if (gone == ClusterIsGone(private_state)) {
    return;
  }
  Json memory = Read(private_state);
  if (gone) {
    memory[kGone] = true;
  } else {
    memory.erase(kGone);
  }
  private_state = memory.dump();
}

std::optional<DataFacts> RememberedFacts(const PrivateState& private_state) {
  const Json memory = Read(private_state);
  if (!memory.contains(kData)) {
    return std::nullopt;
  }
  DataFacts facts;
  facts.schema = kubernetes::ListAt(memory[kData], "/schema");
  for (const std::string& component : kubernetes::StringsAt(memory[kData], "/volumes")) {
    facts.with_volume.insert(component);
  }
  return facts;
}

void Remember(const DataFacts& facts, PrivateState& private_state) {
  Json memory = Read(private_state);
  memory[kData] = {{"schema", facts.schema}, {"volumes", facts.with_volume}};
  private_state = memory.dump();
}

std::optional<Footprint> RememberedFootprint(const PrivateState& private_state) {
  const Json memory = Read(private_state);
  return memory.contains(kFootprint) ? std::optional<Footprint>(FootprintFrom(memory[kFootprint]))
                                     : std::nullopt;
}

void Remember(const std::optional<Footprint>& footprint, PrivateState& private_state) {
  Json memory = Read(private_state);
  if (footprint) {
    memory[kFootprint] = ToJson(*footprint);
  } else {
    memory.erase(kFootprint);
  }
  private_state = memory.dump();
}

}  // namespace kproto::monitoring_stack
