// SPDX-License-Identifier: MPL-2.0
// Tags: names that other things carry. They keep the case they were first written in, and compare
// without it.
#pragma once

#include <string>
#include <vector>

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

bool TagIsValid(const std::string& tag);  // ^[a-zA-Z0-9:\-_]{1,255}$

// Makes tag objects for names that a new thing brings along.
void NoteTags(Cloud* cloud, const Json& tags);

bool TagExists(Cloud* cloud, const std::string& tag);

bool HasTag(const Json& thing, const std::string& tag);

}  // namespace kproto::lab
