// SPDX-License-Identifier: MPL-2.0
#include "tests/lab/support/lab_program.h"

#include <httplib.h>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab::testing {

LabProgram::~LabProgram() { Do("down"); }

std::string LabProgram::Binary() { return KPROTO_LAB; }

CommandResult LabProgram::Do(const std::string& command, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {Binary(), command, "--dir", directory_});
  auto result = Run({.argv = arguments, .environment = Environment()});
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : CommandResult{.exit_code = -1};
}

nlohmann::json LabProgram::DoJson(const std::string& command) {
  return ParseJson(Do(command, {"--json"}).out);
}

void LabProgram::Up(std::vector<std::string> arguments) {
  const CommandResult up = Do("up", std::move(arguments));
  ASSERT_EQ(up.exit_code, 0) << up.out << up.err;
}

std::map<std::string, std::string> LabProgram::Env() {
  std::map<std::string, std::string> exported;
  for (absl::string_view line : absl::StrSplit(Do("env").out, '\n')) {
    if (absl::ConsumePrefix(&line, "export ")) {
      const std::pair<std::string, absl::string_view> variable =
          absl::StrSplit(line, absl::MaxSplits('=', 1));
      absl::string_view value = variable.second;
      absl::ConsumePrefix(&value, "'");
      absl::ConsumeSuffix(&value, "'");
      exported[variable.first] = std::string(value);
    }
  }
  return exported;
}

nlohmann::json LabProgram::Api(const std::string& method, const std::string& path,
                               const nlohmann::json& body) {
  const auto env = Env();
  if (!env.contains("DIGITALOCEAN_API_URL")) {
    return nullptr;
  }
  httplib::Client client(env.at("DIGITALOCEAN_API_URL"));
  client.set_bearer_token_auth(env.at("DIGITALOCEAN_TOKEN"));
  httplib::Request request;
  request.method = method;
  request.path = path;
  if (!body.is_null()) {
    request.body = body.dump();
    request.set_header("Content-Type", "application/json");
  }
  const httplib::Result result = client.send(request);
  return result && result->status < 300 ? ParseJson(result->body) : nlohmann::json();
}

}  // namespace kproto::lab::testing
