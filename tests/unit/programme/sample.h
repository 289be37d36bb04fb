// A small programme that loads, and edits of it.
#pragma once

#include <gtest/gtest.h>

#include <string>

namespace tram {

inline constexpr char kSample[] = R"toml(name = "sample"
version = 1
title = { vi = "Mẫu", en = "Sample" }

[[constant]]
name = "window_days"
value = 30
vi = "Số ngày"
en = "Days"

[codes]
kind = [
  [1, "one", "Một", "One"],
  [2, "two", "Hai", "Two"],
  [3, "old", "Cũ", "Old", "retired"],
]
slot = [[1, "m1", "1 tháng", "1 month"]]

[[record]]
number = 16
name = "client"
person = true
vi = "Khách hàng"
en = "Client"
many = { vi = "Khách hàng", en = "Clients" }
fields = [
  { number = 16, name = "full_name", type = "text", max = 10, vi = "Họ tên", en = "Name" },
  { number = 17, name = "started", type = "date", clear = true, vi = "Bắt đầu", en = "Started" },
  { number = 18, name = "kind", type = "code", codes = "kind", clear = true, vi = "Loại", en = "Kind" },
]

[[record]]
number = 17
name = "visit"
parent = "client"
vi = "Lần khám"
en = "Visit"
many = { vi = "Lần khám", en = "Visits" }
fields = [
  { number = 16, name = "slot", type = "code", codes = "slot", clear = true, vi = "Kỳ", en = "Slot" },
  { number = 17, name = "date", type = "date", clear = true, valid_if = "date >= (SELECT started FROM client WHERE id = visit.parent)", default = ":as_of", vi = "Ngày", en = "Date" },
  { number = 18, name = "reached", type = "bool", clear = true, group = "g", vi = "Gặp", en = "Reached" },
  { number = 19, name = "score", type = "decimal", scale = 2, min = 0, max = 20, clear = true, group = "g", vi = "Điểm", en = "Score" },
  { number = 20, name = "count", type = "int", min = 0, max = 9, clear = true, vi = "Số", en = "Count" },
  { number = 21, name = "kinds", type = "set", codes = "kind", vi = "Các loại", en = "Kinds" },
  { number = 22, name = "other", type = "ref", refers_to = "client", vi = "Khác", en = "Other" },
]

[[slots]]
record = "visit"
field = "slot"
date_field = "date"
done_field = "reached"
slots = [{ code = "m1", anchor = "started", months = 1, early_days = 14, late_days = 14 }]

[[check]]
name = "named"
record = "client"
device_only = true
vi = "Thiếu tên"
en = "No name"
sql = "SELECT id FROM client WHERE full_name IS NULL"

[[indicator]]
name = "visits"
kind = "activity"
shape = "count"
vi = "Lần khám"
en = "Visits"
definition = { vi = "Số lần khám.", en = "Visits." }
sql = "SELECT month_of(date) AS period, 'all', '', count(*), 0 FROM visit WHERE date <= :as_of GROUP BY period"
)toml";

/// The sample with one text exchanged, which must stand in it exactly once.
inline std::string SampleWith(const std::string& from, const std::string& to) {
  std::string text = kSample;
  std::size_t at = text.find(from);
  if (at == std::string::npos || text.find(from, at + 1) != std::string::npos) {
    ADD_FAILURE() << "not exactly once in the sample: " << from;
    return text;
  }
  return text.replace(at, from.size(), to);
}

}  // namespace tram
