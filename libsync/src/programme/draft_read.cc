#include "programme/draft.h"
#include "programme/toml_table.h"
#include "tram/base/limits.h"

namespace tram {
namespace {

std::optional<FieldType> TypeByName(std::string_view name) {
  constexpr std::pair<std::string_view, FieldType> kTypes[] = {
      {"bool", FieldType::kBool}, {"int", FieldType::kInt},   {"decimal", FieldType::kDecimal},
      {"date", FieldType::kDate}, {"text", FieldType::kText}, {"code", FieldType::kCode},
      {"set", FieldType::kSet},   {"ref", FieldType::kRef}};
  for (auto [text, type] : kTypes) {
    if (text == name) return type;
  }
  return std::nullopt;
}

/// Calls `read` with each table of the list at `key`.
template <class Read>
void ForEachTable(TomlTable& parent, std::string_view key, Problems& problems, Read read) {
  const toml::array* array = parent.Array(key, false);
  if (array == nullptr) return;
  for (const toml::node& node : *array) {
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      parent.Complain(TomlTable::LineOf(node), "`" + std::string(key) + "` holds tables only");
      continue;
    }
    TomlTable reader(*table, std::string(key), problems);
    read(reader);
    reader.Finish();
  }
}

/// [number, "name", "label vi", "label en"] and, at the end, "retired" for a code that forms no
/// longer offer.
std::optional<CodeValue> ReadCode(const toml::node& node) {
  const toml::array* row = node.as_array();
  if (row == nullptr || row->size() < 4 || row->size() > 5) return std::nullopt;
  std::optional<std::int64_t> number = row->get(0)->value_exact<std::int64_t>();
  std::optional<std::string> texts[4];
  for (std::size_t i = 1; i < row->size(); ++i) {
    texts[i - 1] = row->get(i)->value_exact<std::string>();
    if (!texts[i - 1] || texts[i - 1]->empty()) return std::nullopt;
  }
  bool retired = row->size() == 5;
  if (!number || *number < 0 || *number > INT32_MAX) return std::nullopt;
  if (retired && *texts[3] != "retired") return std::nullopt;
  return CodeValue{static_cast<std::uint32_t>(*number), *texts[0], {*texts[1], *texts[2]}, retired};
}

void ReadCodeLists(const toml::table& lists, Draft& draft) {
  for (const auto& [key, node] : lists) {
    CodeList list;
    list.name = key.str();
    draft.lines[PlaceOf(list)] = key.source().begin.line;
    const toml::array* rows = node.as_array();
    if (rows == nullptr) {
      draft.Complain(PlaceOf(list), "must be a list of codes");
      continue;
    }
    for (const toml::node& row : *rows) {
      if (auto code = ReadCode(row)) {
        list.values.push_back(std::move(*code));
      } else {
        draft.problems.Add(TomlTable::LineOf(row), PlaceOf(list),
                           "a code is [number, \"name\", \"vi\", \"en\"], or with \"retired\" at "
                           "the end");
      }
    }
    draft.programme.code_lists.push_back(std::move(list));
  }
}

Field ReadField(TomlTable& table, const RecordType& type, Draft& draft) {
  Field field;
  field.name = table.Text("name", true);
  std::string place = PlaceOf(type, field);
  table.set_place(place);
  draft.lines.emplace(place, table.line());
  field.number = table.Number("number", true);
  std::string type_name = table.Text("type", true);
  if (auto known = TypeByName(type_name)) {
    field.type = *known;
  } else if (!type_name.empty()) {
    table.Complain(table.LineOfKey("type"), "there is no type `" + type_name + "`");
  }
  field.clear = table.Flag("clear");
  field.required = table.Flag("required");
  field.retired = table.Flag("retired");
  field.more = table.Flag("more");
  field.answer = table.Flag("answer");
  field.group_name = table.Text("group", false);
  field.min = table.Int("min", false);
  field.max = table.Int("max", false);
  std::optional<std::int64_t> scale = table.Int("scale", field.type == FieldType::kDecimal);
  if (scale && (*scale < 0 || *scale > kDecimalScaleMax || field.type != FieldType::kDecimal)) {
    table.Complain(table.LineOfKey("scale"), "`scale` is for decimals, from 0 to 18");
  } else {
    field.scale = static_cast<std::uint8_t>(scale.value_or(0));
  }
  field.codes = table.Text("codes", false);
  field.refers_to = table.Text("refers_to", false);
  field.visible_if = table.Text("visible_if", false);
  field.valid_if = table.Text("valid_if", false);
  field.default_value = table.Text("default", false);
  field.label = table.OwnLabel();
  field.help = table.LabelAt("help", false);
  return field;
}

void ReadSearch(TomlTable& table, RecordType& type) {
  const toml::array* names = table.Array("search", false);
  if (names == nullptr) return;
  for (const toml::node& node : *names) {
    if (std::optional<std::string> name = node.value_exact<std::string>()) {
      type.search.push_back(*std::move(name));
    } else {
      table.Complain(TomlTable::LineOf(node), "`search` holds names of fields in quotes");
    }
  }
}

void ReadRecord(TomlTable& table, Draft& draft) {
  RecordType type;
  type.name = table.Text("name", true);
  table.set_place(PlaceOf(type));
  draft.lines.emplace(PlaceOf(type), table.line());
  type.number = table.Number("number", true);
  type.parent = table.Text("parent", false);
  type.person = table.Flag("person");
  type.worker = table.Flag("worker");
  type.of_province = table.Flag("of_province");
  type.shown_as = table.Text("shown_as", false);
  type.dated_by = table.Text("dated_by", false);
  type.next = table.Text("next", false);
  ReadSearch(table, type);
  type.label = table.OwnLabel();
  type.label_many = table.LabelAt("many", true);
  ForEachTable(table, "fields", draft.problems,
               [&](TomlTable& row) { type.fields.push_back(ReadField(row, type, draft)); });
  draft.programme.records.push_back(std::move(type));
}

void ReadSlots(TomlTable& table, Draft& draft) {
  SlotPlan plan;
  plan.record = table.Text("record", true);
  table.set_place(PlaceOf(plan));
  draft.lines.emplace(PlaceOf(plan), table.line());
  plan.field = table.Text("field", true);
  plan.date_field = table.Text("date_field", true);
  plan.done_field = table.Text("done_field", true);
  ForEachTable(table, "slots", draft.problems, [&](TomlTable& row) {
    Slot slot;
    slot.code = row.Text("code", true);
    row.set_place(PlaceOf(plan) + " " + slot.code);
    slot.anchor = row.Text("anchor", true);
    slot.months = static_cast<int>(row.Number("months", true));
    slot.early_days = static_cast<int>(row.Number("early_days", true));
    slot.late_days = static_cast<int>(row.Number("late_days", true));
    plan.slots.push_back(std::move(slot));
  });
  draft.programme.slot_plans.push_back(std::move(plan));
}

void ReadCheck(TomlTable& table, Draft& draft) {
  Check check;
  check.name = table.Text("name", true);
  table.set_place(PlaceOf(check));
  check.record = table.Text("record", true);
  check.sql = table.Text("sql", true);
  draft.lines.emplace(PlaceOf(check), table.LineOfKey("sql"));
  check.device_only = table.Flag("device_only");
  check.by_person = table.Flag("by_person");
  check.label = table.OwnLabel();
  draft.programme.checks.push_back(std::move(check));
}

void ReadReview(const toml::table& row, Draft& draft) {
  TomlTable table(row, kReviewPlace, draft.problems);
  draft.lines.emplace(kReviewPlace, table.line());
  Review review;
  review.record = table.Text("record", true);
  review.about_field = table.Text("about_field", true);
  review.check_field = table.Text("check_field", true);
  table.Finish();
  draft.programme.review = std::move(review);
}

void ReadConstant(TomlTable& table, Draft& draft) {
  Constant constant;
  constant.name = table.Text("name", true);
  table.set_place(PlaceOf(constant));
  draft.lines.emplace(PlaceOf(constant), table.line());
  constant.value = table.Int("value", true).value_or(0);
  constant.label = table.OwnLabel();
  draft.programme.constants.push_back(std::move(constant));
}

}  // namespace

