// SPDX-License-Identifier: MPL-2.0
// The precompiled header (target kproto_grpc_pch) of provider/protocol, provider/plugin and their
// tests: what is slow to parse. Never included by name; every file includes what it uses.
#pragma once

#include <grpcpp/grpcpp.h>

#include <nlohmann/json.hpp>

#include "proto/tfplugin6.grpc.pb.h"
