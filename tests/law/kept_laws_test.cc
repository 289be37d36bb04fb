// What a view keeps (figures, worklists, what checks found) is what a view finds that has kept
// nothing: after any changes of records of any programme, whoever asks for what, and when.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/op_builder.h"
#include "tests/support/paths.h"
#include "tests/support/small_programme.h"
#include "tram/base/limits.h"
#include "tram/base/os_file.h"

namespace tram {
namespace {

constexpr std::size_t kOpsBefore = 450, kOpsAfter = 160, kOpsAtOnceMax = 4;
constexpr int kDays = 900;
const Date kBegin = DateOf(2024, 1, 1);
const Date kAsOf[] = {DateOf(2025, 6, 30), DateOf(2026, 9, 30)};

std::shared_ptr<const Programme> Treatment() {
  static const std::shared_ptr<const Programme> programme = [] {
    const auto text =
        ReadFile(test::InSource("libsync/programmes/treatment.toml"), kProgrammeBytesMax);
    return *Programme::Load(text.value(), "treatment.toml");
  }();
  return programme;
}

/// The small programme, with work to do that reads one table, two, and what is sealed.
std::shared_ptr<const Programme> SmallWithWork() {
  auto programme = std::make_shared<Programme>(*small::SmallProgramme());
  const auto add = [&](const char* name, const char* record, const char* sql,
                       bool by_person = false) {
    Worklist list;
    list.name = name;
    list.record = record;
    list.sql = sql;
    list.by_person = by_person;
    programme->worklists.push_back(list);
  };
  const char* seen =
      "SELECT c.id, max(s.date) FROM client AS c JOIN episode AS e ON e.parent = c.id "
      "JOIN session AS s ON s.parent = e.id GROUP BY c.id";
  const char* named = "SELECT id, '', unicode(full_name) AS rank FROM client WHERE full_name < 'm'";
  add("open", "episode", "SELECT id, intake_date FROM episode WHERE end_date IS NULL");
  add("seen", "client", seen);
  add("named", "client", named);
  // Of a table of which no column is read.
  add("in_words", "client", "SELECT id, '' FROM client WHERE (SELECT count(*) FROM worker) % 2");
  add("seen_by_person", "client", seen, true);
  add("named_by_person", "client", named, true);
  add("sessions_by_person", "session", "SELECT id, date, -days(date) AS rank FROM session", true);
  return programme;
}

/// Random ops about records of every type: new, changed, deleted, taken back, put below another
/// record, merged into another. Mostly their writer has seen what was there.
class World {
 public:
  World(const Programme& programme, std::uint32_t seed)
      : programme_(programme), random_(seed), keys(TestUnit()) {
    for (std::uint8_t i = 0; i < 2; ++i) devices_.emplace_back(TestUnit(), TestDevice(i), &keys);
    while (entries.size() < kOpsBefore + kOpsAfter) {
      entries.push_back(known_.size() < 20 || Below(2) == 0 ? Create() : Change());
    }
  }

 private:
  struct Known {
    RecordId id;
    const RecordType* type;
    std::optional<RecordId> root;
    std::vector<OpId> ops;
  };

  std::uint32_t Below(std::size_t n) { return static_cast<std::uint32_t>(random_() % n); }
  OpBuilder& Device() { return devices_[Below(devices_.size())]; }

  const Known* Any(const std::string& type) {
    std::vector<const Known*> of_type;
    for (const Known& known : known_) {
      if (known.type->name == type) of_type.push_back(&known);
    }
    return of_type.empty() ? nullptr : of_type[Below(of_type.size())];
  }

