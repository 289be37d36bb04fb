// Laws of the treatment programme's indicators, over random records of every type: the figures of
// parts add up to those of the whole, whatever the order of the rows; states are exclusive and
// exhaustive; every stratum of a dimension together is everybody.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/support/paths.h"
#include "tram/base/limits.h"
#include "tram/base/os_file.h"
#include "tram/programme/sandbox.h"

namespace tram {
namespace {

constexpr int kWorlds = 40;
constexpr int kPersons = 12;
constexpr int kParts = 3;
const Date kBegin = DateOf(2024, 1, 1);
constexpr int kSpanDays = 1000;
const Date kAsOf[] = {DateOf(2024, 2, 29), DateOf(2025, 6, 30), DateOf(2026, 9, 30)};

using Cell = std::tuple<std::string, std::string, std::string, std::string>;
using Sums = std::map<Cell, std::pair<std::int64_t, std::int64_t>>;

std::shared_ptr<const Programme> Treatment() {
  static const std::shared_ptr<const Programme> programme = [] {
    const auto text =
        ReadFile(test::InSource("libsync/programmes/treatment.toml"), kProgrammeBytesMax);
    return *Programme::Load(text.value(), "treatment.toml");
  }();
  return programme;
}

/// One row of a table, as SQL; the person to whom it belongs, none for kNobody.
struct Row {
  static constexpr int kNobody = -1;
  std::string insert;
  int person = kNobody;
};

class World {
 public:
  explicit World(std::uint32_t seed) : random_(seed) {
    for (int person = 0; person < kPersons; ++person) {
      const std::string client = Add("client", "", person);
      for (int n = Below(4); n > 0; --n) Episode(client, person);
    }
    Episode("", Row::kNobody);
    Episode("gone", Row::kNobody);
    for (const char* type : {"unit_profile", "funding", "stock", "training", "outreach", "worker",
                             "question", "review", "session", "medication"}) {
      for (int n = Below(4); n > 0; --n) Add(type, "", Row::kNobody);
    }
    std::shuffle(rows.begin(), rows.end(), random_);
  }

  std::vector<Row> rows;

 private:
  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }

  void Episode(const std::string& client, int person) {
    const std::string episode = Add("episode", client, person);
    for (const char* type : {"session", "session", "followup", "followup", "followup", "medication",
                             "support", "referral_out"}) {
      for (int n = Below(4); n > 0; --n) Add(type, episode, person);
    }
  }

  /// Few days, a third of them those that the outcomes turn on: many ties.
  std::string DayText() {
    static constexpr int kEdges[] = {0, 30, 90, 91, 305, 365, 366, 395, 425, 730};
    const int day = Below(3) == 0 ? kEdges[Below(std::size(kEdges))] : 7 * Below(kSpanDays / 7);
    return "'" + IsoDate(Date{kBegin.days + day}) + "'";
  }

  std::string Value(const Field& field) {
    if (!field.clear || Below(10) == 0) return "NULL";
    switch (field.type) {
      case FieldType::kDate:
        if (field.name == "end_date" && Below(2) == 0) return "NULL";
        return DayText();
      case FieldType::kCode: {
        const auto& codes = Treatment()->Codes(field.codes)->values;
        return "'" + codes[static_cast<std::size_t>(Below(static_cast<int>(codes.size())))].name +
               "'";
      }
      case FieldType::kInt:
        return field.name == "year" ? std::to_string(2023 + Below(5)) : std::to_string(Below(4));
      case FieldType::kBool:
        return Below(3) == 0 ? "0" : "1";
      default:
        return "NULL";
    }
  }

  std::string Add(const std::string& type_name, const std::string& parent, int person) {
    const RecordType& type = *Treatment()->ByName(type_name);
    // Ids in no order, so that ties by id are not ties by age.
    const std::string id = std::to_string(random_() % 1'000'000) + "." + std::to_string(++made_);
    std::string columns = "id, parent, created_ms, conflict, arrived_on";
    std::string values = "'" + id + "', " + (parent.empty() ? "NULL" : "'" + parent + "'") + ", " +
                         std::to_string(Below(3)) + ", " + (Below(8) == 0 ? "1" : "0") + ", " +
                         (Below(5) == 0 ? "NULL" : DayText());
    for (const Field& field : type.fields) {
      columns += ", \"" + field.name + "\"";
      values += ", " + Value(field);
    }
    rows.push_back(
        {"INSERT INTO " + type_name + " (" + columns + ") VALUES (" + values + ")", person});
    for (const Check& check : Treatment()->checks) {
      if (check.record == type_name && Below(6) == 0) AddReview(id, check.name, person);
    }
    return id;
  }

