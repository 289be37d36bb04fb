#include "tests/sim/sim_programme.h"

#include <array>

#include "tests/sim/sim_random.h"
#include "tram/programme/signing.h"

namespace tram::sim {
namespace {

constexpr std::uint64_t kKeySeed = 0x7472616d;

// What version 2 has more stands at its marks (#2 …), which are comments to version 1.
constexpr char kText[] = R"toml(name = "simulated"
version = 1
title = { vi = "Mô phỏng", en = "Simulated" }

[codes]
sex = [[1, "male", "Nam", "Male"], [2, "female", "Nữ", "Female"]]
state = [
  [1, "new", "Mới", "New"],
  [2, "open", "Đang theo dõi", "Open"],
  [3, "closed", "Đã kết thúc", "Closed"],
]
need = [
  [1, "housing", "Chỗ ở", "Housing"],
  [2, "work", "Việc làm", "Work"],
  [3, "papers", "Giấy tờ", "Papers"],
#2  [4, "loan", "Vay vốn", "Loan"],
]
drug = [
  [1, "heroin", "Heroin", "Heroin"],
  [2, "cannabis", "Cần sa", "Cannabis"],
  [3, "alcohol", "Rượu bia", "Alcohol"],
]
end_reason = [
  [1, "completed", "Hoàn thành", "Completed"],
  [2, "left", "Tự ý bỏ", "Left"],
  [3, "moved", "Chuyển nơi ở", "Moved"RETIRED],
]
use = [
  [1, "none", "Không sử dụng", "No use"],
  [2, "some", "Có sử dụng", "Some use"],
  [99, "not_known", "Không rõ", "Not known"],
]
topic = [
  [1, "family", "Gia đình", "Family"],
  [2, "craving", "Cơn thèm nhớ", "Craving"],
  [3, "legal", "Pháp lý", "Legal"RETIRED],
]

[[record]]
number = 16
name = "client"
person = true
vi = "Khách hàng"
en = "Client"
many = { vi = "Khách hàng", en = "Clients" }
fields = [
  { number = 16, name = "full_name", type = "text", max = 200, vi = "Họ và tên", en = "Name" },
  { number = 17, name = "code", type = "text", clear = true, max = 20, vi = "Mã số", en = "Code" },
  { number = 18, name = "sex", type = "code", codes = "sex", clear = true, vi = "Giới tính", en = "Sex" },
  { number = 19, name = "birth_year", type = "int", clear = true, min = 1900, max = 2100, vi = "Năm sinh", en = "Year of birth" },
  { number = 20, name = "phone", type = "text", group = "contact", vi = "Điện thoại", en = "Phone" },
  { number = 21, name = "address", type = "text", group = "contact", vi = "Địa chỉ", en = "Address" },
  { number = 22, name = "state", type = "code", codes = "state", clear = true, group = "standing", vi = "Tình trạng", en = "State" },
  { number = 23, name = "state_on", type = "date", clear = true, group = "standing", vi = "Từ ngày", en = "Since" },
  { number = 24, name = "needs", type = "set", codes = "need", vi = "Nhu cầu", en = "Needs" },
  { number = 25, name = "consent", type = "bool", clear = true, vi = "Đồng ý", en = "Consent" },
#2  { number = 26, name = "district", type = "text", clear = true, max = 50, vi = "Huyện", en = "District" },
]

[[record]]
number = 17
name = "episode"
parent = "client"
vi = "Đợt điều trị"
en = "Episode"
many = { vi = "Các đợt điều trị", en = "Episodes" }
fields = [
  { number = 16, name = "intake", type = "date", clear = true, required = true, default = ":as_of", vi = "Tiếp nhận", en = "Intake" },
  { number = 17, name = "drugs", type = "set", codes = "drug", clear = true, vi = "Chất", en = "Drugs" },
  { number = 18, name = "end_date", type = "date", clear = true, group = "ending", valid_if = "end_date >= intake", vi = "Kết thúc", en = "End" },
  { number = 19, name = "end_reason", type = "code", codes = "end_reason", clear = true, group = "ending", vi = "Lý do", en = "Reason" },
  { number = 20, name = "dose", type = "decimal", scale = 2, min = -5, max = 1000, vi = "Liều", en = "Dose" },
  { number = 21, name = "counsellor", type = "ref", refers_to = "worker", clear = true, vi = "Tư vấn viên", en = "Counsellor" },
]

[[record]]
number = 18
name = "visit"
parent = "episode"
vi = "Lần khám"
en = "Visit"
many = { vi = "Các lần khám", en = "Visits" }
fields = [
  { number = 16, name = "date", type = "date", clear = true, default = ":as_of", vi = "Ngày", en = "Date" },
  { number = 17, name = "use", type = "code", codes = "use", clear = true, vi = "Sử dụng", en = "Use" },
  { number = 18, name = "use_days", type = "int", clear = true, min = 0, max = 28, visible_if = "use = 'some'", vi = "Số ngày", en = "Days of use" },
  { number = 19, name = "note", type = "text", vi = "Ghi chú", en = "Note" },
  { number = 20, name = "about", type = "text", group = "talk", vi = "Nội dung", en = "About" },
  { number = 21, name = "score", type = "int", group = "talk", vi = "Điểm", en = "Score" },
  { number = 22, name = "topics", type = "set", codes = "topic", vi = "Chủ đề", en = "Topics" },
]

[[record]]
number = 19
name = "worker"
worker = true
vi = "Nhân viên"
en = "Worker"
many = { vi = "Nhân viên", en = "Workers" }
fields = [
  { number = 16, name = "display_name", type = "text", clear = true, max = 60, vi = "Tên", en = "Name" },
]
#2
#2[[record]]
#2number = 20
#2name = "support"
#2parent = "client"
#2vi = "Hỗ trợ"
#2en = "Support"
#2many = { vi = "Các hỗ trợ", en = "Supports" }
#2fields = [
#2  { number = 16, name = "need", type = "code", codes = "need", clear = true, vi = "Nhu cầu", en = "Need" },
#2  { number = 17, name = "result", type = "text", vi = "Kết quả", en = "Result" },
#2]

[[indicator]]
name = "visits"
kind = "activity"
shape = "count"
vi = "Lần khám"
en = "Visits"
definition = { vi = "Số lần khám trong tháng.", en = "Visits in the month." }
sql = """
SELECT month_of(date) AS period, 'all', '', count(*), 0 FROM visit
WHERE date <= :as_of GROUP BY period"""
)toml";

void Replace(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
}

std::string TextOf(int version) {
  std::string text = kText;
  if (version == 1) {
    Replace(text, "RETIRED", "");
    return text;
  }
  Replace(text, "\nversion = 1\n", "\nversion = 2\n");
  Replace(text, "\n#2", "\n");
  Replace(text, "RETIRED", ", \"retired\"");
  return text;
}

struct Loaded {
  std::string file;
  std::shared_ptr<const Programme> programme;
};

Loaded LoadVersion(int version) {
  const std::string text = TextOf(version);
  auto programme = Programme::Load(text, "simulated");
  TRAM_ASSERT(programme);
  return {WriteSignedProgramme({ProgrammeKey().Sign(ProgrammeStatement(text)), text}), *programme};
}

const Loaded& Version(int version) {
  static const std::array<Loaded, kSimProgrammes> kLoaded = {LoadVersion(1), LoadVersion(2)};
  TRAM_ASSERT(version >= 1 && version <= kSimProgrammes);
  return kLoaded[static_cast<std::size_t>(version - 1)];
}

}  // namespace

const SigningKey& ProgrammeKey() {
  static const SigningKey kKey = [] {
    SimRandom random(kKeySeed);
    return SigningKey::Generate(random);
  }();
  return kKey;
}

const std::shared_ptr<const Programme>& SimProgramme(int version) {
  return Version(version).programme;
}

const std::string& SignedSimProgramme(int version) { return Version(version).file; }

}  // namespace tram::sim
