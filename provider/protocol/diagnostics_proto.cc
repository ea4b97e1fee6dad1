// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/diagnostics_proto.h"

#include <string>
#include <variant>

#include "provider/protocol/utf8.h"

namespace kproto {

void ToProto(const Diagnostics& diagnostics, ProtoDiagnostics& wire) {
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    tfplugin6::Diagnostic& out = *wire.Add();
    out.set_severity(diagnostic.severity == Diagnostic::Severity::kError
                         ? tfplugin6::Diagnostic::ERROR
                         : tfplugin6::Diagnostic::WARNING);
    out.set_summary(ToValidUtf8(diagnostic.summary));
    out.set_detail(ToValidUtf8(diagnostic.detail));
    if (!diagnostic.path.empty()) {
      ToProto(diagnostic.path, *out.mutable_attribute());
    }
  }
}

void ToProto(const Path& path, tfplugin6::AttributePath& wire) {
  for (const Path::Step& step : path.steps()) {
    tfplugin6::AttributePath::Step& out = *wire.add_steps();
    if (const auto* attribute = std::get_if<Path::AttributeName>(&step)) {
      out.set_attribute_name(ToValidUtf8(attribute->name));
    } else if (const auto* key = std::get_if<std::string>(&step)) {
      out.set_element_key_string(ToValidUtf8(*key));
    } else {
      out.set_element_key_int(std::get<int64_t>(step));
    }
  }
}

}  // namespace kproto
