// A view over the small programme, with keys and two devices. Unlocked from the beginning.
#pragma once

#include <gtest/gtest.h>

#include "tests/support/op_builder.h"
#include "tests/support/small_programme.h"

namespace tram {

class ViewTest : public testing::Test {
 protected:
  ViewTest() : programme(small::SmallProgramme()), view(NewView()) {}

  std::unique_ptr<UnitView> NewView(bool unlocked = true) {
    Result<std::unique_ptr<UnitView>> made = UnitView::Create(programme, TestUnit());
    EXPECT_TRUE(made) << made.error().message;
    EXPECT_TRUE((*made)->SetUnsealer(unlocked ? &keys : nullptr));
    return *std::move(made);
  }
  void Apply(const std::vector<ViewEntry>& entries) {
    const Status status = view->Apply(entries);
    ASSERT_TRUE(status) << status.error().message;
  }
  RecordView Find(const RecordId& record) {
    Result<RecordView> found = view->Find(record);
    EXPECT_TRUE(found) << found.error().message;
    return *std::move(found);
  }
  static const FieldView& FieldOf(const RecordView& record, std::uint32_t number) {
    for (const FieldView& field : record.fields) {
      if (field.field->number == number) return field;
    }
    throw std::out_of_range("no such field");
  }
  const RecordType& TypeOf(std::uint32_t number) { return *programme->ByNumber(number); }
  std::string Cell(const std::string& sql) {
    Result<ViewTable> table = view->Select(sql, today);
    EXPECT_TRUE(table) << table.error().message;
    if (!table || table->rows.empty()) return "(no row)";
    return table->rows[0][0].value_or("(null)");
  }

  ViewEntry Client(const std::string& name = "Lê Thị Hoa") {
    return a.Create({.type = small::kClient,
                     .clear = {{small::kCode, std::string("C1")}, {small::kSex, Code{1}}},
                     .sealed = {{small::kFullName, name}},
                     .person = true});
  }
  ViewEntry Episode(const RecordId& client, const std::vector<Edit>& more = {}) {
    OpDraft draft{.type = small::kEpisode,
                  .clear = {{kFieldParent, client}, {small::kIntake, DateOf(2026, 1, 5)}},
                  .root = client};
    draft.clear.insert(draft.clear.end(), more.begin(), more.end());
    return a.Create(draft);
  }
  ViewEntry Session(const RecordId& episode, const RecordId& client, Date date,
                    const std::string& note = "ghi chú") {
    return a.Create({.type = small::kSession,
                     .clear = {{kFieldParent, episode}, {small::kDate, date}},
                     .sealed = {{small::kNote, note}},
                     .root = client});
  }

  Date today = DateOf(2026, 11, 21);
  TestKeys keys{TestUnit()};
  OpBuilder a{TestUnit(), TestDevice(1), &keys};
  OpBuilder b{TestUnit(), TestDevice(2), &keys};
  std::shared_ptr<const Programme> programme;
  std::unique_ptr<UnitView> view;
};

}  // namespace tram
