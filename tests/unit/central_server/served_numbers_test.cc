// Numbers about persons that the interface for programs and the documents for other systems give:
// whoever asks for all of them finds no number that was not released, as in the pages
// (outcome_pages_test.cc) and in their files (outcome_exports_test.cc).
#include <fmt/format.h>

#include "auth/request_rate.h"
#include "rollup/control_limits.h"
#include "tests/unit/central_server/exchange_fixture.h"
#include "tests/unit/central_server/outcome_attacker.h"
#include "tests/unit/central_server/taken_files.h"

namespace tram::server {
namespace {

using nlohmann::ordered_json;

class ServedNumbersTest : public AttackerTest {
 protected:
  void SetUp() override {
    AttackerTest::SetUp();
    const std::string mapping = FilledMapping(state());
    const Account admin = AddAccount("quan.tri", Role::kAdministrator);
    Serve();
    Become(admin);
    EXPECT_EQ(PostFile("/admin/exchange", "m.csv", mapping).status, 303);
    Become(manager_);
    for (const std::string& target : Targets()) {
      const std::size_t mark = std::min(target.find('?'), target.size());
      queries_.emplace_back(target.substr(0, mark), target.substr(mark));
    }
    allowed_ = AllowedNumbers();
    for (const std::string& text : allowed_.exact) {
      if (!text.empty()) exact_.insert(std::stod(text));
    }
  }

  /// Every table about persons with every choice that the pages offer, by its address; the months
  /// it was made at are left out.
  std::map<std::string, ordered_json> Tables() {
    AsToken(manager_, {Right::kActivity, Right::kOutcomes});
    std::map<std::string, ordered_json> tables;
    int asked = 0;
    const std::int64_t began_ms = clock_.ms;
    const auto take = [&](const std::string& address) {
      if (++asked % 50 == 0) SetTime(began_ms + asked * kMsPerRequest);
      const HttpResponse response = Get(address);
      EXPECT_TRUE(response.status == 200 || response.status == 400)
          << address << " " << response.status;
      if (response.status != 200) return;
      tables[address] = ordered_json::parse(response.body);
      tables[address]["age"].erase("made");
    };
    for (const auto& [page, query] : queries_) {
      if (page == "/outcomes/curves") {
        take("/api/v1/data/curves" + query);
        continue;
      }
      for (const char* set : {"states", "success", "shares", "persons", "survival"}) {
        take(std::string("/api/v1/data/") + set + query);
      }
    }
    for (const char* year : {"2023", "2024", "all"}) {
      take(std::string("/api/v1/data/unit-success?year=") + year);
    }
    SetTime(began_ms);
    return tables;
  }
  /// Every document about persons, by its address.
  std::map<std::string, ordered_json> Documents() {
    Become(manager_);
    std::map<std::string, ordered_json> documents;
    for (const char* file : {"dhis2", "fhir"}) {
      for (const char* by : {"unit", "province", "country"}) {
        for (const char* places : {"then", "now"}) {
          for (const char* province : {"", "56", "24", "27", "01"}) {
            const std::string address = fmt::format(
                "/exchange/{}.json?part=released&month=2026-03&by={}&places={}&province={}", file,
                by, places, province);
            const HttpResponse response = Get(address);
            if (response.status != 200) continue;
            ordered_json document = ordered_json::parse(response.body);
            documents[address] = std::move(document);
          }
        }
      }
    }
    return documents;
  }
  void SetTime(std::int64_t ms) {
    OnOwner([&](ServerState&, RollupWorker&) -> Status {
      clock_.ms = ms;
      return {};
    });
  }

