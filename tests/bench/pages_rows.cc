// What a page of the unit's program takes, and how large it is, in a unit that has grown for years.
#include <algorithm>
#include <functional>

#include "app/people.h"
#include "tests/bench/measuring.h"
#include "tests/bench/rows.h"
#include "tests/bench/workload.h"
#include "tests/support/paths.h"
#include "tram/base/limits.h"
#include "web/front.h"

namespace tram::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kClients = 2000, kSessionsEach = 15, kFollowUpsEach = 3, kRepeats = 15;
constexpr double kPageMsBar = 50, kPageKbBar = 60, kAroundMsBar = 2;
constexpr char kHost[] = "127.0.0.1:7780", kPerson[] = "Lan";
constexpr const char* kFamilyNames[] = {"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đỗ", "Vũ", "Lò"};
constexpr const char* kGivenNames[] = {"Minh Hà",  "Văn Páo", "Thị Lan",  "Quốc Bảo",
                                       "Thu Thảo", "Đức Anh", "Ngọc Mai", "Hữu Phước"};

using Fields = std::vector<std::pair<const char*, std::string>>;

/// Forms by the programme's names.
class Filler {
 public:
  Filler(UnitDevice& device, BenchClock& clock) : device_(device), clock_(clock) {}

  Result<RecordId> Add(const char* type_name, const std::optional<RecordId>& parent,
                       const Fields& fields) {
    const Programme& programme = device_.programme();
    RecordForm form;
    form.type = programme.ByName(type_name);
    form.parent = parent;
    for (const auto& [name, text] : fields) {
      const Field* field = form.type->ByName(name);
      TRAM_ASSIGN(form.values[field->number], ParseValue(programme, *field, text));
    }
    clock_.wall_ms += 1000;
    TRAM_ASSIGN(Saved saved, device_.Save(form));
    return saved.record;
  }

 private:
  UnitDevice& device_;
  BenchClock& clock_;
};

Status FillClient(Filler& filler, int number, Date today) {
  const auto day = [&](int days_ago) { return IsoDate(Date{today.days - days_ago}); };
  const int begun = 20 + (number * 7) % 1500;  // days ago
  TRAM_ASSIGN(
      const RecordId client,
      filler.Add("client", std::nullopt,
                 {{"full_name", std::string(kFamilyNames[number % 8]) + " " +
                                    kGivenNames[number / 8 % 8] + " " + std::to_string(number)},
                  {"sex", number % 9 == 0 ? "female" : "male"},
                  {"phone", "09" + std::to_string(10'000'000 + number)}}));
  TRAM_ASSIGN(
      const RecordId episode,
      filler.Add("episode", client,
                 {{"intake_date", day(begun)}, {"referral", "self"}, {"primary_drug", "heroin"}}));
  for (int i = 0; i < kSessionsEach; ++i) {
    TRAM_TRY(filler.Add("session", episode,
                        {{"date", day(begun - begun * i / kSessionsEach)},
                         {"kind", "individual"},
                         {"note", "đến đúng hẹn, gia đình đi cùng, còn thèm nhớ buổi tối"}}));
  }
  const char* slots[] = {"intake_1", "intake_3", "intake_6"};
  for (int i = 0; i < kFollowUpsEach; ++i) {
    const int due = begun - 30 * (i == 0 ? 1 : i == 1 ? 3 : 6);
    if (due < 0) break;
    TRAM_TRY(filler.Add("followup", episode,
                        {{"slot", slots[i]}, {"date", day(due)}, {"reached", "1"}}));
  }
  return {};
}

