#include "tests/unit/central_server/questions_fixture.h"

#include <future>

namespace tram::server {
namespace {

const char kMoreOfProgramme[] = R"(
[codes]
reply = [
  [1, "right", "Đúng như vậy", "Right as it is"],
  [2, "corrected", "Đã sửa", "Corrected"],
]
state = [
  [1, "open", "Đang chờ", "Open"],
  [3, "closed", "Đã đóng", "Closed"],
]

[[record]]
number = 17
name = "again"
parent = "visit"
vi = "Khám lại"
en = "Visit again"
many = { vi = "Khám lại", en = "Visits again" }
fields = [
  { number = 16, name = "on", type = "date", clear = true, vi = "Ngày khám lại", en = "Date again" },
  { number = 17, name = "score", type = "int", clear = true, vi = "Điểm", en = "Score" },
]

[[record]]
number = 29
name = "asked"
of_province = true
vi = "Câu hỏi"
en = "Question"
many = { vi = "Câu hỏi", en = "Questions" }
fields = [
  { number = 16, name = "about", type = "ref", clear = true, required = true, vi = "Về", en = "About" },
  { number = 17, name = "text", type = "text", clear = true, required = true, max = 60, vi = "Hỏi", en = "Question" },
  { number = 18, name = "reply", type = "code", codes = "reply", clear = true, answer = true, vi = "Trả lời", en = "Reply" },
  { number = 19, name = "words", type = "text", clear = true, answer = true, vi = "Nội dung", en = "In words" },
  { number = 20, name = "state", type = "code", codes = "state", clear = true, vi = "Trạng thái", en = "State" },
]

[[check]]
name = "days_without_use"
record = "visit"
vi = "Có số ngày dùng nhưng ghi là không dùng"
en = "Days of use though it says no use"
sql = "SELECT id FROM visit WHERE used = 0 AND days > 0"

[[check]]
name = "again_before"
record = "again"
vi = "Khám lại trước lần khám"
en = "Seen again before the visit"
sql = "SELECT a.id FROM again AS a JOIN visit AS v ON v.id = a.parent WHERE a.\"on\" < v.date"

[[check]]
name = "no_note"
record = "visit"
device_only = true
vi = "Chưa có ghi chú"
en = "No note"
sql = "SELECT id FROM visit WHERE note IS NULL"

[[worklist]]
name = "to_answer"
record = "asked"
vi = "Cần trả lời"
en = "To answer"
empty = { vi = "Không có", en = "None" }
sql = "SELECT id, '' AS due FROM asked WHERE reply IS NULL AND state = 'open' ORDER BY created_ms, id"

[[indicator]]
name = "found"
kind = "activity"
shape = "count"
vi = "Có vẻ sai"
en = "Looks wrong"
bins = [ ["days_without_use", "Số ngày", "Days"], ["again_before", "Khám lại", "Again"] ]
definition = { vi = "Số hồ sơ.", en = "Records." }
sql = "SELECT '', 'all', name, count(*), 0 FROM finding GROUP BY name"
)";

constexpr char kPassphrase[] = "correct horse battery";

}  // namespace

void QuestionsTest::SetUp() {
  PagesTest::SetUp();
  const auto programme =
      Programme::Load(std::string(kTestProgramme) + kMoreOfProgramme, "questions.toml");
  ASSERT_OK(programme);
  ASSERT_OK(state().UseProgramme(**programme, "test"));
  unit_ = AddTestUnit("KH-01", "56");
  device_ = NewDevice(unit_);
}

void QuestionsTest::TearDown() {
  device_.reset();
  PagesTest::TearDown();
}

std::unique_ptr<UnitDevice> QuestionsTest::NewDevice(const Unit& unit) {
  SecretKey seed = SecretKey::Generate(SystemRandom());
  const DeviceId id = SigningKey::FromSeed(seed.Copy()).id();
  const Result<NewCode> code = IssueCode(state(), unit, kCodeHoursDefault, "test");
  EXPECT_TRUE(code) << (code ? "" : code.error().message);
  const Result<EnrolReply> reply =
      EnrolmentDesk(state()).Enrol({id, code->code, {}, {}}, "127.0.0.1");
  EXPECT_TRUE(reply) << (reply ? "" : reply.error().message);
  Founding founding;
  founding.unit = reply->unit;
  founding.unit_name = reply->unit_name;
  founding.server = reply->server;
  founding.programme_key = reply->programme_key;
  founding.programme = reply->programme;
  founding.keys = reply->keys;
  founding.device_seed = std::move(seed);
  founding.unit_key = SecretKey::Generate(SystemRandom());
  founding.passphrase = kPassphrase;
  const std::filesystem::path folder = device_folder_ / std::to_string(++devices_);
  const Status founded = UnitDevice::Found(folder, founding, clock_, SystemRandom());
  EXPECT_TRUE(founded) << (founded ? "" : founded.error().message);
  auto device = UnitDevice::Open(folder, clock_, SystemRandom());
  EXPECT_TRUE(device) << (device ? "" : device.error().message);
  EXPECT_TRUE((*device)->Unlock(founding.unit_key));
  return std::move(*device);
}

