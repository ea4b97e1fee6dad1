// SPDX-License-Identifier: MPL-2.0
#include "tests/bench/codec.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "provider/protocol/dynamic_value.h"

namespace kproto::bench {
namespace {

constexpr int kPools = 500;

Type PoolType() {
  return Type::Object({{"count", Type::Number()},
                       {"dedicated", Type::Bool()},
                       {"labels", Type::Map(Type::String())},
                       {"nodes", Type::List(Type::String())},
                       {"size", Type::String()}});
}

Value Pool(int number) {
  Value::List nodes;
  for (int i = 0; i < 4; ++i) {
    nodes.push_back(Value::String(absl::StrCat("pool-", number, "-node-", i)));
  }
  return Value::OfMap({{"count", Value::Int(number)},
                       {"dedicated", Value::Bool(number % 2 == 0)},
                       {"labels", Value::OfMap({{"node-type", Value::String("monitoring")},
                                                {"team", Value::String("platform")}})},
                       {"nodes", Value::OfList(std::move(nodes))},
                       {"size", Value::String("s-4vcpu-8gb")}});
}

// Calls `work` for about that long; how many megabytes a second that was, `size` bytes a call.
template <typename Work>
double MegabytesPerSecond(size_t size, double seconds, Work work) {
  const absl::Time start = absl::Now();
  int64_t calls = 0;
  absl::Duration spent;
  do {
    work();
    ++calls;
    spent = absl::Now() - start;
  } while (spent < absl::Seconds(seconds));
  return static_cast<double>(size) * static_cast<double>(calls) / (1 << 20) /
         absl::ToDoubleSeconds(spent);
}

}  // namespace

CodecSpeed MeasureCodec(double seconds) {
  const Type type = Type::Map(PoolType());
  Value::Map pools;
  for (int i = 0; i < kPools; ++i) {
    pools[absl::StrCat("pool-", i)] = Pool(i);
  }
  const Value value = Value::OfMap(std::move(pools));
  const std::string bytes = EncodeMsgpack(value, type).value();
  const nlohmann::json document = nlohmann::json::from_msgpack(bytes, true, false);

  // Used, so that no compiler leaves the work out.
  size_t used = 0;
  CodecSpeed speed;
  speed.payload_kilobytes = static_cast<double>(bytes.size()) / 1024;
  speed.our_decode = MegabytesPerSecond(bytes.size(), seconds,
                                        [&] { used += DecodeMsgpack(bytes, type)->map().size(); });
  speed.our_encode = MegabytesPerSecond(bytes.size(), seconds,
                                        [&] { used += EncodeMsgpack(value, type)->size(); });
  speed.plain_decode = MegabytesPerSecond(bytes.size(), seconds, [&] {
    used += nlohmann::json::from_msgpack(bytes, true, false).size();
  });
  speed.plain_encode = MegabytesPerSecond(
      bytes.size(), seconds, [&] { used += nlohmann::json::to_msgpack(document).size(); });
  return used > 0 ? speed : CodecSpeed{};
}

}  // namespace kproto::bench
