#include "tests/unit/unit_client/forms/form_fixture.h"

#include <regex>

#include "tram/base/embedded.h"
#include "tram/crypto/membership.h"
#include "tram/programme/signing.h"
#include "tram/session/bundle.h"

namespace tram {

std::span<const EmbeddedFile> PageTemplates();  // tram_embed

}  // namespace tram

namespace tram::client {
namespace {

constexpr char kProgramme[] = R"(
name = "visits"
version = 1
title = { vi = "Thăm khám", en = "Visits" }
[codes]
sex = [[1, "female", "Nữ", "Female"], [2, "male", "Nam", "Male"], [3, "old", "Cũ", "Old", "retired"]]
use = [[1, "none", "Không", "None"], [2, "lapse", "Lỡ dùng", "Lapse"]]
drug = [[1, "a", "A", "A"], [2, "b", "B", "B"], [3, "c", "C", "C"], [4, "d", "D", "D"],
  [5, "e", "E", "E"], [6, "f", "F", "F"], [7, "g", "G", "G"], [8, "h", "H", "H"]]
[[record]]
number = 16
name = "worker"
worker = true
shown_as = "display_name"
vi = "Nhân viên"
en = "Worker"
many = { vi = "Nhân viên", en = "Workers" }
fields = [
  { number = 16, name = "display_name", type = "text", max = 100, vi = "Tên", en = "Name" },
]
[[record]]
number = 17
name = "client"
person = true
shown_as = "full_name"
search = ["full_name"]
next = "episode"
vi = "Người bệnh"
en = "Client"
many = { vi = "Người bệnh", en = "Clients" }
fields = [
  { number = 16, name = "full_name", type = "text", required = true, max = 100, vi = "Họ và tên", en = "Name" },
  { number = 17, name = "sex", type = "code", codes = "sex", clear = true, vi = "Giới tính", en = "Sex" },
  { number = 18, name = "phone", type = "text", max = 20, more = true, vi = "Điện thoại", en = "Phone" },
  { number = 19, name = "note", type = "text", max = 4000, vi = "Ghi chú", en = "Note" },
  { number = 20, name = "left_out", type = "text", retired = true, vi = "Bỏ", en = "Left out" },
]
[[record]]
number = 18
name = "episode"
parent = "client"
vi = "Đợt điều trị"
en = "Episode"
many = { vi = "Các đợt", en = "Episodes" }
fields = [
  { number = 16, name = "intake", type = "date", clear = true, required = true, default = ":as_of", vi = "Ngày vào", en = "Intake" },
  { number = 17, name = "drug", type = "code", codes = "drug", clear = true, vi = "Chất", en = "Drug" },
  { number = 18, name = "others", type = "set", codes = "drug", vi = "Chất khác", en = "Others" },
  { number = 19, name = "weight", type = "decimal", scale = 1, vi = "Cân nặng", en = "Weight" },
  { number = 20, name = "days", type = "int", min = 0, max = 28, vi = "Số ngày", en = "Days" },
  { number = 21, name = "family", type = "bool", clear = true, vi = "Có gia đình", en = "Family" },
  { number = 22, name = "by", type = "ref", refers_to = "worker", clear = true, vi = "Người gặp", en = "By" },
  { number = 23, name = "use", type = "code", codes = "use", clear = true, group = "use", vi = "Sử dụng", en = "Use" },
  { number = 24, name = "use_date", type = "date", clear = true, required = true, group = "use", visible_if = "use = 'lapse'", vi = "Ngày dùng", en = "Day of use" },
  { number = 25, name = "ended", type = "date", clear = true, valid_if = "ended >= intake", vi = "Ngày ra", en = "End", help = { vi = "Không trước ngày vào", en = "Not before the intake" } },
  { number = 26, name = "friend", type = "ref", refers_to = "client", clear = true, vi = "Người đi cùng", en = "Came with" },
]
[[worklist]]
name = "call_back"
record = "client"
add = "episode"
vi = "Gọi lại"
en = "Call back"
empty = { vi = "Không ai", en = "Nobody" }
sql = "SELECT id, '' AS due, 'b' AS drug, 7 AS days, '2026-11-20' AS ended FROM client WHERE phone = '0999'"
[[check]]
name = "same_phone"
record = "client"
device_only = true
vi = "Cùng số điện thoại: hãy so sánh"
en = "The same phone: compare"
sql = """
SELECT id FROM client WHERE phone IN (
  SELECT phone FROM client GROUP BY phone HAVING count(*) > 1 AND phone <> '') """
[[check]]
name = "short_phone"
record = "client"
device_only = true
vi = "Số điện thoại quá ngắn"
en = "The phone number is too short"
sql = "SELECT id FROM client WHERE length(phone) < 3"
)";

std::string Unescaped(std::string text) {
  const std::pair<const char*, const char*> escapes[] = {{"&lt;", "<"},    {"&gt;", ">"},
                                                         {"&quot;", "\""}, {"&apos;", "'"},
                                                         {"&#39;", "'"},   {"&amp;", "&"}};
  for (const auto& [escaped, plain] : escapes) {
    for (auto at = text.find(escaped); at != text.npos; at = text.find(escaped, at + 1)) {
      text.replace(at, std::string(escaped).size(), plain);
    }
  }
  return text;
}

std::string Attribute(const std::string& tag, const std::string& name) {
  const std::regex pattern("\\s" + name + "=\"([^\"]*)\"");
  std::smatch match;
  return std::regex_search(tag, match, pattern) ? Unescaped(match[1]) : "";
}

bool Has(const std::string& tag, const std::string& word) {
  return std::regex_search(tag, std::regex("\\s" + word + "(?=[\\s>])"));
}

std::vector<std::string> Segments(const std::string& path) {
  std::vector<std::string> segments;
  std::istringstream in(path.substr(1));
  for (std::string segment; std::getline(in, segment, '/');) segments.push_back(segment);
  return segments;
}

/// What stands for each `{}`; nothing where the path is another.
std::optional<std::vector<std::string>> Match(const Route& route, const std::string& path) {
  const auto pattern = Segments(std::string(route.pattern)), have = Segments(path);
  if (pattern.size() != have.size()) return std::nullopt;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < have.size(); ++i) {
    if (pattern[i] == "{}") {
      parts.push_back(have[i]);
    } else if (pattern[i] != have[i]) {
      return std::nullopt;
    }
  }
  return parts;
}

}  // namespace

