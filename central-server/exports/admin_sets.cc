// Data sets of administration, and of what the province asks its units.
#include "exports/data_sets.h"
#include "web/account_words.h"
#include "web/admin_lines.h"
#include "web/question_lines.h"

namespace tram::server {
namespace {

using Kind = FigureCell::Kind;

constexpr std::int64_t kMinuteMs = 60 * 1000;
constexpr std::int64_t kAuditRowsMax = 50'000;  // the rest: with `before`

DataTable TableOfNow(const PageCall& call, const char* name, std::string title) {
  DataTable table{name, std::move(title)};
  table.age.made_ms = call.state.NowMs();
  return table;
}

FigureCell YesCell(bool yes) { return WordsCell(yes ? "yes" : "no"); }

Result<DataTable> MakeQuestions(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kQuestions));
  TRAM_ASSIGN(const UnitPlaces places, UnitPlaces::Load(call.state));
  TRAM_ASSIGN(const std::vector<QuestionLine> lines, QuestionLines(call, places, permit));
  DataTable table = TableOfNow(call, "questions", call.Words("Hỏi đơn vị", "Questions to units"));
  table.columns = {
      {"code", call.Words("mã", "code")},
      {"name", call.Words("đơn vị", "unit")},
      {"findings", call.Words("hồ sơ có vẻ sai", "records that look wrong"), Kind::kCount},
      {"waiting", call.Words("đang chờ trả lời", "waiting for an answer"), Kind::kCount},
      {"answered", call.Words("đã trả lời", "answered"), Kind::kCount},
      {"last_sync", call.Words("đồng bộ gần nhất", "last sync")}};
  for (const QuestionLine& line : lines) {
    FigureCell findings = DecimalCell({});
    if (line.findings) findings = CountCell(*line.findings);
    table.rows.push_back({WordsCell(line.unit->code), WordsCell(line.unit->name),
                          std::move(findings), CountCell(line.questions.waiting),
                          CountCell(line.questions.answered), TimeCell(line.unit->synced_ms)});
  }
  return table;
}

/// The first columns are those of a file of units: it can be imported again.
Result<DataTable> MakeUnitList(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kUnits));
  TRAM_ASSIGN(const std::vector<ManagedUnit> found, FindManagedUnits(call, permit));
  DataTable table = TableOfNow(call, "unit-list", call.Words("Quản lý đơn vị", "Manage units"));
  table.columns = {{"code", call.Words("mã", "code")},
                   {"name", call.Words("tên", "name")},
                   {"province_code", call.Words("mã tỉnh", "code of the province")},
                   {"commune_code", call.Words("mã xã, phường", "commune's code")},
                   {"from", call.Words("từ ngày", "from")},
                   {"to", call.Words("đến ngày", "to")},
                   {"province", call.Words("tỉnh khi đó", "province then")},
                   {"province_today", call.Words("tỉnh hiện nay", "province today")},
                   {"devices", call.Words("máy", "devices"), Kind::kCount},
                   {"last_sync", call.Words("lần gửi cuối", "last sync")},
                   {"closed_on", call.Words("đóng từ ngày", "closed since")},
                   {"merged_into", call.Words("nhập vào", "merged into")}};
  table.about.push_back(
      call.Words("Mỗi dòng là một đơn vị trong một tỉnh: đơn vị đã chuyển tỉnh có nhiều dòng. Tệp "
                 "này nhập lại "
                 "được ở trang “Nhập đơn vị từ tệp CSV”.",
                 "A row is a unit in a province: a unit that moved has several. The file can be "
                 "imported again "
                 "on the page “Units from a CSV file”."));
  const Places& places = call.state.store().places();
  for (const ManagedUnit& of : found) {
    std::string successor;
    if (of.unit.merged_into) {
      TRAM_ASSIGN(const Unit into, call.state.store().units().ByNumber(*of.unit.merged_into));
      successor = into.code;
    }
    for (const Membership& membership : of.memberships) {
      const Place* then = places.At(membership.province, membership.from);
      table.rows.push_back(
          {WordsCell(of.unit.code), WordsCell(of.unit.name), WordsCell(membership.province),
           WordsCell(of.unit.commune), DateCell(membership.from), DateCell(membership.to),
           WordsCell(then == nullptr ? "" : then->name),
           WordsCell(of.province == nullptr ? "" : of.province->name),
           CountCell(static_cast<std::int64_t>(of.devices)), TimeCell(of.unit.synced_ms),
           DateCell(of.unit.closed_on), WordsCell(successor)});
    }
  }
  return table;
}