  ViewEntry Create() {
    const RecordType* type = nullptr;
    do {
      type = &programme_.records[Below(programme_.records.size())];
      // Records of nobody are few: where a change concerns many rows, nothing stays kept.
    } while (type->of_province || (type->parent.empty() && !type->person && Below(6) != 0));
    OpDraft draft{.type = type->number, .person = type->person};
    const Known* parent = type->parent.empty() ? nullptr : Any(type->parent);
    if (parent != nullptr && Below(15) != 0) {
      draft.clear.push_back({kFieldParent, parent->id});
      draft.root = parent->root;
    }
    Fill(*type, 2, draft);
    const ViewEntry entry = Device().Create(draft);
    const RecordId id = RecordOf(entry.id);
    known_.push_back({id, type, type->person ? std::optional(id) : draft.root, {entry.id}});
    return entry;
  }

  ViewEntry Change() {
    Known& known = known_[Below(known_.size())];
    OpDraft draft{.type = known.type->number, .parents = known.ops, .root = known.root};
    if (Below(6) == 0) draft.parents.resize(1 + Below(draft.parents.size()));
    const Known* other = nullptr;
    switch (Below(12)) {
      case 0:
        draft.clear.push_back({kFieldDeleted, Below(3) != 0});
        break;
      case 1:
        other = Any(known.type->name);
        draft.clear.push_back({kFieldMergedInto, Below(3) == 0 ? Value() : Value(other->id)});
        break;
      case 2:
      case 3:
        other = known.type->parent.empty() ? nullptr : Any(known.type->parent);
        if (other != nullptr) draft.clear.push_back({kFieldParent, other->id});
        break;
      default:
        Fill(*known.type, 4, draft);
    }
    const ViewEntry entry = Device().Change(known.id, draft);
    known.ops.push_back(entry.id);
    return entry;
  }

  void Fill(const RecordType& type, std::size_t one_in, OpDraft& draft) {
    for (const Field& field : type.fields) {
      if (Below(one_in) != 0) continue;
      (field.clear ? draft.clear : draft.sealed).push_back({field.number, Random(field)});
    }
  }

  std::uint32_t Element(const Field& field) {
    const std::vector<CodeValue>& codes = programme_.Codes(field.codes)->values;
    return codes[Below(codes.size())].number;
  }

  Value Random(const Field& field) {
    switch (field.type) {
      case FieldType::kBool:
        return Below(2) == 0;
      case FieldType::kInt:
        return std::int64_t{field.min.value_or(0) + Below(5)};
      case FieldType::kDecimal:
        return Decimal{Below(9), field.scale};
      case FieldType::kDate:
        return Date{kBegin.days + static_cast<std::int32_t>(Below(kDays))};
      case FieldType::kCode:
        return Code{Element(field)};
      case FieldType::kSet:
        return AddCode{Element(field)};
      case FieldType::kText:
        return std::string(1, static_cast<char>('a' + Below(26)));
      default:
        return Value();
    }
  }

  const Programme& programme_;
  std::mt19937 random_;
  std::vector<OpBuilder> devices_;
  std::vector<Known> known_;

 public:
  TestKeys keys;
  std::vector<ViewEntry> entries;
};

std::string FiguresOf(UnitView& view, Date as_of, bool keep) {
  const Result<std::vector<IndicatorFigures>> all = view.Figures(as_of, keep);
  EXPECT_TRUE(all) << all.error().message;
  std::string text;
  for (const IndicatorFigures& figures : *all) {
    for (const IndicatorRow& row : figures.rows) {
      text += figures.indicator + " " + row.period + " " + row.stratum + " " + row.bin + " " +
              std::to_string(row.numerator) + "/" + std::to_string(row.denominator) + "\n";
    }
  }
  return text;
}

std::string FoundIn(UnitView& view, Date as_of) {
  const Result<std::vector<CheckFinding>> found = view.Checks(as_of);
  EXPECT_TRUE(found) << found.error().message;
  std::string text;
  for (const CheckFinding& finding : *found) {
    text += finding.check->name + " " + finding.record.Hex() + "\n";
  }
  return text;
}

std::string WorkIn(UnitView& view, Date as_of) {
  std::string text;
  for (const Worklist& list : view.programme().worklists) {
    const Result<std::vector<WorkItem>> items = view.Work(list, as_of);
    EXPECT_TRUE(items) << items.error().message;
    for (const WorkItem& item : *items) {
      text += list.name + " " + item.record.Hex() + (item.due ? IsoDate(*item.due) : "");
      for (const auto& [field, value] : item.fills) text += " " + field + "=" + value;
      text += "\n";
    }
  }
  return text;
}

/// Two views get the same ops; one is asked now and then and keeps, the other is new each time.
class TwoViews {
 public:
  TwoViews(std::shared_ptr<const Programme> programme, World& world)
      : programme_(std::move(programme)), world_(world), kept_(New()) {}

