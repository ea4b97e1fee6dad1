// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/record.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::Propagation;

constexpr char kKey[] = "configuration.json";

kubernetes::ObjectKey RecordKey(const std::string& ns) {
  return {"v1", "ConfigMap", ns, "kproto-configuration"};
}

// Which stack it is, and how to get there, is the import's to say.
constexpr std::array<const char*, 4> kIdentity = {"id", "cluster_id", "kubernetes", "namespace"};

bool IsSaid(const Attribute& attribute) {
  return (attribute.required || attribute.optional) && !attribute.sensitive &&
         !attribute.write_only;
}

Json Said(const std::vector<Attribute>& attributes, const Value& value);

Json JsonOf(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kBool:
      return value.bool_value();
    case Value::Kind::kNumber:
      return value.number().AsInt64() ? Json(*value.number().AsInt64())
                                      : Json(value.number().AsDouble());
    case Value::Kind::kString:
      return value.string();
    case Value::Kind::kList:
    case Value::Kind::kSet: {
      Json list = Json::array();
      for (const Value& element : value.list()) {
        list.push_back(JsonOf(element));
      }
      return list;
    }
    case Value::Kind::kMap: {
      Json map = Json::object();
      for (const auto& [key, element] : value.map()) {
        map[key] = JsonOf(element);
      }
      return map;
    }
    default:
      return nullptr;
  }
}

// A value of `attribute`: what is nested says only what a user said.
Json JsonOf(const Attribute& attribute, const Value& value) {
  switch (value.is_known() ? attribute.nesting : Nesting::kNone) {
    case Nesting::kSingle:
      return Said(attribute.nested, value);
    case Nesting::kMap: {
      Json map = Json::object();
      for (const auto& [key, element] : value.map()) {
        map[key] = Said(attribute.nested, element);
      }
      return map;
    }
    case Nesting::kList:
    case Nesting::kSet: {
      Json list = Json::array();
      for (const Value& element : value.list()) {
        list.push_back(Said(attribute.nested, element));
      }
      return list;
    }
    default:
      return JsonOf(value);
  }
}

Json Said(const std::vector<Attribute>& attributes, const Value& value) {
  Json said = Json::object();
  for (const Attribute& attribute : attributes) {
    if (IsSaid(attribute)) {
      Json member = JsonOf(attribute, value[attribute.name]);
      if (!member.is_null()) {
        said[attribute.name] = std::move(member);
      }
    }
  }
  return said;
}

Value ValueOf(const Json& json) {
  if (json.is_boolean()) {
    return Value::Bool(json.get<bool>());
  }
  if (json.is_number_integer()) {
    return Value::Int(json.get<int64_t>());
  }
  if (json.is_number()) {
    return Value::OfNumber(Number(json.get<double>()));
  }
  if (json.is_string()) {
    return Value::String(json.get<std::string>());
  }
  if (json.is_array()) {
    Value::List list;
    for (const Json& element : json) {
      list.push_back(ValueOf(element));
    }
    return Value::OfList(std::move(list));
  }
  if (json.is_object()) {
    Value::Map map;
    for (const auto& [key, element] : json.items()) {
      map[key] = ValueOf(element);
    }
    return Value::OfMap(std::move(map));
  }
  return Value::Null();
}

}  // namespace

Json RecordOf(const MonitoringStackModel& model) {
  const auto& table = MonitoringStackModel::Fields();
  Json record = Said(table.attributes(), table.Encode(model));
  for (const char* name : kIdentity) {
    record.erase(name);
  }
  return record;
}

void FillFromRecord(const Json& record, MonitoringStackModel& model) {
  if (!record.is_object()) {
    return;
  }
  const auto& table = MonitoringStackModel::Fields();
  Value whole = table.Encode(model);
  for (const Attribute& attribute : table.attributes()) {
    const bool recorded =
        IsSaid(attribute) && record.contains(attribute.name) &&
        std::find(kIdentity.begin(), kIdentity.end(), attribute.name) == kIdentity.end();
    if (recorded && whole[attribute.name].is_null()) {
      whole.map()[attribute.name] = ValueOf(record[attribute.name]);
    }
  }
  if (absl::StatusOr<MonitoringStackModel> filled = table.Decode(whole); filled.ok()) {
    model = *std::move(filled);
  }
}

absl::StatusOr<Json> ReadRecord(const Cluster& cluster, const std::string& ns,
                                const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const std::optional<Json> object,
                          cluster.kubernetes->Get(RecordKey(ns), call));
  if (!object) {
    return Json();
  }
  // A dot is no separator in a pointer.
  Json record = Json::parse(kubernetes::StringAt(*object, absl::StrCat("/data/", kKey).c_str()),
                            nullptr, /*allow_exceptions=*/false);
  return record.is_object() ? record : Json();
}

absl::Status RecordStep::Observe(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(there_, ReadRecord(cluster, desired().ns, CallOf(context)));
  return absl::OkStatus();
}

Difference RecordStep::Compare() const {
  return there_ == stack_.desired.record
             ? Difference::None()
             : Difference::Differs("the configuration is not the one on record");
}

absl::Status RecordStep::Apply(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  const kubernetes::ObjectKey key = RecordKey(desired().ns);
  const Json object = {
      {"apiVersion", key.api_version},
      {"kind", key.kind},
      {"metadata",
       {{"name", key.name}, {"namespace", key.ns}, {"labels", {{kManagedByLabel, kManagedBy}}}}},
      {"data", {{kKey, desired().record.dump()}}}};
  return cluster.kubernetes->Apply(object, kubernetes::Conflicts::kForce, CallOf(context)).status();
}

absl::Status RecordStep::Remove(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  return cluster.kubernetes->Delete(RecordKey(desired().ns), Propagation::kBackground,
                                    CallOf(context));
}

}  // namespace kproto::monitoring_stack