  void ExpectShare(const ordered_json& value, const std::string& where) {
    if (value.is_null()) return;
    EXPECT_TRUE(exact_.contains(value.get<double>())) << where << " " << value;
    ++shares_;
  }
  void ExpectCount(const ordered_json& value, const std::string& where) {
    if (value.is_null()) return;
    EXPECT_TRUE(allowed_.counts.contains(value.dump())) << where << " " << value;
    ++counts_;
  }
  /// Of a table of units: the mean of its released numbers, and the limits that follow from it.
  void AllowLimits(const ordered_json& table) {
    std::int64_t known = 0, success = 0;
    for (const ordered_json& row : table.at("rows")) {
      known += row.at("known").get<std::int64_t>();
      success += row.at("success").get<std::int64_t>();
    }
    if (known == 0) return;
    const double mean = static_cast<double>(success) / static_cast<double>(known);
    exact_.insert(mean);
    for (const ordered_json& row : table.at("rows")) {
      for (const double tail : {kTailNear, kTailFar}) {
        const Interval limits = ControlLimits(row.at("known"), mean, tail);
        exact_.insert({limits.low, limits.high});
      }
    }
  }
  /// What a document adds up itself: two released numbers of one line.
  void AllowSums() {
    for (const Indicator& indicator : programme().indicators) {
      for (const int year : {2023, 2024}) {
        for (const ReleasedBy by : {ReleasedBy::kCountry, ReleasedBy::kProvinceThen,
                                    ReleasedBy::kProvinceNow, ReleasedBy::kUnit}) {
          for (const auto& place : TableOfYear(indicator.name, year, by).places) {
            for (const ReleasedLine& line : place.lines) {
              for (const auto& [item, one] : line.numbers) {
                for (const auto& [other, two] : line.numbers) {
                  if (one && two) allowed_.counts.insert(std::to_string(*one + *two));
                }
              }
            }
          }
        }
      }
    }
  }
  void ExpectReleased(const std::string& address, const ordered_json& table) {
    std::map<std::string, std::string> kinds;
    for (const ordered_json& column : table.at("columns")) {
      kinds[column.at("name")] = column.at("kind");
    }
    if (address.find("/unit-success?") != address.npos) AllowLimits(table);
    for (const ordered_json& row : table.at("rows")) {
      for (const auto& [name, cell] : row.items()) {
        const std::string where = address + " " + name;
        if (name == "hidden" || name == "year" || name == "day") continue;
        if (cell.is_object()) {
          ExpectShare(cell.at("low"), where);
          ExpectShare(cell.at("high"), where);
        } else if (cell.is_number() && kinds.at(name) == "count") {
          ExpectCount(cell, where);
        } else if (cell.is_number()) {
          ExpectShare(cell, where);
        } else if (cell.is_string()) {
          EXPECT_EQ(kinds.at(name), "words") << where;
        }
      }
    }
  }
  /// Of a group or a stratum: what its score may be, a share of one of its populations in another.
  void AllowScores(const ordered_json& group) {
    if (!group.contains("measureScore") || !group.contains("population")) return;
    for (const ordered_json& part : group.at("population")) {
      for (const ordered_json& whole : group.at("population")) {
        const double persons = whole.value("count", 0.0);
        if (persons > 0 && part.contains("count")) {
          exact_.insert(part.at("count").get<double>() / persons);
        }
      }
    }
  }
  /// Every number of a document, wherever it stands; `name` is the nearest name above it.
  void ExpectReleasedBelow(const std::string& address, const std::string& name,
                           const ordered_json& part) {
    if (part.is_object()) {
      AllowScores(part);
      for (const auto& [key, below] : part.items()) ExpectReleasedBelow(address, key, below);
    } else if (part.is_array()) {
      for (const ordered_json& below : part) ExpectReleasedBelow(address, name, below);
    } else if (name == "count") {
      ExpectCount(part, address + " count");
    } else if (part.is_number_float()) {
      ExpectShare(part, address + " " + name);
    } else if (part.is_number()) {
      others_[name].insert(part.dump());
    } else if (name == "value" && address.starts_with("/exchange/dhis2")) {
      EXPECT_TRUE(allowed_.counts.contains(part.get<std::string>())) << address << " " << part;
      ++counts_;
    }
  }

  std::vector<std::pair<std::string, std::string>> queries_;  // a page, what is asked of it
  Allowed allowed_;
  std::set<double> exact_;
  std::size_t counts_ = 0, shares_ = 0;
  std::map<std::string, std::set<std::string>> others_;  // numbers of documents, by their name
};

TEST_F(ServedNumbersTest, AProgramIsGivenNoNumberThatIsNotReleasedOrMadeOfReleasedOnes) {
  const auto tables = Tables();
  EXPECT_GT(tables.size(), 100u);
  for (const auto& [address, table] : tables) {
    ExpectReleased(address, table);
    if (HasFailure()) return;
  }
  EXPECT_GT(counts_, 2000u);
  EXPECT_GT(shares_, 2000u);
}

TEST_F(ServedNumbersTest, AProgramIsGivenTheRowsOfTheFile) {
  std::size_t rows = 0, compared = 0;
  const auto tables = Tables();
  Become(manager_);
  for (const auto& [address, table] : tables) {
    if (++compared % 7 != 0) continue;  // each kind of choice, not each choice
    std::string file = address;
    file.replace(0, std::string("/api/v1/data/").size(), "/export/");
    file.insert(std::min(file.find('?'), file.size()), ".csv");
    const TakenCsv csv = ReadTakenCsv(Get(file).body);
    ASSERT_EQ(csv.rows.size(), table.at("rows").size()) << file;
    for (std::size_t i = 0; i < csv.rows.size(); ++i) {
      for (const auto& [name, cell] : table.at("rows")[i].items()) {
        if (cell.is_number()) {
          EXPECT_EQ(std::stod(csv.Cell(i, name)), cell.get<double>()) << file << " " << name;
          ++rows;
        }
        if (name != "hidden") continue;
        for (const std::string column : cell) EXPECT_EQ(csv.Cell(i, column), "*") << file;
      }
    }
  }
  EXPECT_GT(rows, 500u);
}

TEST_F(ServedNumbersTest, ADocumentHoldsNoNumberThatIsNotReleasedOrMadeOfReleasedOnes) {
  AllowSums();
  const auto documents = Documents();
  EXPECT_GT(documents.size(), 20u);
  for (const auto& [address, document] : documents) {
    ExpectReleasedBelow(address, "", document);
    if (HasFailure()) return;
  }
  EXPECT_GT(counts_, 1000u);
  // Nothing else is a number, but to what numbers were rounded.
  for (const auto& [name, numbers] : others_) {
    EXPECT_EQ(name, "valueInteger") << *numbers.begin();
    for (const std::string& step : numbers) {
      EXPECT_TRUE(step == "5" || step == "10" || step == "20") << name << " " << step;
    }
  }
}

TEST_F(ServedNumbersTest, WhatIsGivenDoesNotChangeWithTheExactRows) {
  const auto tables = Tables();
  const auto documents = Documents();
  OnOwner([&](ServerState&, RollupWorker&) -> Status {
    StoreRows(seed_ + 1, kReleased);
    StoreRows(seed_ + 2, DateOf(2026, 10, 31));
    return ReleaseDue(state(), DateOf(2026, 10, 31));
  });
  EXPECT_EQ(Tables() == tables, true);
  EXPECT_EQ(Documents() == documents, true);
}

}  // namespace
}  // namespace tram::server
