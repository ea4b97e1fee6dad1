// SPDX-License-Identifier: MPL-2.0
#include "clients/helm/chart_archive.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "clients/yaml/yaml.h"

namespace kproto::helm {
namespace {

constexpr size_t kMost = 64 << 20;
constexpr size_t kBlock = 512;  // of a tar

absl::StatusOr<std::string> Gunzip(absl::string_view packed) {
  z_stream stream = {};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) {
    return absl::InternalError("zlib does not start");
  }
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string plain;
  std::string buffer(1 << 16, '\0');
  int result = Z_OK;
  while (result == Z_OK && plain.size() <= kMost) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    result = inflate(&stream, Z_NO_FLUSH);
    plain.append(buffer, 0, buffer.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (plain.size() > kMost) {
    return absl::InvalidArgumentError("the archive holds more than 64 MiB");
  }
  if (result != Z_STREAM_END) {
    return absl::InvalidArgumentError("the archive is not gzip, or ends early");
  }
  return plain;
}

std::string TextField(absl::string_view header, size_t at, size_t size) {
  const absl::string_view field = header.substr(at, size);
  return std::string(field.substr(0, field.find('\0')));
}

// nullopt for what is no octal number.
std::optional<size_t> SizeField(absl::string_view header) {
  size_t size = 0;
  for (const char c : header.substr(124, 12)) {
    if (c >= '0' && c <= '7') {
      size = size * 8 + static_cast<size_t>(c - '0');
    } else if (c != ' ' && c != '\0') {
      return std::nullopt;
    }
  }
  return size <= kMost ? std::optional<size_t>(size) : std::nullopt;
}

// "path" of a pax header, whose records read "<length> <key>=<value>\n".
std::string PaxPath(absl::string_view records) {
  for (absl::string_view record : absl::StrSplit(records, '\n')) {
    const size_t space = record.find(' ');
    if (space != absl::string_view::npos && absl::StartsWith(record.substr(space + 1), "path=")) {
      return std::string(record.substr(space + 6));
    }
  }
  return "";
}

Json YamlOrNull(const std::map<std::string, std::string>& files, const std::string& path) {
  const auto found = files.find(path);
  if (found == files.end()) {
    return Json();
  }
  return yaml::Parse(found->second, yaml::DuplicateKeys::kLastWins).value_or(Json());
}

std::string TextOrNone(const std::map<std::string, std::string>& files, const std::string& path) {
  const auto found = files.find(path);
  return found == files.end() ? "" : found->second;
}

// Values of subcharts stand under the subchart's name, or the alias it is given.
void AddSubcharts(const std::map<std::string, std::string>& files, const std::string& root,
                  const Json& chart_yaml, ChartContents& contents) {
  for (const Json& dependency : chart_yaml.value("dependencies", Json::array())) {
    const std::string name = kubernetes::StringAt(dependency, "/name");
    const std::string alias = kubernetes::StringAt(dependency, "/alias");
    const Json values = YamlOrNull(files, absl::StrCat(root, "charts/", name, "/values.yaml"));
    if (values.is_object()) {
      contents.subcharts[alias.empty() ? name : alias] = values;
    } else if (!name.empty()) {
      contents.subcharts[alias.empty() ? name : alias] = Json();  // a library, or packed again
    }
  }
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> ReadTarGz(absl::string_view archive) {
  KPROTO_ASSIGN_OR_RETURN(const std::string tar, Gunzip(archive));
  std::map<std::string, std::string> files;
  std::string long_name;
  for (size_t at = 0; at + kBlock <= tar.size();) {
    const absl::string_view header = absl::string_view(tar).substr(at, kBlock);
    if (header[0] == '\0') {
      break;  // the end is marked by empty blocks
    }
    const std::optional<size_t> size = SizeField(header);
    if (!size || at + kBlock + *size > tar.size()) {
      return absl::InvalidArgumentError("the archive is not a tar, or ends early");
    }
    const absl::string_view content = absl::string_view(tar).substr(at + kBlock, *size);
    const char type = header[156];
    if (type == 'x') {
      long_name = PaxPath(content);
    } else if (type == 'L') {
      long_name = std::string(content.substr(0, content.find('\0')));
    } else if (type == '0' || type == '\0') {
      const std::string prefix = TextField(header, 345, 155);
      const std::string name = TextField(header, 0, 100);
      const std::string path = !long_name.empty() ? long_name
                               : prefix.empty()   ? name
                                                  : absl::StrCat(prefix, "/", name);
      files[path] = std::string(content);
      long_name.clear();
    }
    at += kBlock + (*size + kBlock - 1) / kBlock * kBlock;
  }
  return files;
}

ChartMetadata MetadataOf(const Json& chart_yaml) {
  ChartMetadata metadata;
  metadata.name = kubernetes::StringAt(chart_yaml, "/name");
  metadata.version = kubernetes::StringAt(chart_yaml, "/version");
  metadata.app_version = kubernetes::StringAt(chart_yaml, "/appVersion");
  metadata.description = kubernetes::StringAt(chart_yaml, "/description");
  metadata.kube_version = kubernetes::StringAt(chart_yaml, "/kubeVersion");
  metadata.deprecated = kubernetes::BoolAt(chart_yaml, "/deprecated");
  return metadata;
}

absl::StatusOr<ChartContents> ContentsOf(absl::string_view archive) {
  KPROTO_ASSIGN_OR_RETURN(const auto files, ReadTarGz(archive));
  std::string root;
  for (const auto& [path, text] : files) {
    const std::vector<std::string> parts = absl::StrSplit(path, '/');
    if (parts.size() == 2 && parts[1] == "Chart.yaml") {
      root = parts[0] + "/";
    }
  }
  const Json chart_yaml = YamlOrNull(files, root + "Chart.yaml");
  if (root.empty() || !chart_yaml.is_object()) {
    return absl::InvalidArgumentError("the archive holds no chart: it has no Chart.yaml");
  }
  ChartContents contents;
  contents.metadata = MetadataOf(chart_yaml);
  contents.values_text = TextOrNone(files, root + "values.yaml");
  contents.values = YamlOrNull(files, root + "values.yaml");
  if (!contents.values.is_object()) {
    contents.values = Json::object();
  }
  contents.schema = Json::parse(TextOrNone(files, root + "values.schema.json"), nullptr, false);
  if (!contents.schema.is_object()) {
    contents.schema = Json();
  }
  AddSubcharts(files, root, chart_yaml, contents);
  for (const auto& [path, text] : files) {
    if (absl::StartsWith(path, root + "templates/")) {
      absl::StrAppend(&contents.templates, text, "\n");
    }
  }
  return contents;
}

}  // namespace kproto::helm
