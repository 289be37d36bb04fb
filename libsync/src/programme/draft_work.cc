// Reading, checking and compiling worklists: what is to be done.
#include <algorithm>
#include <array>

#include "programme/draft.h"
#include "programme/toml_table.h"
#include "tram/programme/sandbox.h"

namespace tram {
namespace {

constexpr auto kFirstColumns = std::to_array<std::string_view>({"id", "due"});

/// What is wrong with the columns of a list; "" where nothing is.
std::string ColumnProblem(const SqlStatement& statement, const RecordType* add) {
  std::set<std::string> seen;
  for (int i = 0; i < statement.ColumnCount(); ++i) {
    const std::string name = statement.ColumnName(i);
    const auto column = static_cast<std::size_t>(i);
    if (column < kFirstColumns.size()) {
      if (name != kFirstColumns[column]) break;
    } else if (name == kRankColumn) {
      // orders the lines
    } else if (add == nullptr) {
      return "the column `" + name + "` fills a field of `add`, which is missing";
    } else if (add->ByName(name) == nullptr) {
      return "the column `" + name + "` is no field of " + add->name;
    }
    if (!seen.insert(name).second) return "two columns are named " + name;
  }
  if (seen.size() < kFirstColumns.size()) return "its first two columns must be `id` and `due`";
  return {};
}

Status Try(Sandbox& sandbox, const Worklist& list, const RecordType* add) {
  TRAM_ASSIGN(SqlStatement statement, sandbox.Prepare(list.sql, SandboxMode::kSealed, {}));
  if (sandbox.TablesRead().count(kFindingTable) > 0) {
    return MakeError(ErrorCode::kInvalid, "only figures can read findings");
  }
  if (std::string problem = ColumnProblem(statement, add); !problem.empty()) {
    return MakeError(ErrorCode::kInvalid, problem);
  }
  return statement.Run();
}

}  // namespace

void ReadWorklist(TomlTable& table, Draft& draft) {
  Worklist list;
  list.name = table.Text("name", true);
  table.set_place(PlaceOf(list));
  list.record = table.Text("record", true);
  list.add = table.Text("add", false);
  list.sql = table.Text("sql", true);
  draft.lines.emplace(PlaceOf(list), table.LineOfKey("sql"));
  list.urgent = table.Flag("urgent");
  list.by_person = table.Flag("by_person");
  list.label = table.OwnLabel();
  list.empty = table.LabelAt("empty", true);
  draft.programme.worklists.push_back(std::move(list));
}

void CheckWorklists(Draft& draft) {
  const Programme& programme = draft.programme;
  std::set<std::string> names;
  for (const Worklist& list : programme.worklists) {
    CheckName(draft, PlaceOf(list), list.name, names);
    if (programme.ByName(list.record) == nullptr) {
      draft.Complain(PlaceOf(list), "there is no record `" + list.record + "`");
    }
    if (list.add.empty()) continue;
    const RecordType* add = programme.ByName(list.add);
    if (add == nullptr) {
      draft.Complain(PlaceOf(list), "`add`: there is no record `" + list.add + "`");
    } else if (add->parent != list.record) {
      draft.Complain(PlaceOf(list),
                     "`add`: `" + list.add + "` does not stand below " + list.record);
    } else if (add->of_province) {
      draft.Complain(PlaceOf(list), "`add`: `" + list.add + "` is written by the province");
    }
  }
}

void CompileWorklists(Draft& draft, Sandbox& sandbox) {
  for (const Worklist& list : draft.programme.worklists) {
    const RecordType* add = list.add.empty() ? nullptr : draft.programme.ByName(list.add);
    if (Status status = Try(sandbox, list, add); !status) {
      draft.Complain(PlaceOf(list), status.error().message);
    }
  }
}

}  // namespace tram