  /// It belongs to the person of the record that it is about.
  void AddReview(const std::string& about, const std::string& check, int person) {
    rows.push_back({"INSERT INTO review (id, about, \"check\") VALUES ('r" +
                        std::to_string(++made_) + "', '" + about + "', '" + check + "')",
                    person});
  }

  std::mt19937 random_;
  int made_ = 0;
};

class Tables {
 public:
  Tables() : sandbox_(Sandbox::Create(*Treatment()).value()) {}

  void Insert(const Row& row) {
    const Status status = sandbox_->database().Execute(row.insert);
    ASSERT_TRUE(status) << status.error().message << "\n" << row.insert;
  }

  /// All figures as of a day, as the view makes them.
  Sums Figures(Date as_of) {
    const Sandbox::Window window{as_of, as_of, as_of};
    const Status derived = sandbox_->Derive(window);
    EXPECT_TRUE(derived) << derived.error().message;
    Sums sums;
    for (const Indicator& indicator : Treatment()->indicators) {
      ForEach(indicator.sql, window, [&](SqlStatement& row) {
        auto [at, is_new] = sums.try_emplace(
            Cell{indicator.name, row.Text(0), row.Text(1), row.Text(2)}, row.Int(3), row.Int(4));
        EXPECT_TRUE(is_new) << indicator.name << ": a row twice";
        EXPECT_TRUE(row.Int(3) != 0 || row.Int(4) != 0) << indicator.name << ": a row of zeros";
      });
    }
    return sums;
  }

 private:
  template <class Take>
  void ForEach(const std::string& sql, const Sandbox::Window& window, Take take) {
    const auto statement = sandbox_->Kept(sql, SandboxMode::kClear, window);
    ASSERT_TRUE(statement) << statement.error().message;
    for (;;) {
      const auto more = (*statement)->Step();
      ASSERT_TRUE(more) << more.error().message << "\n" << sql;
      if (!*more) return;
      take(**statement);
    }
  }

