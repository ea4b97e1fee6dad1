// SPDX-License-Identifier: MPL-2.0
// Table: rows of text in aligned columns on stdout.
#pragma once

#include <string>
#include <vector>

namespace kproto::lab {

class Table {
 public:
  explicit Table(std::vector<std::string> header) { Add(std::move(header)); }
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.size() == 1; }

  // Columns are two blanks apart; the last one is not padded.
  std::string Text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace kproto::lab
