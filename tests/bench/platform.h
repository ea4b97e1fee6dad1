// SPDX-License-Identifier: MPL-2.0
// What examples/tofu/platform configures, for benches that apply it by the built provider in a lab.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/lab/support/lab_program.h"
#include "tests/support/provider_host.h"
#include "tests/support/temp_dir.h"

namespace kproto::bench {

// Folder of its values files.
std::string ValuesDir();

nlohmann::json PlatformCluster();
nlohmann::json PlatformStack(const std::string& cluster_id);

// The environment of a provider or a tool that works in `lab`, which is up.
std::map<std::string, std::string> LabEnvironment(lab::testing::LabProgram& lab);

testing::ProviderHost::Options HostOptions(const std::string& provider, const std::string& type,
                                           const testing::TempDir& directory,
                                           const std::map<std::string, std::string>& environment);

}  // namespace kproto::bench
