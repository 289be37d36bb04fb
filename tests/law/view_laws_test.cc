// Laws of the view, over small random worlds: the order in which ops come does not matter, and
// without the key everything that is clear is the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/op_builder.h"
#include "tests/support/small_programme.h"

namespace tram {
namespace {

using namespace small;  // NOLINT: the field names of the small programme

constexpr int kWorlds = 150;
constexpr int kOpsPerWorld = 60;
const Date kToday = DateOf(2026, 11, 21);

/// Random ops about a few records, written by three devices that saw different things.
class World {
 public:
  explicit World(std::uint32_t seed, int ops = kOpsPerWorld) : random_(seed), keys(TestUnit()) {
    for (std::uint8_t i = 0; i < 3; ++i) devices_.emplace_back(TestUnit(), TestDevice(i), &keys);
    for (int i = 0; i < ops; ++i) {
      entries.push_back(records_.size() < 3 || Chance(4) ? Create() : Change());
    }
  }

 private:
  struct Known {
    RecordId id;
    std::uint32_t type = 0;
    std::optional<RecordId> root;
    std::vector<OpId> ops;
  };

  std::uint32_t Below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  bool Chance(std::uint32_t one_in) { return Below(one_in) == 0; }
  OpBuilder& Device() { return devices_[Below(3)]; }
  std::string Text() { return std::string(1, static_cast<char>('a' + Below(3))); }
  Date Day() { return {DateOf(2026, 1, 1).days + static_cast<std::int32_t>(Below(3))}; }

  const Known* Any(std::uint32_t type) {
    std::vector<const Known*> found;
    for (const Known& record : records_) {
      if (record.type == type) found.push_back(&record);
    }
    return found.empty() ? nullptr : found[Below(static_cast<std::uint32_t>(found.size()))];
  }

  ViewEntry Create() {
    OpDraft draft;
    draft.type = kClient + Below(3);
    const Known* parent = draft.type == kClient ? nullptr : Any(draft.type - 1);
    if (parent == nullptr) draft.type = kClient;
    draft.person = draft.type == kClient;
    if (parent != nullptr) {
      draft.clear.push_back({kFieldParent, parent->id});
      draft.root = parent->root;
    }
    Fill(draft);
    draft.time_ms = 1'000 + Below(40);
    const ViewEntry entry = Device().Create(draft);
    const RecordId id = RecordOf(entry.id);
    records_.push_back({id, draft.type, draft.person ? std::optional(id) : draft.root, {entry.id}});
    return entry;
  }

  ViewEntry Change() {
    Known& record = records_[Below(static_cast<std::uint32_t>(records_.size()))];
    OpDraft draft;
    draft.type = record.type;
    draft.root = record.root;
    for (const OpId& op : record.ops) {
      if (!Chance(3)) draft.parents.push_back(op);
    }
    if (Chance(6)) {
      draft.clear.push_back({kFieldDeleted, !Chance(4)});
      if (!Chance(3)) draft.parents = record.ops;
    } else if (Chance(6)) {
      if (const Known* other = Any(record.type)) {
        draft.clear.push_back({kFieldMergedInto, Chance(5) ? Value() : Value(other->id)});
      }
    } else if (record.type != kClient && Chance(5)) {
      draft.clear.push_back({kFieldParent, Any(record.type - 1)->id});
    }
    Fill(draft);
    draft.time_ms = 1'000 + Below(60);
    if (Chance(20)) draft.type = 70 + Below(2);  // held
    const ViewEntry entry = Device().Change(record.id, draft);
    record.ops.push_back(entry.id);
    return entry;
  }

  void Fill(OpDraft& draft) {
    auto element = [this](std::uint32_t code) {
      return Chance(3) ? Value(RemoveCode{code}) : Value(AddCode{code});
    };
    if (draft.type == kClient) {
      if (Chance(2)) draft.clear.push_back({kSex, Code{1 + Below(3)}});
      if (Chance(2)) draft.sealed.push_back({kFullName, Text()});
      if (Chance(4)) draft.sealed.push_back({kFieldImportKey, Text()});
    } else if (draft.type == kEpisode) {
      if (Chance(2)) draft.clear.push_back({kIntake, Day()});
      if (Chance(2)) draft.clear.push_back({kEnd, Day()});
      if (Chance(2)) draft.sealed.push_back({kDrugs, element(1 + Below(2))});
      if (Chance(3)) draft.clear.push_back({kScore, Decimal{Below(3), 1}});
    } else {
      if (Chance(2)) draft.clear.push_back({kDate, Day()});
      if (Chance(2)) draft.clear.push_back({kUse, Code{1 + Below(3)}});
      if (Chance(3)) draft.clear.push_back({kUseDate, Day()});
      if (Chance(2)) draft.sealed.push_back({kNote, Text()});
      if (Chance(2)) draft.clear.push_back({kTopics, element(1 + Below(2))});
      if (Chance(3)) draft.clear.push_back({kRemark, Text()});
    }
  }