  std::unique_ptr<Sandbox> sandbox_;
};

void Add(Sums& sums, const Sums& part) {
  for (const auto& [cell, count] : part) {
    auto& [numerator, denominator] = sums[cell];
    numerator += count.first;
    denominator += count.second;
  }
}

std::string Text(const Cell& cell) {
  return std::get<0>(cell) + " " + std::get<1>(cell) + " " + std::get<2>(cell) + " " +
         std::get<3>(cell);
}

void ExpectSame(const Sums& whole, const Sums& parts) {
  for (const auto& [cell, count] : whole) {
    const auto found = parts.find(cell);
    EXPECT_TRUE(found != parts.end() && found->second == count) << Text(cell);
  }
  for (const auto& [cell, count] : parts) EXPECT_TRUE(whole.contains(cell)) << Text(cell);
}

class IndicatorLaws : public ::testing::Test {
 protected:
  /// Calls `law` with many worlds, in whole and divided by person; all records of nobody are one
  /// more person.
  template <class Law>
  void ForEachWorld(Law law) {
    for (std::uint32_t seed = 1; seed <= kWorlds && !HasFailure(); ++seed) {
      SCOPED_TRACE("world " + std::to_string(seed));
      const World world(seed);
      Tables whole;
      for (const Row& row : world.rows) whole.Insert(row);
      law(world, whole, seed);
    }
  }
};

TEST_F(IndicatorLaws, FiguresOfPartsAddUpToThoseOfTheWhole) {
  std::set<std::string> seen;
  ForEachWorld([&](const World& world, Tables& whole, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::map<int, std::size_t> part_of;
    for (int person = Row::kNobody; person < kPersons; ++person) {
      part_of[person] = random() % kParts;
    }
    std::vector<Tables> parts(kParts);
    std::vector<Row> rows = world.rows;
    std::shuffle(rows.begin(), rows.end(), random);
    for (const Row& row : rows) parts[part_of[row.person]].Insert(row);
    for (const Date as_of : kAsOf) {
      SCOPED_TRACE("as of " + IsoDate(as_of));
      const Sums figures = whole.Figures(as_of);
      Sums sums;
      for (Tables& part : parts) Add(sums, part.Figures(as_of));
      ExpectSame(figures, sums);
      for (const auto& [cell, count] : figures) seen.insert(std::get<0>(cell));
    }
  });
  for (const Indicator& indicator : Treatment()->indicators) {
    EXPECT_TRUE(seen.contains(indicator.name)) << "no world has a row of " << indicator.name;
    EXPECT_TRUE(indicator.by_person) << indicator.name;
  }
}

/// Numerators (or denominators) of an indicator by period and stratum, over all bins.
std::map<std::pair<std::string, std::string>, std::int64_t> Over(const Sums& sums,
                                                                 const std::string& indicator,
                                                                 bool denominators = false) {
  std::map<std::pair<std::string, std::string>, std::int64_t> totals;
  for (const auto& [cell, count] : sums) {
    if (std::get<0>(cell) != indicator) continue;
    totals[{std::get<1>(cell), std::get<2>(cell)}] += denominators ? count.second : count.first;
  }
  return totals;
}

TEST_F(IndicatorLaws, EverybodyHasOneStateAndLeavesEachCurveOnce) {
  ForEachWorld([&](const World&, Tables& whole, std::uint32_t) {
    for (const Date as_of : kAsOf) {
      SCOPED_TRACE("as of " + IsoDate(as_of));
      const Sums sums = whole.Figures(as_of);
      for (const std::string end : {"", "_end"}) {
        const auto states = Over(sums, "state_12m" + end);
        auto cohorts = Over(sums, "immature" + end);
        for (const auto& [at, count] : Over(sums, "no_use_12m" + end)) {
          EXPECT_EQ(count, states.at(at));
          cohorts[at] += count;
        }
        for (const std::string curve : {"relapse_free", "relapse_or_loss", "relapse_competing"}) {
          auto leaving = Over(sums, curve + end, true);
          std::erase_if(leaving, [](const auto& total) { return total.first.second != "all"; });
          EXPECT_EQ(leaving, cohorts) << curve << end;
        }
      }
      const auto profile = Over(sums, "new_profile");
      for (const auto& [at, count] : Over(sums, "new")) EXPECT_EQ(profile.at(at), count);
    }
  });
}

TEST_F(IndicatorLaws, TheStrataOfADimensionAreEverybody) {
  ForEachWorld([&](const World&, Tables& whole, std::uint32_t) {
    const Sums sums = whole.Figures(kAsOf[2]);
    for (const char* name : {"new_profile", "retention", "state_12m", "state_12m_end",
                             "relapse_free", "relapse_free_end", "funding"}) {
      std::map<Cell, std::pair<std::int64_t, std::int64_t>> all, by_dimension;
      std::set<std::string> dimensions;
      for (const auto& [cell, count] : sums) {
        if (std::get<0>(cell) != name) continue;
        const std::string& stratum = std::get<2>(cell);
        if (stratum == "all") {
          all[{name, std::get<1>(cell), "", std::get<3>(cell)}] = count;
          continue;
        }
        const std::string dimension = stratum.substr(0, stratum.find('='));
        dimensions.insert(dimension);
        auto& total = by_dimension[{name, std::get<1>(cell), dimension, std::get<3>(cell)}];
        total.first += count.first;
        total.second += count.second;
      }
      EXPECT_EQ(by_dimension.size(), all.size() * dimensions.size()) << name;
      for (const auto& [cell, count] : by_dimension) {
        const Cell whole_cell{name, std::get<1>(cell), "", std::get<3>(cell)};
        ASSERT_TRUE(all.contains(whole_cell)) << Text(cell);
        EXPECT_EQ(count, all.at(whole_cell)) << Text(cell);
      }
    }
  });
}

}  // namespace
}  // namespace tram