HttpFields InputsOf(const std::string& html, const std::string& form_id) {
  HttpFields fields;
  const std::size_t begin = html.find("id=\"" + form_id + "\"");
  EXPECT_NE(begin, std::string::npos) << "there is no form " << form_id;
  if (begin == std::string::npos) return fields;
  const std::string form = html.substr(begin, html.find("</form>", begin) - begin);
  static const std::regex control(
      "<input[^>]*>|<textarea[^>]*>\n?([^<]*)</textarea>|<select([^>]*)>([^]*?)</select>");
  for (std::sregex_iterator it(form.begin(), form.end(), control), end; it != end; ++it) {
    const std::string tag = it->str();
    const std::string name = Attribute(tag, "name");
    if (tag.starts_with("<textarea")) {
      fields.emplace(name, Unescaped((*it)[1]));
    } else if (tag.starts_with("<select")) {
      static const std::regex option("<option[^>]*>");
      const std::string options = (*it)[3];
      for (std::sregex_iterator one(options.begin(), options.end(), option); one != end; ++one) {
        if (Has(one->str(), "selected")) fields.emplace(name, Attribute(one->str(), "value"));
      }
    } else {
      const std::string type = Attribute(tag, "type");
      const bool box = type == "radio" || type == "checkbox";
      if (!box || Has(tag, "checked")) fields.emplace(name, Attribute(tag, "value"));
    }
  }
  return fields;
}

void Type(HttpFields& form, const std::string& field, const std::string& text) {
  form.erase("f." + field);
  if (!text.empty()) form.emplace("f." + field, text);
}

