#include "tests/versions/programme_versions.h"

#include <stdexcept>

#include "tests/support/paths.h"
#include "tram/base/limits.h"
#include "tram/base/os_file.h"

namespace tram::versions {
namespace {

constexpr char kNewRecords[] = R"toml([[record]]
number = 20
name = "visit"
parent = "client"
vi = "Thăm nhà"
en = "Visit"
many = { vi = "Thăm nhà", en = "Visits" }
fields = [
  { number = 16, name = "date", type = "date", clear = true, required = true, vi = "Ngày", en = "Date" },
  { number = 17, name = "place", type = "text", vi = "Nơi", en = "Place" },
]

[[record]]
number = 21
name = "relative"
person = true
vi = "Người nhà"
en = "Relative"
many = { vi = "Người nhà", en = "Relatives" }
fields = [
  { number = 16, name = "full_name", type = "text", vi = "Họ và tên", en = "Name" },
]

[[check]]
)toml";

constexpr char kNewIndicator[] = R"toml([[indicator]]
name = "visits"
kind = "activity"
shape = "count"
by_person = true
vi = "Thăm nhà"
en = "Visits"
definition = { vi = "Theo tháng.", en = "By month." }
sql = """
SELECT month_of(date) AS period, 'all', '', count(*), 0 FROM visit
WHERE date <= :as_of GROUP BY period"""

[[indicator]]
)toml";

}  // namespace

std::string ProgrammeOne() {
  const Result<std::string> text =
      ReadFile(test::InSource("tests/golden/store/1/programme.toml"), kProgrammeBytesMax);
  if (!text) throw std::runtime_error(text.error().message);
  return *text;
}

std::string Exchanged(std::string toml, const std::string& from, const std::string& to) {
  const std::size_t at = toml.find(from);
  if (at == std::string::npos) throw std::runtime_error("the programme does not hold " + from);
  return toml.replace(at, from.size(), to);
}

std::string ProgrammeTwo() {
  std::string toml = Exchanged(ProgrammeOne(), "version = 1", "version = 2");
  toml = Exchanged(toml, "[codes]\n",
                   "[codes]\nstage = [[1, \"first\", \"Đầu\", \"First\"], "
                   "[2, \"second\", \"Sau\", \"Second\"]]\n");
  toml = Exchanged(toml, "\"Khác\", \"Other\"]", "\"Khác\", \"Other\", \"retired\"]");
  toml = Exchanged(toml, "\"Cần sa\", \"Cannabis\"]",
                   "\"Cần sa\", \"Cannabis\"], [4, \"meth\", \"Ma tuý đá\", \"Meth\"]");
  toml = Exchanged(toml, "  { number = 19, name = \"birth_year\"",
                   "  { number = 30, name = \"district\", type = \"text\", vi = \"Xã\", en = "
                   "\"District\" },\n  { number = 31, name = \"needs\", type = \"set\", codes = "
                   "\"drug\", clear = true, vi = \"Cần\", en = \"Needs\" },\n"
                   "  { number = 19, name = \"birth_year\"");
  toml = Exchanged(toml, "  { number = 17, name = \"drugs\"",
                   "  { number = 30, name = \"stage\", type = \"code\", codes = \"stage\", clear = "
                   "true, required = true, vi = \"Giai đoạn\", en = \"Stage\" },\n"
                   "  { number = 17, name = \"drugs\"");
  toml = Exchanged(toml, "  { number = 19, name = \"note\"",
                   "  { number = 30, name = \"minutes\", type = \"int\", min = 1, max = 600, clear "
                   "= true, vi = \"Phút\", en = \"Minutes\" },\n  { number = 19, name = \"note\"");
  toml = Exchanged(toml, "end_date >= intake_date", "end_date > intake_date");
  toml = Exchanged(toml, "[[check]]\n", kNewRecords);
  return Exchanged(toml, "[[indicator]]\n", kNewIndicator);
}

}  // namespace tram::versions
