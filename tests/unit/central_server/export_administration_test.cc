// Files of administration: the list of units comes back by its import, the trail proves itself, and
// no secret leaves.
#include <gmock/gmock.h>

#include "exports/data_sets.h"
#include "tests/unit/central_server/page_tables.h"
#include "tests/unit/central_server/pages_fixture.h"
#include "tests/unit/central_server/taken_files.h"
#include "tram/base/csv.h"
#include "tram/base/hash.h"

namespace tram::server {
namespace {

using testing::HasSubstr;
using testing::Not;

class ExportAdministrationTest : public PagesTest {
 protected:
  void Begin() {
    Serve();
    Become(AddAccount("quan.tri", Role::kAdministrator));
  }
  std::string Body(const std::string& target) {
    const HttpResponse response = Get(target);
    EXPECT_EQ(response.status, 200) << target << "\n" << response.body.substr(0, 2000);
    return response.body;
  }
  TakenCsv Csv(const std::string& target) { return ReadTakenCsv(Body(target)); }
};

TEST_F(ExportAdministrationTest, TheListOfUnitsCanBeImportedAgainAndChangesNothing) {
  const Unit moved = AddTestUnit("BG01", "24"), odd = AddTestUnit("KH01", "56");
  const Unit closed = AddTestUnit("KH02", "56");
  ASSERT_OK(store().units().SetMembership(moved.number, {"01", DateOf(2026, 1, 1), {}}));
  ASSERT_OK(
      store().units().SetMembership(odd.number, {"56", DateOf(2020, 1, 1), DateOf(2026, 12, 31)}));
  ASSERT_OK(store().units().Rename(odd.number, "-2+3, \"trạm\"", "01234"));
  ASSERT_OK(store().units().Rename(moved.number, "'=1", ""));
  ASSERT_OK(store().units().Close(closed.number, DateOf(2026, 2, 1), odd.number));
  Begin();
  const std::string file = Body("/export/unit-list.csv?show=all");
  const TakenCsv csv = ReadTakenCsv(file);
  ASSERT_EQ(csv.rows.size(), 4u) << "a row for each province that a unit belonged to";
  EXPECT_EQ(csv.Cell(3, "merged_into"), "KH01");
  EXPECT_EQ(csv.Cell(3, "closed_on"), "2026-02-01");
  ImportPlan plan;
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    TRAM_ASSIGN(plan, PlanImport(server, file, Language::kEnglish));
    return {};
  });
  for (const BadRow& bad : plan.bad) ADD_FAILURE() << bad.line << ": " << bad.reason;
  EXPECT_TRUE(plan.units.empty()) << plan.units[0].code << plan.units[0].name;
  EXPECT_EQ(plan.unchanged, 3u);
  EXPECT_EQ(Csv("/export/unit-list.csv").rows.size(), 3u) << "without the closed one";
  EXPECT_EQ(Csv("/export/unit-list.csv?q=ba%CC%81c%20giang").rows.size(), 0u);
}

