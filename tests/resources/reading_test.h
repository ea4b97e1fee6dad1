// SPDX-License-Identifier: MPL-2.0
// ReadingTest: a data source as the host reads it: checked, then read, from the cloud in memory;
// and a function as the host calls it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/runtime/any.h"
#include "tests/support/fake_connections.h"
#include "tests/support/temp_dir.h"

namespace kproto::testing {

class ReadingTest : public ::testing::Test {
 protected:
  // What is not given is null. Whether it went well: see `said`.
  Value Read(AnyDataSource& source, Value::Map given) {
    said = Diagnostics();
    const Value config = Whole(source.schema(), std::move(given));
    source.Validate({}, config, said);
    const Value state = said.has_error() ? Value() : source.Read({}, config, said);
    EXPECT_TRUE(state.is_wholly_known());
    return state;
  }

  static Value Whole(const Schema& schema, Value::Map given) {
    for (const Attribute& attribute : schema.attributes) {
      given.try_emplace(attribute.name);
    }
    return Value::OfMap(std::move(given));
  }

  // "summary: detail [path]", a line for each that was said.
  std::string Said() const {
    std::string text;
    for (const Diagnostic& diagnostic : said.all()) {
      absl::StrAppend(&text, diagnostic.summary, ": ", diagnostic.detail, " [",
                      diagnostic.path.ToString(), "]\n");
    }
    return text;
  }

  FakeDigitalOcean& cloud() { return connections.cloud; }

  TempDir directory;
  FakeConnections connections{directory / "journal"};
  Diagnostics said;
};

inline std::vector<std::string> Texts(const Value& list) {
  std::vector<std::string> texts;
  if (list.is_known()) {
    for (const Value& element : list.list()) {
      texts.push_back(element.string());
    }
  }
  return texts;
}

struct Called {
  Value value;
  std::string error;  // "" when there was none
  int64_t argument = -1;
};

inline Called Call(AnyFunction& function, const std::vector<Value>& arguments) {
  std::optional<FunctionError> error;
  Called called;
  called.value = function.Call(arguments, error);
  if (error) {
    called.error = error->text;
    called.argument = error->argument.value_or(-1);
  }
  return called;
}

}  // namespace kproto::testing