/// A person at the pages.
class Visitor {
 public:
  Visitor(UnitDevice& device, BenchClock& clock, const fs::path& folder) {
    client::Front::Options options;
    options.hosts = {kHost};
    options.folder = folder;
    options.cwd = folder;
    options.device = [&device] { return &device; };
    options.open_unit = [] { return Status(); };
    options.services = {[] { return client::SyncState(); }, [] {}};
    auto front = client::Front::Create(std::move(options), clock, SystemRandom());
    TRAM_ASSERT(front);
    front_ = std::move(*front);
  }
  Status SignIn() {
    const std::string csrf = Csrf(Send("GET", "/sign-in", "").body);
    const HttpResponse entered = Send(
        "POST", "/sign-in",
        "csrf=" + csrf + "&name=" + kPerson + "&passphrase=" + PercentEncode(kBenchPassphrase));
    for (const auto& [name, value] : entered.headers) {
      if (name == "Set-Cookie") cookie_ = value.substr(0, value.find(';'));
    }
    csrf_ = Csrf(Send("GET", "/people", "").body);
    return cookie_.empty() ? Status(MakeError(ErrorCode::kDenied, "nobody could sign in"))
                           : Status();
  }
  HttpResponse Send(const char* method, const std::string& target, const std::string& body) {
    HttpRequest request;
    request.method = method;
    TRAM_ASSERT(SetTarget(request, target));
    AddHeader(request, "host", kHost);
    AddHeader(request, "origin", std::string("http://") + kHost);
    if (!cookie_.empty()) AddHeader(request, "cookie", cookie_);
    request.body = body;
    return front_->Handle(request);
  }
  const std::string& csrf() const { return csrf_; }

 private:
  static std::string Csrf(const std::string& page) {
    constexpr std::string_view kBefore = "name=\"csrf\" value=\"";
    const std::size_t at = page.find(kBefore);
    if (at == std::string::npos) return "";
    return page.substr(at + kBefore.size(),
                       page.find('"', at + kBefore.size()) - at - kBefore.size());
  }
  std::unique_ptr<client::Front> front_;
  std::string cookie_, csrf_;
};

/// What is done before each time that a page is asked for; not measured.
using Change = std::function<Status()>;

void MeasurePage(Visitor& visitor, BenchTable& table, const char* name, const char* method,
                 const std::string& target, const std::string& body = "",
                 const Change& change = {}) {
  std::vector<double> ms;
  HttpResponse page;
  for (int i = 0; i < kRepeats; ++i) {
    if (change) {
      if (Status changed = change(); !changed) return table.Skip(name, changed.error().message);
    }
    const ProcessorWatch watch;
    page = visitor.Send(method, target, body);
    for (const auto& [header, place] : page.headers) {  // what was posted is answered by an address
      if (header == "Location") page = visitor.Send("GET", std::string(place), "");
    }
    ms.push_back(watch.Seconds() * kMilliseconds);
  }
  if (page.status != 200) {
    return table.Skip(name, target + " answers " + std::to_string(page.status));
  }
  const std::string slowest =
      "slowest of " + std::to_string(kRepeats) + ": " +
      std::to_string(static_cast<int>(*std::max_element(ms.begin(), ms.end()) + 0.5)) + " ms";
  table.Add(
      {std::string("page, ") + name, Median(ms), "ms", 1, {}, "", kPageMsBar, false, slowest});
  table.Add({std::string("its size"),
             static_cast<double>(page.body.size()) / 1e3,
             "KB",
             1,
             {},
             "",
             kPageKbBar,
             false,
             ""});
}

/// What stands around every page is counted for each of them.
void MeasureAround(UnitDevice& device, BenchTable& table) {
  const auto measure = [&](const char* name, auto count) {
    std::vector<double> ms;
    std::size_t counted = 0;
    for (int i = 0; i < kRepeats; ++i) {
      const ProcessorWatch watch;
      counted = count();
      ms.push_back(watch.Seconds() * kMilliseconds);
    }
    table.Add({std::string("around each page, ") + name,
               Median(ms),
               "ms",
               2,
               {},
               "",
               kAroundMsBar,
               false,
               std::to_string(counted) + " counted"});
  };
  measure("conflicts", [&] { return device.view().Conflicts().size(); });
  measure("what waits for the server", [&] { return UnconfirmedOps(device.log()); });
  // A receipt for everything: its leaves' branches are walked to their beginning.
  measure("the same, all confirmed", [&] {
    Known confirmed(device.log());
    for (const Leaf& leaf : device.log().Leaves()) confirmed.Add(leaf.chain);
    std::size_t count = 0;
    for (EntryNumber n = 1; n <= device.log().size(); ++n) count += confirmed.Has(n) ? 1 : 0;
    return count;
  });
}

std::string FirstRecord(UnitDevice& device, const char* type) {
  return device.view().Records(*device.programme().ByName(type)).front().Hex();
}

