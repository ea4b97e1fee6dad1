// SPDX-License-Identifier: MPL-2.0
// `env`: what a shell needs to work in the lab by hand: eval "$(kproto-lab env)".
#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/substitute.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "lab/cli/commands.h"
#include "lab/kubernetes/json.h"
#include "lab/process/private_file.h"

namespace kproto::lab {
namespace {

namespace fs = std::filesystem;

constexpr char kTofurc[] = R"(provider_installation {
  filesystem_mirror {
    path    = "$0"
    include = ["registry.opentofu.org/kproto/kproto", "registry.terraform.io/kproto/kproto"]
  }
  direct {
    exclude = ["registry.opentofu.org/kproto/kproto", "registry.terraform.io/kproto/kproto"]
  }
}
)";

// Both hosts' own registries, so that OpenTofu and Terraform take the same source address.
constexpr const char* kRegistries[] = {"registry.opentofu.org", "registry.terraform.io"};

// In one move: a host that starts the provider meanwhile finds the old link or the new one.
absl::Status PointTo(const std::string& provider, const fs::path& link) {
  const fs::path staged = absl::StrCat(link.string(), ".", RandomHex(4));
  std::error_code error;
  if (fs::read_symlink(link, error) == provider) {
    return absl::OkStatus();
  }
  fs::create_directories(link.parent_path(), error);
  fs::create_symlink(provider, staged, error);
  if (!error) {
    fs::rename(staged, link, error);
  }
  return error ? absl::InternalError(absl::StrCat(link.string(), ": ", error.message()))
               : absl::OkStatus();
}

absl::Status WriteMirror(const LabFiles& files, const std::string& provider) {
  for (const char* registry : kRegistries) {
    const fs::path folder = fs::path(files.mirror()) / registry / "kproto/kproto" / KPROTO_VERSION;
    const fs::path link = folder / "linux_amd64/terraform-provider-kproto_v" KPROTO_VERSION;
    KPROTO_RETURN_IF_ERROR(PointTo(provider, link));
  }
  return WritePrivateFile(files.tofurc(), absl::Substitute(kTofurc, files.mirror()));
}

void Export(const std::string& name, const std::string& value) {
  printf("export %s='%s'\n", name.c_str(), absl::StrReplaceAll(value, {{"'", "'\\''"}}).c_str());
}

// The kubeconfig of the newest cluster that answers; "" when there is none.
std::string NewestKubeconfig(const nlohmann::json& status) {
  std::string newest;
  for (const nlohmann::json& cluster : Items(status, {"clusters"})) {
    if (At(cluster, {"ready"}) == true) {
      newest = Text(cluster, {"kubeconfig"});
    }
  }
  return newest;
}

}  // namespace

absl::Status EnvCommand(const Words& words) {
  KPROTO_ASSIGN_OR_RETURN(const Arguments arguments,
                          Arguments::Parse(words, {"dir", "name", "provider"}, {}));
  KPROTO_ASSIGN_OR_RETURN(const RunningLab lab, FindRunningLab(arguments));
  const std::string provider =
      fs::absolute(arguments.Get("provider", lab.record.provider)).string();
  if (!fs::exists(provider)) {
    // Everything else works without it.
    fprintf(stderr, "kproto-lab: no provider at %s yet\n", provider.c_str());
  }
  KPROTO_RETURN_IF_ERROR(WriteMirror(lab.files, provider));
  KPROTO_ASSIGN_OR_RETURN(const nlohmann::json status,
                          Ask(lab, lab.record.control_url, "GET", "/status"));
  Export("KPROTO_LAB_DIR", lab.files.directory());
  if (!lab.record.tools.empty()) {
    printf("export PATH='%s':\"$PATH\"\n", lab.record.tools.c_str());
  }
  Export("DIGITALOCEAN_API_URL", lab.record.simulator_url);
  Export("DIGITALOCEAN_TOKEN", lab.record.user_token);
  Export("TF_CLI_CONFIG_FILE", lab.files.tofurc());
  if (!lab.record.charts_url.empty()) {
    Export("KPROTO_CHART_MIRROR", lab.record.charts_url);
    Export("TF_VAR_git_repo_url", lab.record.git_url);
  }
  if (const std::string kubeconfig = NewestKubeconfig(status); !kubeconfig.empty()) {
    Export("KUBECONFIG", kubeconfig);
  }
  return absl::OkStatus();
}

}  // namespace kproto::lab