  void Apply(std::size_t count) {
    ASSERT_TRUE(kept_->Apply(std::span(world_.entries).subspan(applied_, count)));
    applied_ += count;
  }
  void Turn() {
    unlocked_ = !unlocked_;
    ASSERT_TRUE(kept_->SetUnsealer(unlocked_ ? &world_.keys : nullptr));
  }
  void CompareSome(std::mt19937& random) {
    const std::unique_ptr<UnitView> fresh = New();
    ASSERT_TRUE(fresh->Apply(std::span(world_.entries).first(applied_)));
    const auto asked = [&](std::uint32_t one_in) { return random() % one_in == 0; };
    // Another day makes lists anew: mostly it is the same.
    const Date today = kAsOf[asked(8) ? 1 : 0];
    if (asked(2)) Compare(FoundIn(*kept_, today), FoundIn(*fresh, today), 1);
    if (asked(2)) Compare(WorkIn(*kept_, today), WorkIn(*fresh, today), 2);
    for (Date as_of : kAsOf) {
      // Rarely, so that rows are written several times before.
      if (asked(4)) Compare(FiguresOf(*kept_, as_of, true), FiguresOf(*fresh, as_of, false), 0);
    }
  }
  std::size_t applied() const { return applied_; }
  /// Different answers of each kind: one that is always the same shows nothing.
  std::size_t Different(std::size_t kind) const { return answers_[kind].size(); }

 private:
  std::unique_ptr<UnitView> New() {
    std::unique_ptr<UnitView> view = *UnitView::Create(programme_, TestUnit());
    EXPECT_TRUE(view->SetUnsealer(unlocked_ ? &world_.keys : nullptr));
    return view;
  }
  void Compare(const std::string& ours, const std::string& expected, std::size_t kind) {
    EXPECT_EQ(ours, expected) << "after " << applied_ << " ops";
    answers_[kind].insert(expected);
  }

  std::shared_ptr<const Programme> programme_;
  World& world_;
  bool unlocked_ = true;
  std::unique_ptr<UnitView> kept_;
  std::size_t applied_ = 0;
  std::set<std::string> answers_[3];
};

void KeepAndCompare(const std::shared_ptr<const Programme>& programme, std::uint32_t seed) {
  SCOPED_TRACE(programme->name + ", seed " + std::to_string(seed));
  World world(*programme, seed);
  std::mt19937 random(seed);
  TwoViews views(programme, world);
  views.Apply(kOpsBefore);
  while (views.applied() < world.entries.size() && !testing::Test::HasFailure()) {
    views.CompareSome(random);
    if (random() % 20 == 0) views.Turn();
    views.Apply(std::min(1 + random() % kOpsAtOnceMax, world.entries.size() - views.applied()));
  }
  for (std::size_t kind : {0, 1, 2}) EXPECT_GT(views.Different(kind), 2u) << kind;
}

TEST(KeptLaws, OfTheSmallProgrammeWhatIsKeptIsWhatANewViewFinds) {
  for (std::uint32_t seed = 1; seed <= 8; ++seed) KeepAndCompare(SmallWithWork(), seed);
}

TEST(KeptLaws, OfTheTreatmentProgrammeWhatIsKeptIsWhatANewViewFinds) {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) KeepAndCompare(Treatment(), seed);
}

}  // namespace
}  // namespace tram