FormTest::FormTest() {
  const SigningKey server = SigningKey::Generate(SystemRandom());
  Founding founding;
  founding.unit = SystemRandom().NewId<UnitId>();
  founding.unit_name = "Trạm";
  founding.server = founding.programme_key = server.id();
  founding.programme =
      WriteSignedProgramme({server.Sign(ProgrammeStatement(kProgramme)), kProgramme});
  founding.unit_key = unit_key_.Copy();
  founding.passphrase = "đèn đường sáng lắm";
  std::vector<SecretKey> seeds;
  for (std::size_t i = 0; i < 2; ++i) {
    seeds.push_back(SecretKey::Generate(SystemRandom()));
    founding.keys.push_back(EnrolDevice(
        founding.unit, SigningKey::FromSeed(seeds.back().Copy()).id(), {clock_.now_ms}, server));
  }
  for (std::size_t i = 0; i < 2; ++i) {
    founding.device_seed = std::move(seeds[i]);
    const Status found = UnitDevice::Found(FolderOf(i), founding, clock_, SystemRandom());
    EXPECT_TRUE(found) << found.error().message;
    devices_.emplace_back();
    Reopen(i);
  }
}

std::filesystem::path FormTest::FolderOf(std::size_t at) const {
  return scratch_ / std::to_string(at);
}

void FormTest::Reopen(std::size_t at) {
  devices_[at].reset();
  auto opened = UnitDevice::Open(FolderOf(at), clock_, SystemRandom());
  ASSERT_TRUE(opened) << opened.error().message;
  devices_[at] = std::move(*opened);
  ASSERT_TRUE(devices_[at]->Unlock(unit_key_));
}

void FormTest::PassAll() {
  constexpr std::pair<int, int> kWays[] = {{0, 1}, {1, 0}};
  for (const auto& [from, to] : kWays) {
    UnitDevice& giver = device(static_cast<std::size_t>(from));
    UnitDevice& taker = device(static_cast<std::size_t>(to));
    Known known(giver.log());
    for (const Leaf& leaf : taker.log().Leaves()) known.Add(leaf.chain);
    auto bundle = WriteBundle(giver.replica(), known, giver.signing_key(), giver.own().id(),
                              giver.time().Estimate(), SystemRandom());
    ASSERT_TRUE(bundle) << bundle.error().message;
    auto taken = ReadBundle(taker.replica(), &taker.own(), bundle->file);
    ASSERT_TRUE(taken) << taken.error().message;
    ASSERT_TRUE(taker.RefreshView());
  }
}

Answer FormTest::Ask(const std::string& method, const std::string& target, const HttpFields& posted,
                     std::size_t at) {
  HttpRequest request;
  request.method = method;
  EXPECT_TRUE(SetTarget(request, target)) << target;
  Output out(language_, false);
  Call call{device(at), out, clock_, SystemRandom(), {}};
  for (auto routes : {TodayRoutes(), FormRoutes(), HistoryRoutes(), ConflictRoutes()}) {
    for (const Route& route : routes) {
      const auto parts = Match(route, request.path);
      if (route.method != method || !parts) continue;
      PageCall page{call, request, posted, *parts, session_, sessions_, services_};
      Result<Answer> answer = route.run(page);
      if (!answer) return ErrorResponse(answer.error());
      return *std::move(answer);
    }
  }
  ADD_FAILURE() << "no route for " << method << " " << target;
  return HttpResponse{};
}

Page FormTest::PageAt(const std::string& target, std::size_t at) {
  Answer answer = Ask("GET", target, {}, at);
  if (auto* page = std::get_if<Page>(&answer)) return *page;
  ADD_FAILURE() << target << " is no page: " << std::get<HttpResponse>(answer).body;
  return {};
}

HttpFields FormTest::FormAt(const std::string& target, std::size_t at) {
  return InputsOf(Html(PageAt(target, at)));
}