void ReadDraft(std::string_view text, Draft& draft) {
  if (text.size() > kProgrammeBytesMax) {
    return draft.problems.Add(1, "programme", "the file is larger than a programme may be (1 MiB)");
  }
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return draft.problems.Add(error.source().begin.line, "programme",
                              "not TOML: " + std::string(error.description()));
  } catch (const TomlBroken& error) {
    return draft.problems.Add(1, "programme", std::string("not TOML: ") + error.what());
  }
  Problems& problems = draft.problems;
  TomlTable table(root, "programme", problems);
  draft.programme.name = table.Text("name", true);
  draft.programme.version = table.Number("version", true);
  draft.programme.title = table.LabelAt("title", true);
  ForEachTable(table, "constant", problems, [&](TomlTable& row) { ReadConstant(row, draft); });
  if (const toml::table* lists = table.Table("codes", false)) ReadCodeLists(*lists, draft);
  ForEachTable(table, "record", problems, [&](TomlTable& row) { ReadRecord(row, draft); });
  ForEachTable(table, "slots", problems, [&](TomlTable& row) { ReadSlots(row, draft); });
  ForEachTable(table, "check", problems, [&](TomlTable& row) { ReadCheck(row, draft); });
  if (const toml::table* review = table.Table("review", false)) ReadReview(*review, draft);
  ForEachTable(table, "worklist", problems, [&](TomlTable& row) { ReadWorklist(row, draft); });
  ForEachTable(table, "derived", problems, [&](TomlTable& row) { ReadDerived(row, draft); });
  ForEachTable(table, "dimension", problems, [&](TomlTable& row) { ReadDimension(row, draft); });
  ForEachTable(table, "indicator", problems, [&](TomlTable& row) { ReadIndicator(row, draft); });
  table.Finish();
}

}  // namespace tram
