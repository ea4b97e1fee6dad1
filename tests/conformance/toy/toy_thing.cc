// SPDX-License-Identifier: MPL-2.0
#include "tests/conformance/toy/toy_thing.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/clock.h"
#include "base/random.h"
#include "provider/runtime/resource.h"

namespace kproto::toy {
namespace {

struct Port {
  Attr<int64_t> number;
  Attr<std::string> protocol;
  static const Table<Port>& Fields() {
    static const auto& table = *new Table<Port>({
        Field("number", &Port::number, Required(), Doc("Which port.")),
        Field("protocol", &Port::protocol, Optional(), Doc("`tcp` unless said otherwise.")),
    });
    return table;
  }
  bool operator==(const Port& other) const {
    return number == other.number && protocol == other.protocol;
  }
};

struct Pool {
  Attr<int64_t> count;
  Attr<std::string> kind;
  Attr<std::string> pool_id;
  static const Table<Pool>& Fields() {
    static const auto& table = *new Table<Pool>({
        Field("count", &Pool::count, Required(), Doc("How many.")),
        Field("kind", &Pool::kind, Optional(), Default(Value::String("small")), Doc("What kind.")),
        Field("pool_id", &Pool::pool_id, Computed(), Stable(), Doc("Given by the store.")),
    });
    return table;
  }
  bool operator==(const Pool& o) const {
    return count == o.count && kind == o.kind && pool_id == o.pool_id;
  }
};

struct Thing {
  Attr<std::string> id, name, label;
  Attr<int64_t> size, revision, password_version;
  Attr<Number> ratio;
  Attr<bool> enabled;
  Attr<SetOf<std::string>> tags;
  Attr<MapOf<std::string>> labels;
  Attr<ListOf<Number>> numbers;
  Attr<SecretString> password, token;
  Attr<Port> door;
  Attr<MapOf<Pool>> pools;
  Attr<ListOf<Port>> port;
  Attr<SetOf<Port>> rule;
  Attr<Value> anything;
  Attr<double> delay;
  Attr<std::string> fail;
  static const Table<Thing>& Fields();
};

const Table<Thing>& Thing::Fields() {
  static const auto& table = *new Table<Thing>({
      Field("id", &Thing::id, Computed(), Stable(), Doc("Given by the store.")),
      Field("name", &Thing::name, Required(), ForcesReplacement(), Doc("What it is called.")),
      Field("label", &Thing::label, OptionalComputed(), Doc("`name` in capitals when not set.")),
      Field("size", &Thing::size, Optional(), Default(Value::Int(1)), Doc("How large.")),
      Field("ratio", &Thing::ratio, Optional(), Doc("Any number at all.")),
      Field("enabled", &Thing::enabled, Optional(), Default(Value::Bool(true)), Doc("In use?")),
      Field("tags", &Thing::tags, Optional(), Doc("In no order.")),
      Field("labels", &Thing::labels, Optional(), Doc("By name.")),
      Field("numbers", &Thing::numbers, Optional(), Doc("In order.")),
      Field("password", &Thing::password, Optional(), WriteOnly(), Doc("Never stored.")),
      Field("password_version", &Thing::password_version, Optional(), Doc("Changes with it.")),
      Field("token", &Thing::token, Computed(), Stable(), Doc("Made once.")),
      Field("revision", &Thing::revision, Computed(), Doc("Counts the changes.")),
      Field("door", &Thing::door, Optional(), Doc("One nested object.")),
      Field("pools", &Thing::pools, Optional(), Doc("A map of nested objects.")),
      Field("port", &Thing::port, Optional(), AsBlock(), Doc("A list of blocks.")),
      Field("rule", &Thing::rule, Optional(), AsBlock(), Doc("A set of blocks.")),
      Field("anything", &Thing::anything, Optional(), Doc("Of any type.")),
      Field("delay", &Thing::delay, Optional(), Doc("Seconds that creating takes.")),
      Field("fail", &Thing::fail, Optional(), Doc("`before` or `after`: where creating fails.")),
  });
  return table;
}

// One file of the store: what the "cloud" itself knows of a thing.
class Record {
 public:
  Record(const Store& store, const std::string& id) : path_(store.directory + "/" + id) {}

  std::optional<nlohmann::json> Get() const {
    std::ifstream in(path_);
    nlohmann::json json = nlohmann::json::parse(in, nullptr, false);
    return json.is_object() ? std::make_optional(std::move(json)) : std::nullopt;
  }
  void Put(const Thing& thing) const {
    const nlohmann::json json = {{"name", *thing.name},
                                 {"size", *thing.size},
                                 {"revision", *thing.revision},
                                 {"password", thing.password.value_or({}).Reveal()}};
    std::ofstream(path_) << json.dump();
  }
  void Remove() const { std::remove(path_.c_str()); }

