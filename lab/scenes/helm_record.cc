// SPDX-License-Identifier: MPL-2.0
#include "lab/scenes/helm_record.h"

#include <zlib.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

constexpr int kGzip = 16 + MAX_WBITS;

absl::StatusOr<std::string> Inflate(const std::string& packed) {
  z_stream stream{};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  if (inflateInit2(&stream, kGzip) != Z_OK) {
    return absl::InternalError("zlib does not begin");
  }
  std::string text;
  int code = Z_OK;
  while (code == Z_OK) {
    char buffer[65536];
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    code = inflate(&stream, Z_NO_FLUSH);
    text.append(buffer, sizeof buffer - stream.avail_out);
  }
  inflateEnd(&stream);
  return code == Z_STREAM_END ? absl::StatusOr<std::string>(std::move(text))
                              : absl::InvalidArgumentError("not gzipped");
}

std::string Deflate(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace

absl::StatusOr<json> DecodeHelmRecord(absl::string_view data) {
  std::string outer, packed;
  if (!absl::Base64Unescape(data, &outer) || !absl::Base64Unescape(outer, &packed)) {
    return absl::InvalidArgumentError("a Helm record is base64 twice");
  }
  const absl::StatusOr<std::string> text = Inflate(packed);
  if (!text.ok()) {
    return text.status();
  }
  json record = ParseJson(*text);
  if (!record.is_object()) {
    return absl::InvalidArgumentError("a Helm record is JSON");
  }
  return record;
}

std::string EncodeHelmRecord(const json& record) {
  return absl::Base64Escape(absl::Base64Escape(Deflate(record.dump())));
}

json NewHelmRecord(const std::string& ns, const std::string& name) {
  return {{"name", name},
          {"namespace", ns},
          {"chart",
           {{"metadata", {{"name", name}, {"version", "0.0.0"}, {"apiVersion", "v2"}}},
            {"templates", json::array()},
            {"values", json::object()}}},
          {"config", json::object()},
          {"manifest", ""}};
}

void SetPending(json& record, int revision, const std::string& status) {
  const std::string now =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E9SZ", absl::Now(), absl::UTCTimeZone());
  const std::string first = Text(record, {"info", "first_deployed"});
  record["version"] = revision;
  record["info"] = {
      {"first_deployed", first.empty() ? now : first},
      {"last_deployed", now},
      {"deleted", ""},
      {"description", revision == 1 ? "Initial install underway" : "Preparing upgrade"},
      {"status", status}};
}

}  // namespace kproto::lab