/// The first page after one record was saved, each time of another person.
void MeasureAfterChanges(UnitDevice& device, Filler& filler, Visitor& visitor, Date today,
                         BenchTable& table) {
  const std::vector<RecordId> episodes =
      device.view().Records(*device.programme().ByName("episode"));
  std::size_t next = 0;
  const auto adding = [&](const char* type, Fields fields) -> Change {
    return [&filler, &episodes, &next, type, fields]() -> Status {
      TRAM_TRY(filler.Add(type, episodes[++next % episodes.size()], fields));
      return {};
    };
  };
  const Change session = adding("session", {{"date", IsoDate(today)}, {"kind", "individual"}});
  const Change follow_up =
      adding("followup", {{"slot", "other"}, {"date", IsoDate(today)}, {"reached", "1"}});
  const Change client = [&]() -> Status {
    TRAM_TRY(filler.Add("client", std::nullopt, {{"full_name", "Mới"}, {"sex", "male"}}));
    return {};
  };
  const Change episode = [&]() -> Status {
    const RecordId parent = *device.view().Find(episodes[++next % episodes.size()])->parent;
    TRAM_TRY(
        filler.Add("episode", parent, {{"intake_date", IsoDate(today)}, {"referral", "self"}}));
    return {};
  };
  MeasurePage(visitor, table, "today after an episode", "GET", "/", "", episode);
  MeasurePage(visitor, table, "today after a session", "GET", "/", "", session);
  MeasurePage(visitor, table, "today after a follow-up", "GET", "/", "", follow_up);
  MeasurePage(visitor, table, "today after a client", "GET", "/", "", client);
  MeasurePage(visitor, table, "report of a month after a session", "GET", "/reports/month", "",
              session);
  MeasurePage(visitor, table, "outcomes after a session", "GET", "/reports/outcomes", "", session);
}

}  // namespace

Status MeasurePages(const fs::path& scratch, BenchTable& table) {
  const fs::path folder = scratch / "pages";
  TRAM_ASSIGN(const std::string toml,
              ReadFile(test::InSource("libsync/programmes/treatment.toml"), kProgrammeBytesMax));
  TRAM_ASSIGN(Founding founding, OfflineFounding(toml));
  BenchClock clock;
  clock.wall_ms = SystemClock().WallMs() - 8LL * 3600 * 1000;
  TRAM_ASSIGN(auto device, MakeDevice(folder, std::move(founding), clock));
  const Date today = LocalDate(clock.WallMs());
  device->BeginBulk();
  Filler filler(*device, clock);
  for (int number = 0; number < kClients; ++number) TRAM_TRY(FillClient(filler, number, today));
  TRAM_TRY(device->EndBulk());
  TRAM_TRY(client::AddKeeper(*device, {kPerson, kBenchPassphrase}, std::nullopt));
  Visitor visitor(*device, clock, folder);
  TRAM_TRY(visitor.SignIn());
  const std::string csrf = "csrf=" + visitor.csrf();
  const std::string client = FirstRecord(*device, "client");
  MeasureAround(*device, table);
  MeasurePage(visitor, table, "today", "GET", "/");
  MeasurePage(visitor, table, "list of clients", "GET", "/list/client");
  MeasurePage(visitor, table, "search", "POST", "/list/client", csrf + "&q=do+minh");
  MeasurePage(visitor, table, "a client", "GET", "/record/" + client);
  MeasurePage(visitor, table, "form of a client", "GET", "/new/client");
  MeasurePage(visitor, table, "form of a session", "GET",
              "/new/session?parent=" + FirstRecord(*device, "episode"));
  MeasurePage(visitor, table, "change a client", "GET", "/record/" + client + "/edit");
  MeasurePage(visitor, table, "history", "GET", "/record/" + client + "/history");
  MeasurePage(visitor, table, "conflicts", "GET", "/conflicts");
  MeasurePage(visitor, table, "sync", "GET", "/sync");
  MeasurePage(visitor, table, "report of a month", "GET", "/reports/month");
  MeasurePage(visitor, table, "outcomes", "GET", "/reports/outcomes");
  MeasureAfterChanges(*device, filler, visitor, today, table);
  table.Add({"memory with pages",
             OwnResidentBytes() / kBytesPerMb,
             "MB",
             1,
             {},
             "",
             {},
             false,
             "2,000 clients, 30,000 sessions; the bench itself in it"});
  return {};
}

}  // namespace tram::bench