void QuestionsTest::Sync(UnitDevice& device) {
  SyncClient client = device.NewSync();
  for (int rounds = 0; rounds < 50; ++rounds) {
    const Result<Bytes> request = client.NextRequest({"POST", kSyncPath});
    ASSERT_TRUE(request) << request.error().message;
    HttpResponse response;
    if (owner_) {
      std::promise<HttpResponse> promise;
      owner_->Sync(std::string(AsText(*request)),
                   [&](HttpResponse answer) { promise.set_value(std::move(answer)); });
      response = promise.get_future().get();
    } else {
      response = Answer(*request);
    }
    ASSERT_EQ(response.status, 200) << response.body;
    const Result<bool> more = client.TakeReply(AsBytes(response.body));
    ASSERT_TRUE(more) << more.error().message;
    if (!*more) break;
  }
  EXPECT_TRUE(client.report().complete);
  ASSERT_OK(device.RefreshView());
}

RecordId QuestionsTest::Save(UnitDevice& device, const std::string& type,
                             std::map<std::uint32_t, Value> values,
                             const std::optional<RecordId>& parent) {
  RecordForm form;
  form.type = device.programme().ByName(type);
  form.values = std::move(values);
  form.parent = parent;
  const Result<Saved> saved = device.Save(form);
  EXPECT_TRUE(saved) << (saved ? "" : saved.error().message);
  return saved ? saved->record : RecordId();
}

void QuestionsTest::Change(UnitDevice& device, const RecordId& record,
                           std::map<std::uint32_t, Value> values) {
  const Result<RecordView> found = device.view().Find(record);
  ASSERT_TRUE(found) << found.error().message;
  RecordForm form;
  form.type = found->type;
  form.record = record;
  form.values = std::move(values);
  ASSERT_OK(device.Save(form));
}

RecordId QuestionsTest::WrongVisit(UnitDevice& device) {
  return Save(device, "visit",
              {{kVisitDate, DateOf(2026, 11, 3)},
               {kVisitUsed, false},
               {kVisitDays, std::int64_t{17}},
               {kVisitNote, std::string("sống với mẹ")}});
}

std::vector<RecordId> QuestionsTest::ToAnswer(UnitDevice& device) {
  std::vector<RecordId> records;
  for (const Worklist& list : device.programme().worklists) {
    const RecordType* type = device.programme().ByName(list.record);
    if (type == nullptr || !type->of_province) continue;
    const auto items = device.view().Work(list, LocalDate(clock_.WallMs()));
    EXPECT_TRUE(items) << (items ? "" : items.error().message);
    for (const WorkItem& item : *items) records.push_back(item.record);
  }
  return records;
}

Value QuestionsTest::ValueOf(const RecordView& record, std::uint32_t field) {
  for (const FieldView& view : record.fields) {
    if (view.field->number == field) return view.value;
  }
  return {};
}

void QuestionsTest::WorkAll() {
  OnOwner([](ServerState&, RollupWorker& worker) -> Status {
    for (;;) {
      TRAM_ASSIGN(const bool more, worker.Step());
      if (!more) return {};
    }
  });
}

std::vector<std::string> QuestionsTest::AuditLines() {
  std::vector<std::string> lines;
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    TRAM_ASSIGN(const std::vector<AuditRow> rows, server.store().audit().All());
    for (const AuditRow& row : rows) lines.push_back(row.who + " | " + row.what);
    return {};
  });
  return lines;
}

std::string QuestionsTest::At(const Unit& unit, const std::string& check, const RecordId& record) {
  return "/questions/" + unit.code + "/" + check + "/" + record.Hex();
}

}  // namespace tram::server