  std::mt19937 random_;
  std::vector<OpBuilder> devices_;
  std::vector<Known> records_;

 public:
  TestKeys keys;
  std::vector<ViewEntry> entries;
};

std::unique_ptr<UnitView> NewView(Unsealer* unsealer) {
  std::unique_ptr<UnitView> view = *UnitView::Create(SmallProgramme(), TestUnit());
  EXPECT_TRUE(view->SetUnsealer(unsealer));
  return view;
}

/// Applies in batches of random size; reads in between, so that rows are written at odd moments.
void ApplyShuffled(UnitView& view, std::vector<ViewEntry> entries, std::mt19937& random) {
  std::shuffle(entries.begin(), entries.end(), random);
  for (std::size_t i = 0; i < entries.size();) {
    const std::size_t size = std::min<std::size_t>(1 + random() % 9, entries.size() - i);
    ASSERT_TRUE(view.Apply(std::span(entries).subspan(i, size)));
    if (random() % 3 == 0) {
      ASSERT_TRUE(view.Select("SELECT count(*) FROM client", kToday));
    }
    i += size;
  }
}

void Put(std::string& text, const FieldView& field) {
  text += ValueText(field.value) + (field.conflict ? "!" : ";");
  for (std::uint32_t element : field.elements) text += std::to_string(element) + ",";
  for (const OpId& parent : field.parents) text += parent.Hex() + ",";
  for (const CandidateView& candidate : field.candidates) {
    text += "(" + candidate.by.op.Hex();
    for (const auto& [number, value] : candidate.values) text += " " + ValueText(value);
    text += ")";
  }
}

std::string Describe(const RecordView& record, bool clear_only) {
  std::string text = record.id.Hex() + (record.deleted ? " deleted" : "") +
                     (record.deletion_conflict ? " deletion conflict" : "") +
                     (record.parent ? " below " + record.parent->Hex() : "") +
                     (record.root ? " of " + record.root->Hex() : "") + " waits for " +
                     std::to_string(record.waits_for) + " " + record.changed.op.Hex() + "\n";
  for (const FieldView& field : record.fields) {
    if (!clear_only || field.field->clear) Put(text, field);
  }
  for (const auto& [number, field] : record.reserved) {
    const bool sealed = number == kFieldReason || number == kFieldImportKey;
    if (!clear_only || !sealed) Put(text, field);
  }
  for (const OpId& op : record.deletion_parents) text += op.Hex();
  return text + "\n";
}

std::string Describe(const ViewTable& table) {
  std::string text;
  for (const auto& row : table.rows) {
    for (const auto& cell : row) text += cell.value_or("NULL") + "|";
    text += "\n";
  }
  return text;
}

/// Everything that a view says; of clear fields only where asked.
std::string Everything(UnitView& view, const std::vector<ViewEntry>& entries, bool clear_only) {
  std::string text;
  for (const RecordType& type : view.programme().records) {
    std::string columns = "id, parent, author, device, created_ms, changed_ms, conflict";
    for (const Field& field : type.fields) {
      if (!clear_only || field.clear) columns += ", \"" + field.name + "\"";
    }
    const Result<ViewTable> table =
        view.Select("SELECT " + columns + " FROM " + type.name + " ORDER BY id", kToday);
    EXPECT_TRUE(table) << table.error().message;
    text += type.name + "\n" + Describe(*table);
    for (const RecordId& id : view.Records(type)) text += id.Hex() + "\n";
    for (const char* key : {"a", "b", "c"}) {
      const std::optional<RecordId> found = view.ByImportKey(type, key);
      if (!clear_only && found) text += key + found->Hex() + "\n";
    }
  }
  std::set<RecordId> ids;
  for (const ViewEntry& entry : entries) ids.insert(entry.op.record.value_or(RecordOf(entry.id)));
  for (const RecordId& id : ids) {
    if (const Result<RecordView> record = view.Find(id)) text += Describe(*record, clear_only);
  }
  for (const Conflict& conflict : view.Conflicts()) {
    const Field* field = view.Find(conflict.record)->type->ByNumber(conflict.group);
    if (clear_only && field != nullptr && !field->clear) continue;
    if (clear_only && conflict.group == kFieldImportKey) continue;
    text += conflict.record.Hex() + " " + std::to_string(conflict.group) + "\n";
  }
  for (const HeldOp& held : view.Held()) text += held.id.Hex() + " " + held.reason + "\n";
  for (const RecordId& id : view.Waiting()) text += id.Hex() + " waits\n";
  const Result<std::vector<IndicatorRow>> rows = view.Run(view.programme().indicators[0], kToday);
  EXPECT_TRUE(rows) << rows.error().message;
  for (const IndicatorRow& row : *rows) {
    text += row.period + " " + std::to_string(row.numerator) + "\n";
  }
  return text;
}

TEST(ViewLaws, TheOrderOfOpsDoesNotMatter) {
  std::size_t conflicts = 0;
  for (std::uint32_t seed = 1; seed <= kWorlds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed);
    std::mt19937 random(seed);
    const std::unique_ptr<UnitView> one = NewView(&world.keys);
    ASSERT_TRUE(one->Apply(world.entries));
    const std::string expected = Everything(*one, world.entries, false);
    const std::unique_ptr<UnitView> two = NewView(&world.keys);
    ApplyShuffled(*two, world.entries, random);
    ASSERT_EQ(Everything(*two, world.entries, false), expected);
    conflicts += one->Conflicts().size();
  }
  EXPECT_GT(conflicts, kWorlds) << "the worlds are too tame to show anything";
}

/// Figures of two months' ends, asked for after each of many small batches, and of a view that has
/// seen nothing before. Returns how often they differ.
int DifferencesOfKeptFigures(const std::shared_ptr<const Programme>& programme,
                             std::uint32_t seed) {
  constexpr int kOps = 500;
  const World world(seed, kOps);
  std::mt19937 random(seed);
  std::vector<ViewEntry> entries = world.entries;
  std::shuffle(entries.begin() + kOps / 2, entries.end(), random);
  const std::unique_ptr<UnitView> kept = *UnitView::Create(programme, TestUnit());
  int differences = 0;
  for (std::size_t done = kOps / 2, size = 0; done < entries.size(); done += size) {
    EXPECT_TRUE(kept->Apply(std::span(entries).subspan(done - size, size)));
    if (size == 0) {
      EXPECT_TRUE(kept->Apply(std::span(entries).first(done)));
    }
    const std::unique_ptr<UnitView> fresh = *UnitView::Create(programme, TestUnit());
    EXPECT_TRUE(fresh->Apply(std::span(entries).first(done)));
    for (Date as_of : {DateOf(2026, 1, 2), kToday}) {
      const auto ours = kept->Figures(as_of, true);
      const auto expected = fresh->Figures(as_of);
      EXPECT_TRUE(ours && expected);
      for (std::size_t i = 0; i < expected->size(); ++i) {
        differences += ours->at(i).rows == expected->at(i).rows ? 0 : 1;
      }
    }
    size = std::min<std::size_t>(1 + random() % 4, entries.size() - done);
  }
  return differences;
}

TEST(ViewLaws, FiguresThatAreKeptAreThoseOfAFreshView) {
  for (std::uint32_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    EXPECT_EQ(DifferencesOfKeptFigures(SmallProgramme(), seed), 0);
  }
}

// Shows that figures really are kept: an indicator that is no sum over persons, and says that it
// is, goes wrong.
TEST(ViewLaws, AnIndicatorThatIsNoSumOverPersonsIsFoundOut) {
  auto programme = std::make_shared<Programme>(*SmallProgramme());
  programme->indicators[1].sql =
      "SELECT '', 'all', '', (SELECT count(*) FROM client) * (SELECT count(*) FROM client), 0";
  EXPECT_GT(DifferencesOfKeptFigures(programme, 1), 0);
}

TEST(ViewLaws, APartOfTheOpsInAnyOrder) {
  for (std::uint32_t seed = 1; seed <= kWorlds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed);
    std::mt19937 random(seed);
    std::vector<ViewEntry> part = world.entries;
    std::shuffle(part.begin(), part.end(), random);
    part.resize(part.size() / 2);
    const std::unique_ptr<UnitView> one = NewView(&world.keys);
    ASSERT_TRUE(one->Apply(part));
    const std::unique_ptr<UnitView> two = NewView(&world.keys);
    ApplyShuffled(*two, part, random);
    ASSERT_EQ(Everything(*two, part, false), Everything(*one, part, false));
  }
}