TEST_F(ExportAdministrationTest, AFileHasTheRowsOfItsPage) {
  const auto first = Enrolled(AddTestUnit("BG01", "24"));
  const auto second = Enrolled(AddTestUnit("KH01", "56"));
  AddTestUnit("KH02", "56");
  AddAccount("can.bo", Role::kProvince, {"24", "56"});
  Begin();
  OnOwner([&](ServerState& server, RollupWorker&) {
    return server.store().devices().Seen(first->id(), server.NowMs() - 40 * 86'400'000LL,
                                         20 * 60'000);
  });
  const struct {
    const char *page, *set;
    std::map<std::size_t, const char*> columns;  // of the page: of the file
  } kPages[] = {
      {"/admin/units", "unit-list", {{0, "code"}, {1, "name"}, {3, "devices"}}},
      {"/admin/devices", "devices", {{0, "device"}, {6, "programme_then"}}},
      {"/accounts",
       "accounts",
       {{1, "full_name"}, {2, "role_label"}, {3, "places"}, {4, "state"}, {5, "second_factor"}}},
      {"/admin/programmes", "programmes", {{3, "devices"}, {4, "units"}}},
      {"/admin/audit", "audit", {{0, "number"}, {2, "who"}, {3, "what"}}}};
  for (const auto& [page, set, columns] : kPages) {
    const HtmlTable shown = AllTablesOf(Body(page)).at(0);
    const TakenCsv csv = Csv(std::string("/export/") + set + ".csv");
    // The trail has grown by what was taken meanwhile.
    const std::size_t more = csv.rows.size() - shown.rows.size();
    EXPECT_EQ(more, 0u) << page;
    for (std::size_t row = 0; row < shown.rows.size(); ++row) {
      for (const auto& [column, name] : columns) {
        EXPECT_EQ(WithoutTextMark(csv.Cell(row, name)), shown.rows[row].at(column)) << page << name;
      }
    }
    EXPECT_FALSE(shown.rows.empty()) << page;
  }
  const TakenCsv devices = Csv("/export/devices.csv");
  const std::size_t silent = devices.RowOf("unit_code", "BG01");
  EXPECT_EQ(devices.Cell(silent, "days_silent"), "40");
  EXPECT_EQ(devices.Cell(silent, "clock_minutes"), "20");
  EXPECT_EQ(Csv("/export/devices.csv?unit=KH01").rows.size(), 1u);
  EXPECT_EQ(Get("/export/devices.csv?unit=XX").status, 404);
}

TEST_F(ExportAdministrationTest, TheTrailCanBeVerifiedFromItsFileAlone) {
  Begin();
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    for (const char* what : {"=HYPERLINK(\"x\")", "hai\ndòng, \"ba\"", "'=1", "thường"}) {
      TRAM_TRY(server.store().audit().Append(server.NowMs(), "test", what));
    }
    return {};
  });
  const TakenCsv csv = Csv("/export/audit.csv");
  ASSERT_GE(csv.rows.size(), 5u);
  // As libsync/docs/exports.md says it.
  const auto add = [](Bytes& to, std::uint64_t value) {
    for (int i = 0; i < 8; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  };
  Digest before;  // newest first: the chain begins at the end
  for (std::size_t row = csv.rows.size(); row-- > 0;) {
    Bytes text;
    add(text, std::stoull(csv.Cell(row, "number")));
    add(text, std::stoull(csv.Cell(row, "at_ms")));
    for (const char* column : {"who", "what"}) {
      const std::string words = WithoutTextMark(csv.Cell(row, column));
      add(text, words.size());
      text.insert(text.end(), words.begin(), words.end());
    }
    before = Blake2b160(AsBytes("tram audit"), {before.view(), text});
    EXPECT_EQ(before.Hex(), csv.Cell(row, "hash")) << csv.Cell(row, "what");
  }
  EXPECT_EQ(Csv("/export/audit.csv?text=th%C6%B0%E1%BB%9Dng").rows.size(), 1u);
  EXPECT_EQ(Csv("/export/audit.csv?before=2").rows.size(), 1u);
}

TEST_F(ExportAdministrationTest, NoSecretIsInAnyFile) {
  const auto device = Enrolled(AddTestUnit("KH01", "56"));
  const Account account = AddAccount("can.bo", Role::kProvince, {"56"});
  const Bytes factor{'b', 'i', 'm', 'a', 't', 'h', 'a', 'i', 'b', 'u', 'o', 'c'};
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    TRAM_ASSIGN(auto now, server.store().accounts().Find(account.number));
    now->totp_secret = factor;
    return server.store().accounts().Update(*now);
  });
  Begin();
  for (const DataSet& set : DataSets()) {
    const bool one = !set.parameters.empty() && set.parameters.at(0).required;
    const HttpResponse file =
        Get("/export/" + std::string(set.name) + ".csv" + (one ? "?unit=KH01" : ""));
    if (set.right != Right::kOutcomes && set.right != Right::kQuestions) {
      EXPECT_EQ(file.status, 200) << set.name << file.body;
    }
    EXPECT_THAT(file.body, Not(HasSubstr("argon2"))) << set.name;
    EXPECT_THAT(file.body, Not(HasSubstr("bimathai"))) << set.name;
    EXPECT_THAT(file.body, Not(HasSubstr(ToHex(factor)))) << set.name;
  }
  const TakenCsv accounts = Csv("/export/accounts.csv");
  EXPECT_EQ(accounts.Cell(accounts.RowOf("name", "can.bo"), "second_factor"), "yes");
  EXPECT_EQ(accounts.Cell(accounts.RowOf("name", "quan.tri"), "second_factor"), "no");
}

}  // namespace
}  // namespace tram::server
