// SPDX-License-Identifier: MPL-2.0
#include "resources/sizes/size_for.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "provider/runtime/function.h"
#include "resources/listing.h"

namespace kproto {
namespace {

enum Argument : size_t { kSizes, kVcpus, kMemory, kRegion };

// The attributes of a size that count here; the host drops the others.
Type SizeType() {
  return Type::Object({{"slug", Type::String()},
                       {"vcpus", Type::Number()},
                       {"memory_gib", Type::Number()},
                       {"price_monthly", Type::Number()},
                       {"regions", Type::List(Type::String())}});
}

struct Size {
  std::string slug;
  double vcpus = 0, memory_gib = 0, price = 0;
  std::set<std::string> regions;
};

double NumberOr0(const Value& value) { return value.is_known() ? value.number().AsDouble() : 0; }

Size ReadSize(const Value& value) {
  Size size;
  size.slug = value["slug"].is_known() ? value["slug"].string() : "";
  size.vcpus = NumberOr0(value["vcpus"]);
  size.memory_gib = NumberOr0(value["memory_gib"]);
  size.price = NumberOr0(value["price_monthly"]);
  if (value["regions"].is_known()) {
    for (const Value& region : value["regions"].list()) {
      size.regions.insert(region.is_known() ? region.string() : "");
    }
  }
  return size;
}

class SizeFor final : public Function {
 public:
  SizeFor()
      : Function({.name = "size_for",
                  .summary = "The cheapest size with enough processors and memory.",
                  .description =
                      "Picks the cheapest of the given sizes that has at least so many virtual "
                      "processors and so much memory, in a region. The sizes come from "
                      "`data.kproto_sizes`: one read of DigitalOcean's prices serves any number of "
                      "picks. Of two sizes of one price the first by slug is taken.",
                  .parameters = {{.name = "sizes",
                                  .type = Type::List(SizeType()),
                                  .description = "`sizes` of a `kproto_sizes` data source."},
                                 {.name = "vcpus",
                                  .type = Type::Number(),
                                  .description = "Least number of virtual processors."},
                                 {.name = "memory_gib",
                                  .type = Type::Number(),
                                  .description = "Least memory in GiB."},
                                 {.name = "region",
                                  .allow_null = true,
                                  .description =
                                      "Slug of the region that must have the size; null for any."}},
                  .return_type = Type::String()}) {}

  Value Call(const std::vector<Value>& arguments, std::optional<FunctionError>& error) override {
    const double vcpus = arguments[kVcpus].number().AsDouble();
    const double memory = arguments[kMemory].number().AsDouble();
    const std::string region =
        arguments[kRegion].is_known() ? arguments[kRegion].string() : std::string();
    std::vector<Size> there;
    for (const Value& value : arguments[kSizes].list()) {
      Size size = ReadSize(value);
      if (!size.slug.empty() && (region.empty() || size.regions.count(region) > 0)) {
        there.push_back(std::move(size));
      }
    }
    if (there.empty()) {
      error = region.empty() ? ArgumentError(kSizes, "there is no size in it")
                             : ArgumentError(kRegion, UnknownRegion(arguments[kSizes], region));
      return Value::Null();
    }
    std::sort(there.begin(), there.end(), [](const Size& a, const Size& b) {
      return std::tie(a.price, a.slug) < std::tie(b.price, b.slug);
    });
    const auto fits = std::find_if(there.begin(), there.end(), [&](const Size& size) {
      return size.vcpus >= vcpus && size.memory_gib >= memory;
    });
    if (fits != there.end()) {
      return Value::String(fits->slug);
    }
    const auto most = [&](double Size::*member) {
      double largest = 0;
      for (const Size& size : there) {
        largest = std::max(largest, size.*member);
      }
      return largest;
    };
    // Blame memory only when processors alone would have been found.
    const bool too_many = vcpus > most(&Size::vcpus);
    error = ArgumentError(too_many ? kVcpus : kMemory,
                          absl::StrCat("no size has ", vcpus, " vCPUs and ", memory, " GiB",
                                       region.empty() ? "" : " in " + region,
                                       "; the most there is: ", most(&Size::vcpus), " vCPUs, ",
                                       most(&Size::memory_gib), " GiB"));
    return Value::Null();
  }

 private:
  static std::string UnknownRegion(const Value& sizes, const std::string& region) {
    std::set<std::string> regions;
    for (const Value& value : sizes.list()) {
      const Size size = ReadSize(value);
      regions.insert(size.regions.begin(), size.regions.end());
    }
    return absl::StrCat("no size is offered in \"", region,
                        "\"; regions with sizes: ", InWords({regions.begin(), regions.end()}));
  }
};

}  // namespace

std::unique_ptr<AnyFunction> MakeSizeFor() { return std::make_unique<SizeFor>(); }

}  // namespace kproto