Result<DataTable> MakeDevices(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kUnits));
  TRAM_ASSIGN(const DeviceLines found, FindDevices(call, permit));
  if (!found.unit_known) {
    return call.Fail(ErrorCode::kNotFound, "Không có đơn vị nào mang mã này",
                     "No unit has this code");
  }
  DataTable table = TableOfNow(call, "devices", call.Words("Máy của các đơn vị", "Devices"));
  table.columns = {
      {"device", call.Words("máy", "device")},
      {"unit_code", call.Words("mã đơn vị", "code of the unit")},
      {"unit", call.Words("đơn vị", "unit")},
      {"days_silent", call.Words("im lặng, ngày", "days silent"), Kind::kCount},
      {"last_seen", call.Words("gửi lần cuối", "last seen")},
      {"known_since", call.Words("đăng ký từ", "known since")},
      {"clock_minutes", call.Words("đồng hồ nhanh, phút", "clock ahead, minutes"), Kind::kDecimal},
      {"programme_then", call.Words("chương trình khi đăng ký", "programme then")}};
  for (const DeviceLine& line : found.lines) {
    const auto& difference = line.device.clock_difference_ms;
    table.rows.push_back(
        {WordsCell(line.device_code), WordsCell(line.unit_code), WordsCell(line.unit_name),
         CountCell(line.days_silent), TimeCell(line.device.seen_ms),
         TimeCell(line.device.known_since_ms),
         DecimalCell(difference ? std::optional(static_cast<double>(*difference) / kMinuteMs)
                                : std::nullopt),
         WordsCell(line.programme_then)});
  }
  return table;
}

/// No secret is among them: neither hashes nor second factors.
Result<DataTable> MakeAccounts(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kAccounts));
  TRAM_ASSIGN(const std::vector<Account> all, call.state.store().accounts().All());
  DataTable table = TableOfNow(call, "accounts", call.Words("Tài khoản", "Accounts"));
  table.columns = {{"name", call.Words("tên đăng nhập", "name")},
                   {"full_name", call.Words("họ tên", "full name")},
                   {"role", call.Words("mã vai trò", "code of the role")},
                   {"role_label", call.Words("vai trò", "role")},
                   {"places", call.Words("nơi phụ trách", "places")},
                   {"state", call.Words("trạng thái", "state")},
                   {"second_factor", call.Words("xác thực hai bước", "second factor"), Kind::kWords,
                    call.Words("yes: có, no: không", "yes or no")},
                   {"last_sign_in", call.Words("đăng nhập gần nhất", "last sign-in")},
                   {"made", call.Words("tạo lúc", "made")}};
  for (const Account& account : all) {
    TRAM_ASSIGN(const std::string places, PlacesText(call, account));
    table.rows.push_back({WordsCell(account.name), WordsCell(account.full_name),
                          WordsCell(std::string(RoleName(account.role))),
                          WordsCell(RoleText(call, account.role)), WordsCell(places),
                          WordsCell(AccountStateText(call, StateOf(account))),
                          YesCell(!account.totp_secret.empty()), TimeCell(account.seen_ms),
                          TimeCell(account.made_ms)});
  }
  return table;
}

Result<DataTable> MakeProgrammes(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kProgrammes));
  TRAM_ASSIGN(const std::vector<ProgrammeLine> lines, FindProgrammes(call));
  DataTable table = TableOfNow(call, "programmes", call.Words("Chương trình", "Programmes"));
  table.columns = {
      {"programme", call.Words("chương trình", "programme")},
      {"version", call.Words("bản", "version"), Kind::kCount},
      {"since", call.Words("từ lúc", "since")},
      {"current", call.Words("hiện hành", "current"), Kind::kWords,
       call.Words("yes: có, no: không", "yes or no")},
      {"devices", call.Words("máy đăng ký với bản này", "devices enrolled with it"), Kind::kCount},
      {"units", call.Words("đơn vị", "units"), Kind::kCount},
      {"digest", call.Words("dấu của tệp", "digest of the file")}};
  for (const ProgrammeLine& line : lines) {
    table.rows.push_back({WordsCell(line.version.name), CountCell(line.version.version),
                          TimeCell(line.version.added_ms), YesCell(line.current),
                          CountCell(static_cast<std::int64_t>(line.devices)),
                          CountCell(static_cast<std::int64_t>(line.units)),
                          WordsCell(line.version.digest.Hex())});
  }
  return table;
}