std::string FormTest::Sent(const std::string& target, const HttpFields& posted, std::size_t at) {
  Answer answer = Ask("POST", target, posted, at);
  if (auto* page = std::get_if<Page>(&answer)) {
    ADD_FAILURE() << target << " was refused: " << page->model.dump(1);
    return {};
  }
  const auto& response = std::get<HttpResponse>(answer);
  EXPECT_EQ(response.status, 303) << response.body;
  for (const auto& [name, value] : response.headers) {
    if (name != "Location") continue;
    EXPECT_EQ(value.find("check=1"), value.npos)
        << target << " was refused: " << PageAt(value, at).model.dump(1);
    return value;
  }
  return {};
}

Page FormTest::Refused(const std::string& target, const HttpFields& posted, std::size_t at) {
  Answer answer = Ask("POST", target, posted, at);
  if (auto* page = std::get_if<Page>(&answer)) return *page;
  for (const auto& [name, value] : std::get<HttpResponse>(answer).headers) {
    if (name == "Location" && value.find("check=1") != value.npos) return PageAt(value, at);
  }
  ADD_FAILURE() << target << " was taken: " << std::get<HttpResponse>(answer).body;
  return {};
}

ErrorCode FormTest::FailsWith(const std::string& method, const std::string& target,
                              const HttpFields& posted) {
  Answer answer = Ask(method, target, posted);
  const auto* response = std::get_if<HttpResponse>(&answer);
  if (response == nullptr) {
    ADD_FAILURE() << target << " gave a page";
    return ErrorCode::kIo;
  }
  for (const ErrorCode code : {ErrorCode::kNotFound, ErrorCode::kInvalid, ErrorCode::kDenied}) {
    if (HttpStatusOf(code) == response->status) return code;
  }
  ADD_FAILURE() << target << " gave " << response->status;
  return ErrorCode::kIo;
}

std::string FormTest::Html(const Page& page, Language language) {
  static const Templates templates = [] {
    std::vector<Templates::Source> sources;
    for (const EmbeddedFile& file : PageTemplates()) {
      sources.push_back({file.name.substr(0, file.name.find('.')), file.bytes});
    }
    auto loaded = Templates::Load(sources);
    EXPECT_TRUE(loaded) << loaded.error().message;
    return *std::move(loaded);
  }();
  Json model = page.model;
  model["page"] = {{"title", page.title}, {"heading", page.title}, {"csrf", "token"}};
  return templates.Render(page.template_name, language, model);
}

RecordId FormTest::Add(const std::string& type, const HttpFields& typed,
                       const std::optional<RecordId>& parent) {
  const std::string target = "/new/" + type + (parent ? "?parent=" + parent->Hex() : "");
  HttpFields form = FormAt(target);
  for (const auto& [name, value] : typed) form.erase(name);
  form.insert(typed.begin(), typed.end());
  const std::string op = OpIn(Sent("/new/" + type, form));
  return op.empty() ? RecordId() : RecordOf(*OpId::FromHexText(op));
}

RecordView FormTest::Find(const RecordId& record, std::size_t at) {
  auto found = device(at).view().Find(record);
  EXPECT_TRUE(found) << found.error().message;
  return *std::move(found);
}

const FieldView& FormTest::FieldOf(const RecordView& record, const std::string& name) {
  for (const FieldView& view : record.fields) {
    if (view.field->name == name) return view;
  }
  throw std::out_of_range(name);
}

Value FormTest::ValueOf(const RecordId& record, const std::string& name, std::size_t at) {
  const RecordView view = Find(record, at);
  return FieldOf(view, name).value;
}

Json FormTest::Drawn(const Page& page, const std::string& name) {
  for (const char* part : {"fields", "more"}) {
    for (const Json& field : page.model.at(part)) {
      if (field.at("name") == name) return field;
    }
  }
  return nullptr;
}

std::string FormTest::OpIn(const std::string& location) {
  const std::size_t at = location.find("saved=");
  return at == std::string::npos ? "" : location.substr(at + 6, OpId::kSize * 2);
}

}  // namespace tram::client
