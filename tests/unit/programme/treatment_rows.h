// Rows of the treatment programme put straight into the tables, and its indicators and checks over
// them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "tests/unit/programme/loading.h"
#include "tram/programme/sandbox.h"

namespace tram {

class TreatmentTest : public ::testing::Test {
 protected:
  void SetUp() override {
    programme_ = LoadFile("treatment.toml");
    ASSERT_TRUE(programme_);
    auto created = Sandbox::Create(*programme_);
    ASSERT_TRUE(created) << created.error().message;
    sandbox_ = std::move(*created);
  }

  void Execute(const std::string& sql) {
    Status status = sandbox_->database().Execute(sql);
    ASSERT_TRUE(status) << status.error().message << "\n" << sql;
  }
  static std::string Text(const std::string& text) {
    return text.empty() ? "NULL" : "'" + text + "'";
  }
  static std::string Day(const std::string& from, int days) {
    return IsoDate(Date{ParseIsoDate(from)->days + days});
  }

  /// An episode, and its client where he is new. Empty texts are NULL.
  void Episode(const std::string& id, const std::string& client, const std::string& intake,
               const std::string& end = "", const std::string& reason = "") {
    Execute("INSERT OR IGNORE INTO client(id) VALUES(" + Text(client) + ")");
    Execute("INSERT INTO episode(id, parent, intake_date, end_date, end_reason) VALUES(" +
            Text(id) + "," + Text(client) + "," + Text(intake) + "," + Text(end) + "," +
            Text(reason) + ")");
  }
  void Session(const std::string& episode, const std::string& date, const std::string& use = "",
               const std::string& use_date = "", const std::string& kind = "individual") {
    Execute("INSERT INTO session(id, parent, date, use_since_last, use_date, kind) VALUES(" +
            NextId() + "," + Text(episode) + "," + Text(date) + "," + Text(use) + "," +
            Text(use_date) + "," + Text(kind) + ")");
  }
  void Followup(const std::string& episode, const std::string& date, const std::string& use,
                const std::string& situation, const std::string& method = "visit",
                bool reached = true, const std::string& slot = "other",
                const std::string& use_date = "") {
    Execute(
        "INSERT INTO followup(id, parent, date, use_status, situation, method, reached, slot, "
        "use_date) VALUES(" +
        NextId() + "," + Text(episode) + "," + Text(date) + "," + Text(use) + "," +
        Text(situation) + "," + Text(method) + "," + (reached ? "1" : "0") + "," + Text(slot) +
        "," + Text(use_date) + ")");
  }

  /// Makes the findings and the derived rows as of a day.
  void Derive(const std::string& as_of) {
    const Date date = *ParseIsoDate(as_of);
    const Status derived = sandbox_->Derive({date, date, date});
    ASSERT_TRUE(derived) << derived.error().message;
  }

  /// An indicator's rows over the derived ones, as the statement gives them.
  std::vector<IndicatorRow> Rows(const std::string& indicator, const std::string& as_of) {
    Date date = *ParseIsoDate(as_of);
    std::vector<IndicatorRow> rows;
    auto kept = sandbox_->Kept(programme_->IndicatorByName(indicator)->sql, SandboxMode::kClear,
                               {date, date, date});
    EXPECT_TRUE(kept) << kept.error().message;
    if (!kept) return rows;
    SqlStatement& statement = **kept;
    for (;;) {
      auto row = statement.Step();
      EXPECT_TRUE(row) << row.error().message;
      if (!row || !*row) break;
      rows.push_back({statement.Text(0), statement.Text(1), statement.Text(2), statement.Int(3),
                      statement.Int(4)});
      EXPECT_TRUE(rows.back().numerator != 0 || rows.back().denominator != 0) << indicator;
    }
    return rows;
  }

  /// "period bin numerator/denominator" of each row of a stratum, sorted.
  std::vector<std::string> Run(const std::string& indicator, const std::string& as_of,
                               const std::string& stratum = "all") {
    Derive(as_of);
    std::vector<std::string> texts;
    for (const IndicatorRow& row : Rows(indicator, as_of)) {
      if (row.stratum != stratum) continue;
      texts.push_back(row.period + " " + row.bin + (row.bin.empty() ? "" : " ") +
                      std::to_string(row.numerator) + "/" + std::to_string(row.denominator));
    }
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  /// Ids that a check finds, sorted.
  std::vector<std::string> Findings(const std::string& check, const std::string& as_of) {
    std::vector<std::string> ids;
    for (const Check& candidate : programme_->checks) {
      if (candidate.name != check) continue;
      Date date = *ParseIsoDate(as_of);
      auto statement = sandbox_->Prepare(
          candidate.sql, candidate.device_only ? SandboxMode::kSealed : SandboxMode::kClear,
          {date, date, date});
      EXPECT_TRUE(statement) << statement.error().message;
      if (!statement) return ids;
      for (;;) {
        auto row = statement->Step();
        EXPECT_TRUE(row) << check << ": " << row.error().message;
        if (!row || !*row) break;
        ids.push_back(statement->Text(0));
      }
      std::sort(ids.begin(), ids.end());
      return ids;
    }
    ADD_FAILURE() << "there is no check " << check;
    return ids;
  }

  /// "id due" of each line of a worklist, in order, and what it fills.
  std::vector<std::string> Lines(const std::string& list, const std::string& as_of) {
    std::vector<std::tuple<std::int64_t, std::string, std::string, std::string>> found;
    for (const Worklist& candidate : programme_->worklists) {
      if (candidate.name != list) continue;
      const Date date = *ParseIsoDate(as_of);
      auto statement = sandbox_->Prepare(candidate.sql, SandboxMode::kSealed, {date, date, date});
      EXPECT_TRUE(statement) << statement.error().message;
      if (!statement) return {};
      for (;;) {
        auto row = statement->Step();
        EXPECT_TRUE(row) << list << ": " << row.error().message;
        if (!row || !*row) break;
        std::int64_t rank = 0;
        std::string fills;
        for (int i = 2; i < statement->ColumnCount(); ++i) {
          if (statement->ColumnName(i) == kRankColumn) {
            rank = statement->Int(i);
          } else {
            fills += " " + statement->ColumnName(i) + "=" + statement->Text(i);
          }
        }
        found.emplace_back(rank, statement->Text(1), statement->Text(0), fills);
      }
      std::sort(found.begin(), found.end());
      std::vector<std::string> lines;
      for (const auto& [rank, due, id, fills] : found) lines.push_back(id + " " + due + fills);
      return lines;
    }
    ADD_FAILURE() << "there is no worklist " << list;
    return {};
  }

  std::string NextId() { return "'r" + std::to_string(next_++) + "'"; }

  std::shared_ptr<const Programme> programme_;
  std::unique_ptr<Sandbox> sandbox_;
  int next_ = 0;
};

}  // namespace tram
