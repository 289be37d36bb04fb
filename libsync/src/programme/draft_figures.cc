// Reading and checking what figures are made of: derived rows, dimensions, indicators.
#include <algorithm>
#include <array>

#include "programme/draft.h"
#include "programme/toml_table.h"

namespace tram {
namespace {

constexpr auto kShapes = std::to_array<std::pair<std::string_view, IndicatorShape>>(
    {{"count", IndicatorShape::kCount},
     {"rate", IndicatorShape::kRate},
     {"survival", IndicatorShape::kSurvival},
     {"competing", IndicatorShape::kCompeting},
     {"states", IndicatorShape::kStates},
     {"days", IndicatorShape::kDays}});

/// Their bins have names of the programme; those of the others are days.
bool NeedsBins(IndicatorShape shape) {
  return shape == IndicatorShape::kStates || shape == IndicatorShape::kCompeting;
}
bool MayHaveBins(IndicatorShape shape) {
  return NeedsBins(shape) || shape == IndicatorShape::kCount || shape == IndicatorShape::kRate;
}

/// ["name", "vi", "en"] and, of a state, what it says of the outcome.
std::optional<Bin> ReadBin(const toml::node& node) {
  const toml::array* row = node.as_array();
  if (row == nullptr || row->size() < 3 || row->size() > 4) return std::nullopt;
  std::array<std::string, 4> texts;
  for (std::size_t i = 0; i < row->size(); ++i) {
    std::optional<std::string> text = row->get(i)->value_exact<std::string>();
    if (!text || text->empty()) return std::nullopt;
    texts[i] = *text;
  }
  Bin bin{texts[0], {texts[1], texts[2]}, Standing::kUnknown};
  if (texts[3] == "known") {
    bin.standing = Standing::kKnown;
  } else if (texts[3] == "success") {
    bin.standing = Standing::kSuccess;
  } else if (!texts[3].empty()) {
    return std::nullopt;
  }
  return bin;
}

void ReadBins(TomlTable& table, Indicator& indicator) {
  const toml::array* rows = table.Array("bins", NeedsBins(indicator.shape));
  if (rows == nullptr) return;
  if (!MayHaveBins(indicator.shape)) {
    return table.Complain(table.LineOfKey("bins"), "the bins of this shape are days: leave it out");
  }
  for (const toml::node& node : *rows) {
    if (std::optional<Bin> bin = ReadBin(node)) {
      indicator.bins.push_back(std::move(*bin));
    } else {
      table.Complain(TomlTable::LineOf(node),
                     "a bin is [\"name\", \"vi\", \"en\"], or with \"known\" or \"success\" at the "
                     "end");
    }
  }
}

void CheckBins(Draft& draft, const Indicator& indicator) {
  std::set<std::string> names;
  for (const Bin& bin : indicator.bins) {
    if (!names.insert(bin.name).second) {
      draft.Complain(PlaceOf(indicator), "the bin `" + bin.name + "` is there twice");
    }
    if (bin.standing != Standing::kUnknown && indicator.shape != IndicatorShape::kStates) {
      draft.Complain(PlaceOf(indicator), "only a state is known or a success");
    }
  }
}

}  // namespace

void ReadDerived(TomlTable& table, Draft& draft) {
  Derived derived;
  derived.name = table.Text("name", true);
  table.set_place(PlaceOf(derived));
  derived.sql = table.Text("sql", true);
  draft.lines.emplace(PlaceOf(derived), table.LineOfKey("sql"));
  if (const toml::array* keys = table.Array("keys", false)) {
    for (const toml::node& key : *keys) {
      derived.keys.push_back(key.value_exact<std::string>().value_or(""));
    }
  }
  draft.programme.derived.push_back(std::move(derived));
}

void ReadDimension(TomlTable& table, Draft& draft) {
  Dimension dimension;
  dimension.name = table.Text("name", true);
  table.set_place(PlaceOf(dimension));
  draft.lines.emplace(PlaceOf(dimension), table.line());
  dimension.record = table.Text("record", true);
  dimension.field = table.Text("field", true);
  draft.programme.dimensions.push_back(std::move(dimension));
}

void ReadIndicator(TomlTable& table, Draft& draft) {
  Indicator indicator;
  indicator.name = table.Text("name", true);
  table.set_place(PlaceOf(indicator));
  const std::string kind = table.Text("kind", true);
  if (kind == "activity") {
    indicator.kind = IndicatorKind::kActivity;
  } else if (kind != "person" && !kind.empty()) {
    table.Complain(table.LineOfKey("kind"), "`kind` is \"activity\" or \"person\"");
  }
  const std::string shape = table.Text("shape", true);
  const auto known = std::find_if(kShapes.begin(), kShapes.end(),
                                  [&](const auto& entry) { return entry.first == shape; });
  if (known != kShapes.end()) {
    indicator.shape = known->second;
  } else if (!shape.empty()) {
    table.Complain(table.LineOfKey("shape"),
                   "`shape` is \"count\", \"rate\", \"survival\", \"competing\", \"states\" or "
                   "\"days\"");
  }
  indicator.sql = table.Text("sql", true);
  draft.lines.emplace(PlaceOf(indicator), table.LineOfKey("sql"));
  ReadBins(table, indicator);
  indicator.months_add = !table.Flag("months_apart");
  indicator.ratio = table.Flag("ratio");
  indicator.by_person = table.Flag("by_person");
  indicator.server_only = table.Flag("server_only");
  indicator.matures_days = static_cast<int>(table.Int("matures_days", false).value_or(0));
  indicator.label = table.OwnLabel();
  indicator.definition = table.LabelAt("definition", true);
  draft.programme.indicators.push_back(std::move(indicator));
}

void CheckFigures(Draft& draft) {
  const Programme& programme = draft.programme;
  std::set<std::string> tables = {kFindingTable}, dimensions, indicators;
  for (const RecordType& type : programme.records) tables.insert(type.name);
  for (const Derived& derived : programme.derived) {
    CheckName(draft, PlaceOf(derived), derived.name, tables);
  }
  for (const Dimension& dimension : programme.dimensions) {
    CheckName(draft, PlaceOf(dimension), dimension.name, dimensions);
    const RecordType* type = programme.ByName(dimension.record);
    const Field* field = type == nullptr ? nullptr : type->ByName(dimension.field);
    if (field == nullptr || field->type != FieldType::kCode || !field->clear) {
      draft.Complain(PlaceOf(dimension), "`record` and `field` must name a clear code field");
    }
  }
  for (const Indicator& indicator : programme.indicators) {
    CheckName(draft, PlaceOf(indicator), indicator.name, indicators);
    CheckBins(draft, indicator);
    if (indicator.ratio && indicator.shape != IndicatorShape::kRate) {
      draft.Complain(PlaceOf(indicator), "only a rate is a `ratio`");
    }
    if (indicator.matures_days < 0 || indicator.matures_days > kMaturesDaysMax) {
      draft.Complain(PlaceOf(indicator), "`matures_days` is from 0 to 3660");
    }
  }
}

const char* ShapeName(IndicatorShape shape) {
  const auto found = std::find_if(kShapes.begin(), kShapes.end(),
                                  [&](const auto& entry) { return entry.second == shape; });
  return found->first.data();
}

}  // namespace tram
