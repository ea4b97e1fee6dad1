// SPDX-License-Identifier: MPL-2.0
// How Argo CD is told to judge an Application inside an Application. It has no verdict of its own
// on that kind (removed in 1.8), so a parent would be healthy whatever its children are; and a
// child's verdict is only worth something once it is about the child's present spec.
#pragma once

namespace kproto::monitoring_stack {

// Key in the ConfigMap argocd-cm.
inline constexpr char kApplicationHealthKey[] =
    "resource.customizations.health.argoproj.io_Application";

inline constexpr char kApplicationHealthLua[] = R"lua(local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for k, v in pairs(a) do if not same(v, b[k]) then return false end end
  for k, _ in pairs(b) do if a[k] == nil then return false end end
  return true
end
local hs = {status = "Progressing", message = "Waiting for Argo CD to look at it"}
if obj.status == nil or obj.status.health == nil then return hs end
local sync = obj.status.sync
if sync ~= nil and sync.comparedTo ~= nil and obj.spec.sourceHydrator == nil then
  local stale = false
  if obj.spec.sources ~= nil then
    stale = not same(obj.spec.sources, sync.comparedTo.sources)
  elseif obj.spec.source ~= nil then
    stale = not same(obj.spec.source, sync.comparedTo.source)
  end
  if stale then
    hs.message = "The verdict is about an earlier spec"
    return hs
  end
end
hs.status = obj.status.health.status or "Progressing"
hs.message = obj.status.health.message or ""
if hs.status == "Healthy" and sync ~= nil and sync.status ~= "Synced" then
  hs.status = "Progressing"
  hs.message = "Not synced yet"
end
return hs
)lua";

}  // namespace kproto::monitoring_stack
