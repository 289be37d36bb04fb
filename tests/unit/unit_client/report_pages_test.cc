// Reports as pages, CSV and workbooks: the same figures in all of them.
#include <regex>

#include "app/report.h"
#include "tests/unit/unit_client/page_fixture.h"
#include "tram/base/csv.h"
#include "tram/base/dates.h"
#include "tram/outcome/figure_sheet.h"

namespace tram::client {
namespace {

constexpr char kUnzip[] =
    "import sys, zipfile\n"
    "z = zipfile.ZipFile(sys.argv[1])\n"
    "for n in sorted(z.namelist()):\n"
    "    if n.startswith('xl/'): print('##', n); print(z.read(n).decode('utf-8'))\n";

class ReportPagesTest : public PageTest {
 protected:
  void SetUp() override {
    PageTest::SetUp();
    for (int i = 0; i < 3; ++i) {
      const RecordId client = Add("client", {{"full_name", "Người " + std::to_string(i)},
                                             {"sex", i == 0 ? "female" : "male"}});
      const RecordId episode =
          Add("episode", {{"intake_date", "2025-01-0" + std::to_string(1 + i)}}, client);
      Add("session", {{"date", "2025-02-10"}, {"kind", "individual"}}, episode);
    }
  }
  Page Get(const std::string& target) { return PageOf(Run(ReportRoutes(), "GET", target)); }
  std::string Download(const std::string& target) {
    const HttpResponse response = ResponseOf(Run(ReportRoutes(), "GET", target));
    EXPECT_TRUE(HeaderOf(response, "Content-Disposition").starts_with("attachment; filename="));
    return response.body;
  }
  static const Json& TableOf(const Page& page, const std::string& id) {
    for (const Json& table : page.model["tables"]) {
      if (table["id"] == id) return table;
    }
    throw std::out_of_range(id);
  }
  static std::string CellUnder(const Json& sheet, const std::string& head) {
    for (std::size_t i = 0; i < sheet["head"].size(); ++i) {
      if (sheet["head"][i]["text"] == head) return sheet["rows"][0]["cells"][i]["text"];
    }
    return "(no such column)";
  }
  /// The parts of a workbook as text; "" where there is no Python to take it apart.
  std::string Unzipped(const std::string& workbook) {
    const auto file = scratch_ / "report.xlsx";
    std::ofstream(file, std::ios::binary) << workbook;
    if (test::PythonProgram().empty()) return "";
    const auto result = test::RunProgram({test::PythonProgram(), "-c", kUnzip, file.string()});
    EXPECT_EQ(result.exit, 0) << result.err;
    return result.out;
  }
};

TEST_F(ReportPagesTest, ThePageShowsTheMonthAndThoseBeforeIt) {
  const Page page = Get("/reports/month?month=2025-02");
  const Json& sheet = TableOf(page, "sessions")["sheets"][0];
  EXPECT_EQ(CellUnder(sheet, "2025-02"), "3");
  EXPECT_EQ(CellUnder(TableOf(page, "new")["sheets"][0], "2025-01"), "3");
  for (const char* quiet : {"2024-09", "2024-12", "2025-01"}) {
    EXPECT_EQ(CellUnder(sheet, quiet), "0") << quiet << ": a month without is a month of none";
  }
  EXPECT_EQ(CellUnder(sheet, "2024-08"), "(no such column)") << "six months were asked for";
  EXPECT_EQ(CellUnder(TableOf(page, "new")["sheets"][0], "2025-02"), "0");
  DrawsInBoth(page, "Định nghĩa", "Definition");
  EXPECT_NE(Drawn(page, Language::kVietnamese).find("Buổi tư vấn"), std::string::npos);
  DrawsInBoth(Get("/reports"), "Báo cáo chỉ dùng số đếm", "Reports hold this unit's counts only");
}

TEST_F(ReportPagesTest, AMonthMayBeTypedAsPeopleWriteIt) {
  EXPECT_EQ(Get("/reports/month?month=2/2025").model["month"], "2025-02");
  const Page wrong = Get("/reports/month?month=thang+hai");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(wrong.model["month"], "thang hai") << "what was typed is not lost";
  EXPECT_NE(wrong.model["error"], "");
  EXPECT_EQ(Get("/reports/month?stratum=nonsense").status, 400);
}

TEST_F(ReportPagesTest, ReportsNeedNoKey) {
  const Json open = Get("/reports/outcomes?month=2026-06").model["tables"];
  device_->Lock();
  EXPECT_EQ(Get("/reports/outcomes?month=2026-06").model["tables"], open);
  EXPECT_FALSE(open.empty());
  for (const Route& route : ReportRoutes()) EXPECT_EQ(route.access, Access::kSignedIn);
}

TEST_F(ReportPagesTest, FiguresAreThoseOfTheCommand) {
  const Page page = Get("/reports/outcomes?month=2026-06");
  Output out(Language::kVietnamese, true);
  Call call{*device_, out, SystemClock(), SystemRandom(), scratch_.path()};
  ReportOptions options;
  options.as_of = "2026-06";
  options.indicator = "state_12m";
  ASSERT_TRUE(ShowReport(call, options));
  const Json& row = out.document()["tables"][0]["rows"][0];
  const Json& sheet = TableOf(page, "state_12m")["sheets"][0];
  EXPECT_GT(row["cohort"], 0);
  std::size_t i = 0;
  for (const auto& [state, persons] : row["states"].items()) {
    EXPECT_EQ(sheet["rows"][i++]["cells"][1]["value"], Json(persons.get<double>()).dump()) << state;
  }
  EXPECT_EQ(sheet["rows"][i]["cells"][1]["text"], row["cohort"].dump());
}

TEST_F(ReportPagesTest, CsvHasTheFiguresOfThePage) {
  const std::string text = Download("/reports/month.csv?month=2025-02");
  auto table = ParseCsv(text);
  ASSERT_TRUE(table);
  std::map<std::pair<std::string, std::string>, std::string> values;  // by indicator and period
  for (const CsvRow& row : table->rows) {
    EXPECT_EQ(row.problem, "");
    values[{row.cells[1], row.cells[4]}] = row.cells[7];
  }
  const Page page = Get("/reports/month?month=2025-02");
  std::size_t compared = 0;
  for (const char* name : {"sessions", "new", "active"}) {
    const Json& sheet = TableOf(page, name)["sheets"][0];
    for (std::size_t i = sheet["names"]; i < sheet["head"].size(); ++i) {
      const std::string month = sheet["head"][i]["text"];
      EXPECT_EQ((values[{name, month}]), CellUnder(sheet, month)) << name << " " << month;
      ++compared;
    }
  }
  EXPECT_GE(compared, 3u);
}

TEST_F(ReportPagesTest, AWorkbookHasTheFiguresOfThePageAsNumbers) {
  for (const char* referral : {"self", "gp", "gp"}) {  // shares that are no whole numbers
    const RecordId client = Add("client", {{"full_name", "Được giới thiệu"}});
    Add("episode", {{"intake_date", "2026-01-05"}, {"referral", referral}}, client);
  }
  const Page page = Get("/reports/outcomes?month=2026-06");
  const std::string workbook = Download("/reports/outcomes.xlsx?month=2026-06");
  EXPECT_TRUE(workbook.starts_with("PK"));
  EXPECT_FALSE(std::filesystem::exists(device_->folder() / "report.xlsx.new"));
  const std::string text = Unzipped(workbook);
  if (text.empty()) GTEST_SKIP() << "there is no Python to unzip a workbook with";
  EXPECT_EQ(text.find("<f>"), std::string::npos) << "no formula anywhere";
  EXPECT_NE(text.find("state=\"frozen\""), std::string::npos);

  std::map<std::size_t, std::string> sheets;  // by number
  static const std::regex part("## xl/worksheets/sheet([0-9]+)\\.xml\n(.*)");
  for (auto it = std::sregex_iterator(text.begin(), text.end(), part); it != std::sregex_iterator();
       ++it) {
    std::string xml = (*it)[2];
    if (xml.find("<sheetData") == std::string::npos) {  // the declaration stands on its own line
      const std::size_t from = text.find((*it)[0]) + (*it)[0].length();
      xml += text.substr(from, text.find("\n##", from) - from);
    }
    sheets[std::stoul((*it)[1])] = std::move(xml);
  }
  ASSERT_EQ(sheets.size(), page.model["tables"].size() + 1) << "one each, and the definitions";
  static const std::regex number("<c r=\"[A-Z]+[0-9]+\"[^>]*><v>([-0-9.eE]+)</v></c>");
  std::size_t compared = 0, fractions = 0;
  for (std::size_t i = 0; i < page.model["tables"].size(); ++i) {
    std::multiset<std::string> found, wanted;
    const std::string& xml = sheets[i + 1];
    for (auto it = std::sregex_iterator(xml.begin(), xml.end(), number);
         it != std::sregex_iterator(); ++it) {
      if (it->str().find("t=\"s\"") != std::string::npos) continue;  // an index of a text
      found.insert(Json(std::stod((*it)[1])).dump());
    }
    for (const Json& sheet : page.model["tables"][i]["sheets"]) {
      for (const Json& row : sheet["rows"]) {
        for (const Json& cell : row["cells"]) {
          if (cell["value"] != "")
            wanted.insert(Json(std::stod(cell["value"].get<std::string>())).dump());
        }
      }
    }
    for (const std::string& value : wanted) {
      EXPECT_GE(found.count(value), wanted.count(value)) << value << " in " << i + 1;
      ++compared;
      fractions += value.ends_with(".0") ? 0 : 1;
    }
  }
  EXPECT_GT(fractions, 0u);
  EXPECT_GT(compared, 50u);
}

TEST_F(ReportPagesTest, AMonthHasItsFirstDayAndItsLast) {
  const RecordId client = Add("client", {{"full_name", "Ở ranh giới"}});
  const RecordId episode = Add("episode", {{"intake_date", "2024-01-01"}}, client);
  for (const char* day : {"2024-08-31", "2024-09-01", "2025-01-31", "2025-02-28", "2025-03-01"}) {
    Add("session", {{"date", day}}, episode);
  }
  const Page page = Get("/reports/month?month=2025-02");
  const Json& sheet = TableOf(page, "sessions")["sheets"][0];
  EXPECT_EQ(CellUnder(sheet, "2024-09"), "1") << "the first of six months, from its first day";
  EXPECT_EQ(CellUnder(sheet, "2025-01"), "1");
  EXPECT_EQ(CellUnder(sheet, "2025-02"), "4") << "three, and one on its last day";
  for (const char* outside : {"2024-08", "2025-03"}) {
    EXPECT_EQ(CellUnder(sheet, outside), "(no such column)") << outside;
  }
  EXPECT_NE(page.model["about"].dump().find("28/02/2025"), std::string::npos);
  EXPECT_EQ(Get("/reports/month").model["month"], MonthText(LocalDate(SystemClock().WallMs())));
}

TEST_F(ReportPagesTest, EveryCountOfThePageStandsInTheCsvAndNoOther) {
  auto table = ParseCsv(Download("/reports/month.csv?month=2025-02"));
  ASSERT_TRUE(table);
  std::map<std::string, std::multiset<std::string>> in_csv, on_page;
  for (const CsvRow& row : table->rows) {
    EXPECT_EQ(row.cells[0], "2025-02-28");
    if (row.cells[6] == "count") in_csv[row.cells[1]].insert(row.cells[4] + " " + row.cells[7]);
  }
  const Page page = Get("/reports/month?month=2025-02");
  for (const Json& one : page.model["tables"]) {
    for (const Json& sheet : one["sheets"]) {
      if (!in_csv.contains(one["id"])) continue;
      for (const Json& row : sheet["rows"]) {
        for (std::size_t i = sheet["names"]; i < row["cells"].size(); ++i) {
          const std::string text = row["cells"][i]["text"], head = sheet["head"][i]["text"];
          const std::string month = head == "số" ? "" : head;
          if (!text.empty()) on_page[one["id"]].insert(month + " " + text);
        }
      }
    }
  }
  EXPECT_GE(in_csv.size(), 4u);
  EXPECT_EQ(in_csv, on_page);
  for (const Json& one : page.model["tables"]) {
    const bool listed = std::any_of(table->rows.begin(), table->rows.end(),
                                    [&](const CsvRow& row) { return row.cells[1] == one["id"]; });
    EXPECT_EQ(listed, !one["sheets"].empty()) << one["id"];
  }
}

TEST_F(ReportPagesTest, WhatIsDownloadedIsWhatThePageShows) {
  const Page page = Get("/reports/outcomes?month=2026-06&stratum=sex");
  const std::string drawn = Drawn(page, Language::kVietnamese);
  for (const char* kind : {"csv", "xlsx"}) {
    const std::string link =
        std::string("/reports/outcomes.") + kind + "?month=2026-06&amp;stratum=sex";
    EXPECT_NE(drawn.find(link), std::string::npos) << link;
  }
  const HttpResponse csv =
      ResponseOf(Run(ReportRoutes(), "GET", "/reports/outcomes.csv?month=2026-06&stratum=sex"));
  EXPECT_EQ(HeaderOf(csv, "Content-Disposition"),
            "attachment; filename=\"tram-ket-qua-2026-06.csv\"");
  EXPECT_NE(csv.body.find(",sex=female,"), std::string::npos);
  EXPECT_FALSE(page.model["undivided"]);
  EXPECT_TRUE(Get("/reports/month?stratum=sex").model["undivided"]) << "and the page says so";
  EXPECT_FALSE(Get("/reports/month").model["undivided"]);
}

TEST_F(ReportPagesTest, AFigureStandsUnderItsOwnNameAndBesideItsOwnUnits) {
  const Page page = Get("/reports/month?month=2025-02");
  for (const Json& table : page.model["tables"]) {
    const Indicator* meant = nullptr;
    for (const Indicator& one : device_->programme().indicators) {
      if (one.name == table["id"]) meant = &one;
    }
    ASSERT_NE(meant, nullptr);
    EXPECT_EQ(table["label"], meant->label.vi);
    EXPECT_EQ(table["definitions"][0], meant->definition.vi);
  }
  auto csv = ParseCsv(Download("/reports/month.csv?month=2025-02"));
  ASSERT_TRUE(csv);
  for (const CsvRow& row : csv->rows) {
    EXPECT_EQ(row.cells[2] + row.cells[3], "") << "one place only: nobody else's figures";
  }
}

TEST_F(ReportPagesTest, WhatHasNoFiguresIsNamedInOneList) {
  const Page page = Get("/reports/month?month=2025-02");
  std::size_t without = 0;
  const std::string drawn = Drawn(page, Language::kVietnamese);
  for (const Json& table : page.model["tables"]) {
    without += table["sheets"].empty() ? 1 : 0;
    const std::string block = "id=\"" + table["id"].get<std::string>() + "\"";
    EXPECT_EQ(drawn.find(block) == std::string::npos, table["sheets"].empty()) << block;
  }
  EXPECT_GT(without, 0u);
  EXPECT_EQ(page.model["without"].size(), without);
  EXPECT_NE(drawn.find("<li>Kinh phí"), std::string::npos);
}

TEST_F(ReportPagesTest, TextInAWorkbookStaysTextWhateverItSays) {
  const std::string trap = "=HYPERLINK(\"x\") & <b>trạm</b>";
  const FigureReport report{&device_->programme(), {}, {}, {}};
  auto workbook = FigureTablesXlsx(report, Language::kVietnamese, {trap}, scratch_.path());
  ASSERT_TRUE(workbook) << workbook.error().message;
  const std::string text = Unzipped(*workbook);
  if (text.empty()) GTEST_SKIP() << "there is no Python to unzip a workbook with";
  EXPECT_EQ(text.find("<f>"), std::string::npos) << "no formula";
  EXPECT_EQ(text.find("<b>tr"), std::string::npos) << "no markup";
  EXPECT_NE(text.find("=HYPERLINK(\"x\") &amp; &lt;b&gt;trạm&lt;/b&gt;"), std::string::npos)
      << text;
}

}  // namespace
}  // namespace tram::client