 private:
  std::string path_;
};

class ThingResource final : public Resource<Thing> {
 public:
  explicit ThingResource(const Store& store)
      : Resource<Thing>("toy_thing", 1, "A thing in a folder."), store_(store) {}

  void ValidateModel(const Thing& config, Diagnostics& diagnostics) override {
    if (config.size.is_known() && *config.size < 0) {
      diagnostics.AddError("Size is negative", "A thing cannot be smaller than nothing.",
                           Path("size"));
    }
  }

  void ModifyPlan(const Thing*, const Thing& config, Thing& planned, std::vector<Path>&,
                  Operation&) override {
    if (config.label.is_null() && planned.name.is_known()) {
      planned.label = absl::AsciiStrToUpper(*planned.name);
    }
  }

  Existence Create(const Thing& config, Thing& state, Operation& operation) override {
    if (config.fail.value_or("") == "before") {
      operation.diagnostics.AddError("Could not create the thing", "It was told to fail.");
      return Existence::kAbsent;
    }
    state.id = RandomHex(4);
    state.token = SecretString(RandomHex(4));
    state.revision = 1;
    operation.private_state = "made by toy";
    Write(config, state);
    if (!clock_.Sleep(absl::Seconds(config.delay.value_or(0)), operation.request.stop)) {
      operation.diagnostics.AddError("Creating the thing was stopped", "It is there, half made.");
    } else if (config.fail.value_or("") == "after") {
      operation.diagnostics.AddError("Could not finish the thing", "It was told to fail.");
    }
    return Existence::kPresent;
  }

  Existence Read(Thing& state, Operation&) override {
    const auto record = Record(store_, *state.id).Get();
    if (!record) {
      return Existence::kAbsent;
    }
    state.name = record->value("name", "");
    state.size = record->value("size", int64_t{0});
    state.revision = record->value("revision", int64_t{0});
    return Existence::kPresent;
  }

  void Update(const Thing& prior, const Thing& config, Thing& state,
              Operation& operation) override {
    if (config.fail.value_or("") == "update") {
      operation.diagnostics.AddError("Could not update the thing", "It was told to fail.");
      state = prior;
      return;
    }
    state.revision = *prior.revision + 1;
    Write(config, state);
  }

  void Delete(Thing& state, Operation&) override { Record(store_, *state.id).Remove(); }

  void ImportModel(const std::string& id, Thing& state, Operation& operation) override {
    if (id.find_first_not_of("0123456789abcdef") != std::string::npos) {
      operation.diagnostics.AddError("Not an id of a thing", "Ids are hexadecimal.", Path("id"));
    }
    state.id = id;
  }

  // Version 0 said "title" where version 1 says "name".
  absl::StatusOr<nlohmann::json> UpgradeState(int64_t, nlohmann::json state) const override {
    if (state.is_object() && state.contains("title")) {
      state["name"] = state["title"];
      state.erase("title");
    }
    return state;
  }

 private:
  // What the configuration does not say, the store makes up.
  void Write(const Thing& config, Thing& state) {
    if (state.label.is_unknown()) {
      state.label = absl::AsciiStrToUpper(*state.name);
    }
    if (state.pools.is_known()) {
      for (auto& [key, pool] : *state.pools) {
        if (pool.is_known() && pool->pool_id.is_unknown()) {
          pool->pool_id = RandomHex(4);
        }
      }
    }
    Thing stored = state;
    stored.password = config.password;
    Record(store_, *state.id).Put(stored);
  }

  const Store& store_;
  SystemClock clock_;
};

struct ThingData {
  Attr<std::string> id, name;
  Attr<int64_t> size;
  static const Table<ThingData>& Fields() {
    static const auto& table = *new Table<ThingData>({
        Field("id", &ThingData::id, Required(), Doc("Which thing.")),
        Field("name", &ThingData::name, Computed(), Doc("What it is called.")),
        Field("size", &ThingData::size, Computed(), Doc("How large it is.")),
    });
    return table;
  }
};

class ThingDataSource final : public DataSource<ThingData> {
 public:
  explicit ThingDataSource(const Store& store)
      : DataSource<ThingData>("toy_thing", "A thing that is there."), store_(store) {}

  void Read(ThingData& state, const RequestContext&, Diagnostics& diagnostics) override {
    const auto record = Record(store_, *state.id).Get();
    if (!record) {
      diagnostics.AddError("There is no such thing", "No file has that name.", Path("id"));
      return;
    }
    state.name = record->value("name", "");
    state.size = record->value("size", int64_t{0});
  }

 private:
  const Store& store_;
};

}  // namespace

std::unique_ptr<AnyResource> MakeThing(const Store& store) {
  return std::make_unique<ThingResource>(store);
}

std::unique_ptr<AnyDataSource> MakeThingData(const Store& store) {
  return std::make_unique<ThingDataSource>(store);
}

}  // namespace kproto::toy