/// With what its chain of hashes is made from, so that it can be verified from the file alone.
Result<DataTable> MakeAudit(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kAudit));
  TRAM_ASSIGN(std::vector<AuditRow> rows,
              call.state.store().audit().Newest(AuditFilterOf(call), kAuditRowsMax + 1));
  DataTable table = TableOfNow(call, "audit", call.Words("Nhật ký", "Audit trail"));
  table.columns = {
      {"number", call.Words("số", "number"), Kind::kCount},
      {"time", call.Words("lúc", "time"), Kind::kWords,
       call.Words("Giờ Việt Nam", "Viet Nam's time")},
      {"at_ms", call.Words("lúc, ms từ 1970 (UTC)", "time, ms since 1970 (UTC)"), Kind::kCount},
      {"who", call.Words("ai", "who")},
      {"what", call.Words("việc gì", "what")},
      {"hash", call.Words("mã băm của chuỗi", "hash of the chain"), Kind::kWords,
       call.Words("BLAKE2b-160 của mã băm trước, số, at_ms, who và what",
                  "BLAKE2b-160 of the hash before, number, at_ms, who and what")}};
  const bool more = rows.size() > static_cast<std::size_t>(kAuditRowsMax);
  if (more) rows.pop_back();
  for (const AuditRow& row : rows) {
    table.rows.push_back({CountCell(row.number), TimeCell(row.at_ms), CountCell(row.at_ms),
                          WordsCell(row.who), WordsCell(row.what), WordsCell(row.hash.Hex())});
  }
  if (!more) return table;
  // In the file itself: nobody takes it for the whole.
  const std::string rest =
      call.Words("Các dòng cũ hơn không có ở đây: lấy tiếp với before={}",
                 "Older rows are not here: go on with before={}", rows.back().number);
  table.about.push_back(rest);
  table.rows.push_back({DecimalCell({}), WordsCell(""), DecimalCell({}), WordsCell(""),
                        WordsCell(rest), WordsCell("")});
  return table;
}

}  // namespace

std::vector<DataSet> AdministrationSets() {
  return {
      {"questions",
       Right::kQuestions,
       {"Hỏi đơn vị", "Questions to units"},
       {"Mỗi đơn vị: hồ sơ có vẻ sai, câu hỏi đang chờ và đã trả lời",
        "For each unit: records that look wrong, questions that wait and that are answered"},
       {},
       &MakeQuestions},
      {"unit-list",
       Right::kUnits,
       {"Danh sách đơn vị", "List of units"},
       {"Mỗi đơn vị trong mỗi tỉnh một dòng; nhập lại được",
        "A row for each unit in each province; it can be imported again"},
       {{"q", "Khánh Hòa", {"Một phần của mã, tên hoặc tỉnh", "A part of code, name or province"}},
        {"show",
         "all",
         {"Đang làm việc, đã đóng hay tất cả", "At work, closed, or all"},
         false,
         {"open", "closed", "all"}}},
       &MakeUnitList},
      {"devices",
       Right::kUnits,
       {"Máy", "Devices"},
       {"Máy im lặng lâu nhất đứng trước", "Silent for longest first"},
       {{"unit", "KH-001", {"Chỉ của đơn vị này", "Of this unit only"}}},
       &MakeDevices},
      {"accounts",
       Right::kAccounts,
       {"Tài khoản", "Accounts"},
       {"Ai đăng nhập được, với vai trò nào", "Who may sign in, as what"},
       {},
       &MakeAccounts},
      {"programmes",
       Right::kProgrammes,
       {"Chương trình", "Programmes"},
       {"Các bản đã phát hành", "Versions that were given out"},
       {},
       &MakeProgrammes},
      {"audit",
       Right::kAudit,
       {"Nhật ký", "Audit trail"},
       {"Ai làm gì, lúc nào, với chuỗi mã băm; mới nhất trước",
        "Who did what and when, with the chain's hashes; newest first"},
       {{"who", "account:", {"Một phần của tên", "A part of the name"}},
        {"text", "export", {"Một phần của việc", "A part of what was done"}},
        {"before", "1000", {"Chỉ các dòng có số nhỏ hơn", "Only rows with a smaller number"}}},
       &MakeAudit}};
}

}  // namespace tram::server
