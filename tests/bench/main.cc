// SPDX-License-Identifier: MPL-2.0
// kproto_bench PROVIDER: what starting it costs, as ratios to a bare gRPC server and to the plugins
// named in KPROTO_BENCH_PLUGINS (colon separated), measured in turns in one run, so that whatever
// else the machine does meets all of them; then what 1, 10 and 100 clusters cost, the plan of a
// monitoring stack, and when Argo CD's install begins. KPROTO_BENCH chooses from these, with commas
// between: start, scale, stack, nodes. Ends with the goals, and with exit code 1 if one is missed.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "tests/bench/codec.h"
#include "tests/bench/early_start.h"
#include "tests/bench/plugin_sample.h"
#include "tests/bench/scale.h"
#include "tests/bench/stack.h"

namespace kproto::bench {
namespace {

constexpr double kHandshakeToBare = 1.5;
constexpr double kHandshakeToPeer = 1.0 / 3;
constexpr double kPeakMegabytes = 20;
constexpr double kOverCloudWaits = 1.05;
constexpr double kMemoryGrowth = 1.05;
constexpr double kColdPlanToTemplates = 1.1;
constexpr double kUnchangedPlanToTemplates = 0.1;
// Of a refresh of any number of clusters up to a page: a look of its own, then lists.
constexpr int64_t kRefreshCalls = 5;

struct Contender {
  std::string name;
  std::string binary;
  Question question = Question::kSchema;
  std::vector<PluginSample> samples = {};
  // Medians of the samples, in milliseconds and megabytes.
  double handshake = 0, answer = 0, memory = 0, loaded = 0;
};

template <typename Get>
double Median(const std::vector<PluginSample>& samples, Get get) {
  std::vector<double> values;
  for (const PluginSample& sample : samples) {
    values.push_back(get(sample));
  }
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

absl::Status Measure(std::vector<Contender>& contenders, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    for (Contender& contender : contenders) {
      const auto sample = StartOnce(contender.binary, contender.question);
      if (!sample.ok()) {
        return sample.status();
      }
      contender.samples.push_back(*sample);
    }
  }
  for (Contender& c : contenders) {
    const auto loaded = LoadedMegabytes(c.binary);
    if (!loaded.ok()) {
      return loaded.status();
    }
    c.loaded = *loaded;
    c.handshake = Median(
        c.samples, [](const PluginSample& s) { return absl::ToDoubleMilliseconds(s.handshake); });
    c.answer = Median(c.samples,
                      [](const PluginSample& s) { return absl::ToDoubleMilliseconds(s.answer); });
    c.memory = Median(c.samples, [](const PluginSample& s) { return s.peak_megabytes; });
  }
  return absl::OkStatus();
}

void PrintTable(const std::vector<Contender>& contenders) {
  const Contender& bare = contenders.front();
  absl::PrintF("%-34s %20s %20s %20s %20s\n", "", "spawn → handshake", "spawn → answer",
               "peak memory", "loaded from file");
  for (const Contender& c : contenders) {
    absl::PrintF("%-34s %8.1f ms %6.2f× %8.1f ms %6.2f× %8.1f MB %6.2f× %8.1f MB %6.2f×\n", c.name,
                 c.handshake, c.handshake / bare.handshake, c.answer, c.answer / bare.answer,
                 c.memory, c.memory / bare.memory, c.loaded, c.loaded / bare.loaded);
  }
}

// Prints whether a goal is met, and returns it.
bool Goal(bool met, const std::string& text) {
  absl::PrintF("%-7s %s\n", met ? "met" : "MISSED", text);
  return met;
}

bool IsGlibc(const std::string& library) {
  static const auto& parts = *new std::vector<std::string>{
      "ld-linux", "libc.so", "libdl.so", "libm.so", "libpthread.so", "libresolv.so", "librt.so"};
  return std::any_of(parts.begin(), parts.end(),
                     [&](const std::string& part) { return absl::StartsWith(library, part); });
}

bool PrintGoals(const std::vector<Contender>& contenders) {
  const Contender& bare = contenders[0];
  const Contender& ours = contenders[1];
  const double to_bare = ours.handshake / bare.handshake;
  bool met = Goal(to_bare <= kHandshakeToBare,
                  absl::StrFormat("handshake within %.1f × the bare gRPC server: %.2f ×",
                                  kHandshakeToBare, to_bare));
  for (size_t i = 2; i < contenders.size(); ++i) {
    const double to_peer = ours.handshake / contenders[i].handshake;
    met &= Goal(
        to_peer <= kHandshakeToPeer,
        absl::StrFormat("handshake at most a third of %s: %.2f ×", contenders[i].name, to_peer));
  }
  met &= Goal(ours.memory < kPeakMegabytes,
              absl::StrFormat("peak memory of a schema-only process under %.0f MB: %.1f MB",
                              kPeakMegabytes, ours.memory));
  std::vector<std::string> foreign;
  for (const std::string& library : ours.samples.back().libraries) {
    if (!IsGlibc(library)) {
      foreign.push_back(library);
    }
  }
  return Goal(foreign.empty(),
              absl::StrCat("nothing but glibc loaded for the schema", foreign.empty() ? "" : ": ",
                           absl::StrJoin(foreign, ", "))) &&
         met;
}

bool PrintScaleGoals(const ScaleReport& report) {
  double worst = 0;
  int64_t refused = 0, refresh_calls = 0;
  for (const ScaleSample& sample : report.samples) {
    refused += sample.refused;
    if (sample.operation == "refresh") {
      refresh_calls = std::max(refresh_calls, sample.calls);
    }
    if (sample.operation == "create") {
      worst = std::max(worst, absl::FDivDuration(sample.simulated, sample.cloud_waits));
    }
  }
  bool met = Goal(worst <= kOverCloudWaits,
                  absl::StrFormat("creates within 5 %% of the cloud's own waits: %.3f ×", worst));
  met &= Goal(refused == 0, absl::StrCat("no call refused with 429: ", refused));
  met &= Goal(refresh_calls <= kRefreshCalls,
              absl::StrCat("a refresh costs calls by pages: ", refresh_calls, " at most"));
  const double growth = report.megabytes_at_last / report.megabytes_at_first;
  return Goal(growth <= kMemoryGrowth,
              absl::StrFormat("memory does not grow with time: %.3f × after %d refreshes", growth,
                              report.refreshes)) &&
         met;
}

bool PrintStackGoals(const StackReport& report) {
  const double cold = absl::FDivDuration(report.cold, report.templates);
  const double unchanged = absl::FDivDuration(report.unchanged, report.templates);
  const bool met = Goal(cold <= kColdPlanToTemplates,
                        absl::StrFormat("first plan of a stack within %.1f × helm template: %.2f ×",
                                        kColdPlanToTemplates, cold));
  return Goal(
             unchanged <= kUnchangedPlanToTemplates,
             absl::StrFormat("plan of an unchanged one within a tenth of it: %.2f ×", unchanged)) &&
         met;
}

void PrintCodec(const CodecSpeed& speed) {
  absl::PrintF("\nMessagePack, a state of %.0f kB%29s %18s\n", speed.payload_kilobytes, "decode",
               "encode");
  absl::PrintF("%-40s %13.0f MB/s %13.0f MB/s\n", "nlohmann/json, untyped document",
               speed.plain_decode, speed.plain_encode);
  absl::PrintF("%-40s %7.0f MB/s %.2f× %7.0f MB/s %.2f×\n", "kproto, typed and exact",
               speed.our_decode, speed.our_decode / speed.plain_decode, speed.our_encode,
               speed.our_encode / speed.plain_encode);
}

std::string NameOf(const std::string& binary) {
  return std::filesystem::path(binary).filename().string();
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// What was measured; nothing of what was not asked for.
struct Report {
  std::vector<Contender> contenders;
  std::optional<ScaleReport> scale;
  std::optional<StackReport> stack;
  std::optional<StartReport> start;
};

absl::StatusOr<std::vector<Contender>> MeasureStarts(const std::string& provider) {
  const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  std::vector<Contender> contenders = {
      {"bare gRPC server", (here / "kproto_bench_bare_server").string(), Question::kHealth},
      {NameOf(provider), provider}};
  for (const absl::string_view plugin :
       absl::StrSplit(Environment("KPROTO_BENCH_PLUGINS"), ':', absl::SkipEmpty())) {
    contenders.push_back({NameOf(std::string(plugin)), std::string(plugin)});
  }
  const std::string wanted = Environment("KPROTO_BENCH_ROUNDS");
  int rounds = 15;
  if (!wanted.empty() && (!absl::SimpleAtoi(wanted, &rounds) || rounds < 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("KPROTO_BENCH_ROUNDS: a number from 1 up, not \"", wanted, "\""));
  }
  absl::PrintF("Medians of %d starts each, in turns; × is the ratio to the first line.\n\n",
               rounds);
  KPROTO_RETURN_IF_ERROR(Measure(contenders, rounds));
  return contenders;
}

absl::Status MeasureAll(const std::string& provider, Report& report) {
  const std::string parts = Environment("KPROTO_BENCH");
  const std::set<std::string> chosen = absl::StrSplit(parts, ',', absl::SkipEmpty());
  const auto wanted = [&](const char* part) { return chosen.empty() || chosen.contains(part); };
  if (wanted("start")) {
    KPROTO_ASSIGN_OR_RETURN(report.contenders, MeasureStarts(provider));
    PrintTable(report.contenders);
    PrintCodec(MeasureCodec(0.5));
    absl::PrintF("\n");
  }
  if (wanted("scale")) {
    KPROTO_ASSIGN_OR_RETURN(report.scale, MeasureScale(provider));
    PrintScale(*report.scale);
  }
  if (wanted("stack")) {
    KPROTO_ASSIGN_OR_RETURN(report.stack, MeasureStack(provider));
    PrintStack(*report.stack);
  }
  if (wanted("nodes")) {
    KPROTO_ASSIGN_OR_RETURN(report.start, MeasureStart(provider));
    PrintStart(*report.start);
  }
  return absl::OkStatus();
}

bool PrintAllGoals(const Report& report) {
  absl::PrintF("\n");
  bool met = report.contenders.empty() || PrintGoals(report.contenders);
  met &= !report.scale || PrintScaleGoals(*report.scale);
  met &= !report.stack || PrintStackGoals(*report.stack);
  met &= !report.start || Goal(report.start->early.install < report.start->early.last_node,
                               "Argo CD's install begins before the last node runs");
  return met;
}

}  // namespace

int Main(const std::string& provider) {
  Report report;
  const absl::Status status = MeasureAll(std::filesystem::absolute(provider).string(), report);
  if (!status.ok()) {
    absl::FPrintF(stderr, "%s\n", std::string(status.message()));
    return 2;
  }
  return PrintAllGoals(report) ? 0 : 1;
}

}  // namespace kproto::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: kproto_bench PROVIDER\n", stderr);
    return 2;
  }
  return kproto::bench::Main(argv[1]);
}