TEST(ViewLaws, WithoutTheKeyWhatIsClearIsTheSame) {
  for (std::uint32_t seed = 1; seed <= kWorlds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed);
    std::mt19937 random(seed);
    const std::unique_ptr<UnitView> unlocked = NewView(&world.keys);
    ASSERT_TRUE(unlocked->Apply(world.entries));
    const std::unique_ptr<UnitView> locked = NewView(nullptr);
    ApplyShuffled(*locked, world.entries, random);
    const std::string expected = Everything(*unlocked, world.entries, true);
    ASSERT_EQ(Everything(*locked, world.entries, true), expected);
  }
}

TEST(ViewLaws, LockingAndUnlockingComesBackToTheSame) {
  for (std::uint32_t seed = 1; seed <= kWorlds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed);
    const std::unique_ptr<UnitView> view = NewView(&world.keys);
    ASSERT_TRUE(view->Apply(world.entries));
    const std::string unlocked = Everything(*view, world.entries, false);
    const std::unique_ptr<UnitView> never = NewView(nullptr);
    ASSERT_TRUE(never->Apply(world.entries));
    ASSERT_TRUE(view->SetUnsealer(nullptr));
    ASSERT_EQ(Everything(*view, world.entries, false), Everything(*never, world.entries, false));
    ASSERT_TRUE(view->SetUnsealer(&world.keys));
    ASSERT_EQ(Everything(*view, world.entries, false), unlocked);
  }
}

}  // namespace
}  // namespace tram
