#include "tests/unit/central_server/server_fixture.h"

#include <spdlog/spdlog.h>

#include "tram/session/bundle.h"
#include "tram/session/enrolment.h"
#include "tram/wire/op_codec.h"

namespace tram::server {

const char kTestProgramme[] = R"(
name = "visits"
version = 1
title = { vi = "Lượt khám", en = "Visits" }

[[record]]
number = 16
name = "visit"
vi = "Lượt khám"
en = "Visit"
many = { vi = "Lượt khám", en = "Visits" }
fields = [
  { number = 16, name = "date", type = "date", clear = true, vi = "Ngày", en = "Date" },
  { number = 17, name = "used", type = "bool", clear = true, vi = "Có dùng", en = "Used" },
  { number = 18, name = "days", type = "int", clear = true, vi = "Số ngày", en = "Days" },
  { number = 19, name = "note", type = "text", vi = "Ghi chú", en = "Note" },
]

[[indicator]]
name = "visits"
kind = "activity"
shape = "count"
vi = "Lượt khám"
en = "Visits"
definition = { vi = "Theo tháng.", en = "By month." }
sql = "SELECT substr(date, 1, 7) AS period, 'all', '', count(*), 0 FROM visit WHERE date <= :as_of GROUP BY period"

[[indicator]]
name = "used_share"
kind = "person"
shape = "rate"
vi = "Tỷ lệ dùng"
en = "Share using"
definition = { vi = "Theo tháng.", en = "By month." }
sql = "SELECT substr(date, 1, 7) AS period, 'all', '', sum(used), count(*) FROM visit WHERE date <= :as_of GROUP BY period"

[[indicator]]
name = "free"
kind = "person"
shape = "survival"
vi = "Thời gian"
en = "Time"
definition = { vi = "Theo ngày.", en = "By day." }
sql = "SELECT substr(date, 1, 7) AS period, 'all', days || '' AS bin, sum(used), count(*) FROM visit WHERE date <= :as_of GROUP BY period, days"

[[indicator]]
name = "state"
kind = "person"
shape = "states"
vi = "Trạng thái"
en = "State"
definition = { vi = "Theo tháng.", en = "By month." }
bins = [ ["using", "Đang dùng", "Using"], ["not_using", "Không dùng", "Not using"] ]
sql = """
SELECT substr(date, 1, 7) AS period, 'all', iif(used, 'using', 'not_using') AS bin, count(*),
       (SELECT count(*) FROM visit AS v WHERE substr(v.date, 1, 7) = substr(visit.date, 1, 7)
        AND v.date <= :as_of)
FROM visit WHERE date <= :as_of GROUP BY period, bin"""
)";

TestDevice::TestDevice(Clock& clock) : clock_(clock), key_(SigningKey::Generate(SystemRandom())) {}

void TestDevice::Join(const UnitId& unit, const DeviceId& server,
                      const std::vector<KeyEntry>& keys) {
  store_ = {};
  auto log = OpLog::Open(store_, unit, clock_);
  ASSERT_OK(log.has_value() ? Status() : Status(log.error()));
  log_ = std::move(*log);
  replica_ = std::make_unique<Replica>(*log_, server, clock_);
  replica_->TakeKeys(keys);
  own_ = std::make_unique<OwnFeed>(*log_, key_, SystemRandom(), AsBytes("token"));
  time_ = std::make_unique<HybridClock>(clock_);
  ASSERT_OK(log_->Commit());
}

void TestDevice::Visit(Date date, bool used, int days) {
  OpBody body;
  body.type = 16;
  body.nonce = SystemRandom().Uint64();
  body.edits = {{16, date}, {17, used}, {18, std::int64_t{days}}};
  Op op;
  op.device = id();
  op.time = time_->Next({});
  op.body = EncodeBody(body);
  own_->Append(op);
  ASSERT_OK(log_->Commit());
}

Bytes TestDevice::Request() {
  if (sync_ == nullptr) {
    sync_ = std::make_unique<SyncClient>(*replica_, *own_, *time_, clock_, SystemRandom());
  }
  Result<Bytes> request = sync_->NextRequest({"POST", kSyncPath});
  EXPECT_TRUE(request);
  return request.value_or(Bytes());
}

Bytes TestDevice::Bundle(EntryNumber before) {
  Known known(*log_);
  if (before > 0) known.Add(log_->entry(before).chain);
  auto written = WriteBundle(*replica_, known, key_, own_->id(), time_->Estimate(), SystemRandom());
  EXPECT_TRUE(written);
  return written ? std::move(written->file) : Bytes();
}

bool TestDevice::Take(const HttpResponse& response) {
  EXPECT_EQ(response.status, 200) << response.body;
  if (response.status != 200) return false;
  Result<bool> more = sync_->TakeReply(AsBytes(response.body));
  EXPECT_TRUE(more) << (more ? "" : more.error().message);
  return more.value_or(false);
}

void ServerTest::SetUp() {
  spdlog::set_level(spdlog::level::off);
  clock_.Set(DateOf(2026, 11, 21));
  auto programme = Programme::Load(kTestProgramme, "test.toml");
  ASSERT_OK(programme);
  ASSERT_OK(ServerStore::Create(folder_ / kDatabaseName, **programme, clock_, SystemRandom()));
  Reopen();
}

void ServerTest::Reopen(CacheLimits limits) {
  worker_.reset();
  state_.reset();
  auto state = ServerState::Open(folder_.path(), clock_, SystemRandom(), limits);
  ASSERT_TRUE(state) << state.error().message;
  state_ = std::move(*state);
  worker_ = std::make_unique<RollupWorker>(*state_);
}

Unit ServerTest::AddTestUnit(const std::string& code, const std::string& province, Date from) {
  Result<Unit> unit = AddUnit(*state_, code, "Đơn vị " + code, "", {province, from, std::nullopt});
  EXPECT_TRUE(unit) << (unit ? "" : unit.error().message);
  return unit.value_or(Unit());
}

std::unique_ptr<TestDevice> ServerTest::Enrolled(const Unit& unit) {
  auto device = std::make_unique<TestDevice>(clock_);
  Result<NewCode> code = IssueCode(*state_, unit, kCodeHoursDefault, "test");
  EXPECT_TRUE(code) << (code ? "" : code.error().message);
  EnrolmentDesk desk(*state_);
  Result<EnrolReply> reply = desk.Enrol({device->id(), code->code, {}, {}}, "127.0.0.1");
  EXPECT_TRUE(reply) << (reply ? "" : reply.error().message);
  device->Join(reply->unit, reply->server, reply->keys);
  return device;
}

HttpResponse ServerTest::Answer(const Bytes& request) {
  const std::vector<std::string> bodies{std::string(AsText(request))};
  return AnswerGroup(*state_, bodies).at(0);
}

void ServerTest::Sync(TestDevice& device) {
  for (int rounds = 0; rounds < 50; ++rounds) {
    if (!device.Take(Answer(device.Request()))) break;
  }
  EXPECT_TRUE(device.report().complete);
}

void ServerTest::Work() {
  for (int steps = 0; steps < 10'000; ++steps) {
    Result<bool> more = worker_->Step();
    ASSERT_TRUE(more) << more.error().message;
    if (!*more) return;
  }
  FAIL() << "the worker never ends";
}

std::vector<IndicatorRow> ServerTest::Rows(const Unit& unit, Date as_of,
                                           const std::string& indicator) {
  auto rows = store().rollups().Rows(unit.number, as_of, indicator);
  EXPECT_TRUE(rows);
  return rows ? *rows : std::vector<IndicatorRow>();
}

}  // namespace tram::server
