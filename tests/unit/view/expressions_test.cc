// Expressions over one row: what is bound for it does not stay behind.
#include "view/expressions.h"

#include "tests/unit/view/fixture.h"

namespace tram {
namespace {

TEST(ExpressionsTest, NothingOfARowStaysInAStatementThatIsKept) {
  auto programme = std::make_shared<Programme>(*small::SmallProgramme());
  RecordType& type = programme->records.front();
  type.shown_as = "full_name || coalesce(:row_id, '')";
  ASSERT_EQ(type.number, small::kClient);
  auto sandbox = Sandbox::Create(*programme);
  ASSERT_TRUE(sandbox) << sandbox.error().message;
  const TypePlan plan(*programme, type);
  const Date day = DateOf(2026, 11, 21);
  const std::map<std::uint32_t, std::vector<std::uint32_t>> sets;
  const auto shown = [&](const std::string& name) {
    const std::map<std::uint32_t, Value> values{{small::kFullName, name}};
    const NewRow row{plan, values, sets, std::nullopt, std::nullopt};
    auto text = ShownAs(**sandbox, SandboxMode::kSealed, row, day);
    EXPECT_TRUE(text) << text.error().message;
    return text.value_or("");
  };
  EXPECT_EQ(shown("Nguyễn Văn Kín"), "Nguyễn Văn Kín");
  EXPECT_EQ(shown("Lò Thị Mai"), "Lò Thị Mai") << "bound anew";
  auto kept = (*sandbox)->KeptRow(type, type.shown_as, SandboxMode::kSealed, {day, day, day});
  ASSERT_TRUE(kept) << kept.error().message;
  auto stands = (*kept)->Step();
  ASSERT_TRUE(stands && *stands);
  EXPECT_TRUE((*kept)->IsNull(0)) << (*kept)->Text(0);
  (*kept)->Reset();
}

}  // namespace
}  // namespace tram
