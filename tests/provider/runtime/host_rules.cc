// SPDX-License-Identifier: MPL-2.0
#include "tests/provider/runtime/host_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace kproto::testing {
namespace {

using Attributes = std::vector<Attribute>;
using Complaints = std::vector<std::string>;

// ---- the proposal ----------------------------------------------------------------------------

Value Propose(const Attributes& attributes, const Value& prior, const Value& config);

// Whether a prior set element is what `config` says, computed attributes aside.
bool SameButComputed(const Attributes& attributes, const Value& prior, const Value& config) {
  for (const Attribute& attribute : attributes) {
    if (attribute.computed && config[attribute.name].is_null()) {
      continue;
    }
    if (prior[attribute.name] != config[attribute.name]) {
      return false;
    }
  }
  return true;
}

Value ProposeElement(const Attribute& attribute, const Value& prior, const Value& config) {
  return config.is_known() ? Propose(attribute.nested, prior, config) : config;
}

Value ProposeNested(const Attribute& attribute, const Value& prior, const Value& config) {
  if (attribute.nesting == Nesting::kSingle) {
    return ProposeElement(attribute, prior, config);
  }
  if (attribute.nesting == Nesting::kMap) {
    Value::Map map;
    for (const auto& [key, element] : config.map()) {
      map[key] = ProposeElement(attribute, prior[key], element);
    }
    return Value::OfMap(std::move(map));
  }
  Value::List list;
  Value::List unused = prior.kind() == Value::Kind::kSet ? prior.list() : Value::List();
  for (size_t i = 0; i < config.list().size(); ++i) {
    Value before;
    if (prior.kind() == Value::Kind::kList && i < prior.list().size()) {
      before = prior.list()[i];
    }
    const auto same = std::find_if(unused.begin(), unused.end(), [&](const Value& candidate) {
      return SameButComputed(attribute.nested, candidate, config.list()[i]);
    });
    if (same != unused.end()) {
      before = *same;
      unused.erase(same);
    }
    list.push_back(ProposeElement(attribute, before, config.list()[i]));
  }
  return attribute.nesting == Nesting::kSet ? Value::OfSet(std::move(list))
                                            : Value::OfList(std::move(list));
}

Value Propose(const Attributes& attributes, const Value& prior, const Value& config) {
  Value::Map proposed;
  for (const Attribute& attribute : attributes) {
    const Value& configured = config[attribute.name];
    const Value& before = prior[attribute.name];
    if (configured.is_null() && attribute.computed) {
      proposed[attribute.name] = before;
    } else if (attribute.nesting != Nesting::kNone && configured.is_known()) {
      proposed[attribute.name] = ProposeNested(attribute, before, configured);
    } else {
      proposed[attribute.name] = configured;
    }
  }
  return Value::OfMap(std::move(proposed));
}

// ---- a valid plan ----------------------------------------------------------------------------

void CheckPlanned(const Attributes& attributes, const Value& prior, const Value& config,
                  const Value& planned, const std::string& path, Complaints& out);

void CheckNested(const Attribute& attribute, const Value& prior, const Value& config,
                 const Value& planned, const std::string& path, Complaints& out) {
  if (!planned.is_known()) {
    out.push_back(
        absl::StrCat(path, ": planned ", DebugString(planned), " for a configured value"));
    return;
  }
  auto element = [&](const Value& before, const Value& configured, const Value& after,
                     const std::string& at) {
    if (configured.is_known() && after.is_known()) {
      CheckPlanned(attribute.nested, before, configured, after, at, out);
    } else if (after != configured) {
      out.push_back(
          absl::StrCat(at, ": planned ", DebugString(after), " for ", DebugString(configured)));
    }
  };
  if (attribute.nesting == Nesting::kSingle) {
    element(prior, config, planned, path);
    return;
  }
  if (attribute.nesting == Nesting::kMap) {
    if (planned.map().size() != config.map().size()) {
      out.push_back(absl::StrCat(path, ": keys in plan disagree with keys in config"));
      return;
    }
    for (const auto& [key, configured] : config.map()) {
      element(prior[key], configured, planned[key], absl::StrCat(path, "[", key, "]"));
    }
    return;
  }
  if (planned.list().size() != config.list().size()) {
    out.push_back(absl::StrCat(path, ": count in plan disagrees with count in config"));
    return;
  }
  if (attribute.nesting == Nesting::kList) {
    static const auto& none = *new Value();
    for (size_t i = 0; i < config.list().size(); ++i) {
      const bool had = prior.kind() == Value::Kind::kList && i < prior.list().size();
      element(had ? prior.list()[i] : none, config.list()[i], planned.list()[i],
              absl::StrCat(path, "[", i, "]"));
    }
  }
}

void CheckPlanned(const Attributes& attributes, const Value& prior, const Value& config,
                  const Value& planned, const std::string& path, Complaints& out) {
  if (planned.map().size() != attributes.size()) {
    out.push_back(absl::StrCat(path, ": attributes are not those of the schema"));
  }
  for (const Attribute& attribute : attributes) {
    const std::string at = absl::StrCat(path, ".", attribute.name);
    const Value& configured = config[attribute.name];
    const Value& before = prior[attribute.name];
    const Value& after = planned[attribute.name];
    const bool collection = attribute.is_block && attribute.nesting != Nesting::kSingle;
    if (attribute.write_only) {
      if (!after.is_null()) {
        out.push_back(absl::StrCat(at, ": write-only but planned"));
      }
    } else if (collection && after.is_null()) {
      out.push_back(absl::StrCat(at, ": a block must be empty, not null"));
    } else if (after == configured || (attribute.computed && configured.is_null())) {
      continue;
    } else if (after == before && !before.is_null() && !configured.is_null()) {
      continue;  // Another spelling of what is there.
    } else if (attribute.nesting != Nesting::kNone && configured.is_known()) {
      CheckNested(attribute, before, configured, after, at, out);
    } else {
      out.push_back(absl::StrCat(at, ": planned ", DebugString(after), ", configured ",
                                 DebugString(configured), ", prior ", DebugString(before)));
    }
  }
}

// ---- a consistent result -----------------------------------------------------------------------

void CheckResult(const Value& planned, const Value& result, const std::string& path,
                 Complaints& out) {
  if (planned.is_unknown()) {
    return;
  }
  if (planned.kind() == Value::Kind::kMap && result.kind() == Value::Kind::kMap) {
    for (const auto& [key, value] : planned.map()) {
      if (result.map().count(key) == 0) {
        out.push_back(absl::StrCat(path, ".", key, ": element has vanished"));
      }
      CheckResult(value, result[key], absl::StrCat(path, ".", key), out);
    }
    for (const auto& [key, value] : result.map()) {
      if (planned.map().count(key) == 0) {
        out.push_back(absl::StrCat(path, ".", key, ": new element has appeared"));
      }
    }
  } else if (planned.kind() == Value::Kind::kList && result.kind() == Value::Kind::kList &&
             planned.list().size() == result.list().size()) {
    for (size_t i = 0; i < planned.list().size(); ++i) {
      CheckResult(planned.list()[i], result.list()[i], absl::StrCat(path, "[", i, "]"), out);
    }
  } else if (planned.is_wholly_known() && planned != result) {
    out.push_back(
        absl::StrCat(path, ": was ", DebugString(planned), ", but now ", DebugString(result)));
  }
}

}  // namespace

Value ProposedState(const Schema& schema, const Value& prior, const Value& config) {
  return config.is_null() ? config : Propose(schema.attributes, prior, config);
}

Complaints PlanComplaints(const Schema& schema, const Value& prior, const Value& config,
                          const Value& planned) {
  Complaints out;
  if (planned.is_null() != config.is_null()) {
    out.push_back("existence in plan disagrees with existence in config");
  } else if (!planned.is_null()) {
    CheckPlanned(schema.attributes, prior, config, planned, "", out);
  }
  return out;
}

Complaints ApplyComplaints(const Schema&, const Value& planned, const Value& result) {
  Complaints out;
  if (!result.is_wholly_known()) {
    out.push_back(absl::StrCat("unknown values after apply: ", DebugString(result)));
  }
  if (planned.is_null() != result.is_null()) {
    out.push_back("presence after apply disagrees with plan");
  }
  CheckResult(planned, result, "", out);
  return out;
}

}  // namespace kproto::testing
