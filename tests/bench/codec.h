// SPDX-License-Identifier: MPL-2.0
// How fast values travel: the protocol's codec, typed and exact, against nlohmann/json reading and
// writing the same MessagePack bytes as an untyped document.
#pragma once

namespace kproto::bench {

struct CodecSpeed {
  double payload_kilobytes = 0;
  // Megabytes of MessagePack a second.
  double our_decode = 0, our_encode = 0;
  double plain_decode = 0, plain_encode = 0;
};

// Takes about `seconds` for each of the four. A state of many node pools is the payload.
CodecSpeed MeasureCodec(double seconds);

}  // namespace kproto::bench
