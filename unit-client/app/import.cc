#include "app/import.h"

#include <map>
#include <set>

#include "app/names.h"
#include "app/problem_lines.h"
#include "app/same_person.h"
#include "tram/base/csv.h"
#include "tram/base/hash.h"
#include "tram/base/os_file.h"
#include "tram/base/vietnamese.h"

namespace tram::client {
namespace {

constexpr std::size_t kNoColumn = static_cast<std::size_t>(-1);
constexpr char kImportedSetting[] = "client.imported";  // digests of files that went in whole
constexpr std::size_t kImportedFilesMax = 64;
constexpr std::size_t kWarningsShownMax = 20;

struct RowProblem {
  std::string field, reason;
};

struct Rejection {
  const CsvRow* row;
  RowProblem problem;
};

struct Counts {
  std::size_t added = 0, changed = 0, same = 0;
};

/// Somebody who was added and seems to be registered already.
struct SameWarning {
  std::size_t line = 0;
  RecordId record;
};

/// Which column is what.
struct Columns {
  std::size_t key = kNoColumn, parent = kNoColumn, id = kNoColumn;
  std::vector<const Field*> fields;  // by column; nothing for the others
};

Result<Columns> ReadHeader(Call& call, const RecordType& type,
                           const std::vector<std::string>& header) {
  Columns columns;
  columns.fields.resize(header.size(), nullptr);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string& name = header[i];
    if (!seen.insert(name).second) {
      return call.out.Fail(ErrorCode::kInvalid, "dòng 1: cột '{}' có hai lần",
                           "line 1: the column '{}' is there twice", OneLine(name));
    }
    if (name == "key") {
      columns.key = i;
    } else if (name == "parent") {
      columns.parent = i;
    } else if (name == "id") {
      columns.id = i;
    } else if (name != "parent_key") {  // of an export: said by `parent` already
      TRAM_ASSIGN(columns.fields[i], FindField(call.out, type, name));
    }
  }
  if (columns.key == kNoColumn && columns.id == kNoColumn) {
    return call.out.Fail(ErrorCode::kInvalid,
                         "dòng 1: thiếu cột 'key' (khoá riêng của mỗi dòng), cần có để nhập lại "
                         "không bị trùng",
                         "line 1: the column 'key' (each row's own key) is missing; without it a "
                         "second import would double the records");
  }
  return columns;
}

class Importer {
 public:
  Importer(Call& call, const RecordType& type, const Columns& columns)
      : call_(call), type_(type), columns_(columns) {}

  /// Nothing: the row is saved (or differs in nothing). Errors: those that end the import.
  Result<std::optional<RowProblem>> Take(const CsvRow& row);
  const Counts& counts() const { return counts_; }
  /// Those added who seem to be the same person as somebody else, in the order of their lines.
  /// Errors: those of UnitView::Checks.
  Result<std::vector<SameWarning>> SameWarnings();

 private:
  using Problem = std::optional<RowProblem>;

  Problem CheckShape(const CsvRow& row) const;
  Problem FindExisting(const CsvRow& row, RecordForm& form);
  Problem FindParent(const CsvRow& row, RecordForm& form);
  Problem ReadFields(const CsvRow& row, const RecordView* record, RecordForm& form);
  const std::string& Cell(const CsvRow& row, std::size_t column) const {
    static const std::string kEmpty;
    return column == kNoColumn ? kEmpty : row.cells[column];
  }

  Call& call_;
  const RecordType& type_;
  const Columns& columns_;
  std::map<std::string, std::size_t> keys_;  // of this file, with their lines
  std::map<RecordId, std::size_t> added_;    // persons only, with their lines
  Counts counts_;
};

std::optional<RowProblem> Importer::CheckShape(const CsvRow& row) const {
  if (!row.problem.empty()) return RowProblem{"", row.problem};
  if (row.cells.size() != columns_.fields.size()) {
    return RowProblem{
        "", call_.out.Words("có {} ô, tiêu đề có {} cột", "has {} cells, the header has {} columns",
                            row.cells.size(), columns_.fields.size())};
  }
  for (const std::string& cell : row.cells) {
    if (!Nfc(cell)) {
      return RowProblem{"", call_.out.Words("không phải văn bản UTF-8", "is not UTF-8 text")};
    }
  }
  return std::nullopt;
}

std::optional<RowProblem> Importer::FindExisting(const CsvRow& row, RecordForm& form) {
  const std::string key = Nfc(Cell(row, columns_.key)).value_or("");
  const std::string& id = Cell(row, columns_.id);
  if (key.empty() && id.empty()) {
    return RowProblem{"key", call_.out.Words("để trống", "is empty")};
  }
  if (!key.empty()) {
    auto [seen, is_new] = keys_.emplace(key, row.line);
    if (!is_new) {
      return RowProblem{"key",
                        call_.out.Words("đã có ở dòng {}", "is in line {} already", seen->second)};
    }
    form.import_key = key;
    form.record = call_.device.view().ByImportKey(type_, key);
  }
  if (!form.record && !id.empty()) {
    auto found = FindRecord(call_, id);
    if (!found) return RowProblem{"id", found.error().message};
    form.record = *found;
  }
  return std::nullopt;
}

std::optional<RowProblem> Importer::FindParent(const CsvRow& row, RecordForm& form) {
  const std::string parent = Nfc(Cell(row, columns_.parent)).value_or("");
  const RecordType* parent_type = call_.device.programme().ByName(type_.parent);
  if (parent_type == nullptr) {
    if (parent.empty()) return std::nullopt;
    return RowProblem{"parent", call_.out.Words("loại hồ sơ này không có hồ sơ cha",
                                                "this type of record has no parent")};
  }
  if (parent.empty()) {
    if (form.record) return std::nullopt;
    return RowProblem{"parent", call_.out.Words("để trống: cần khoá của {}",
                                                "is empty: give the key of its {}", type_.parent)};
  }
  form.parent = call_.device.view().ByImportKey(*parent_type, parent);
  if (!form.parent) {
    auto id = RecordId::FromHexText(parent);
    if (id && call_.device.view().Find(*id)) form.parent = *id;
  }
  if (!form.parent) {
    return RowProblem{"parent", call_.out.Words("chưa có {} với khoá '{}': nhập tệp đó trước",
                                                "no {} has the key '{}': import those first",
                                                type_.parent, parent)};
  }
  return std::nullopt;
}

// Of a record that is here, only what differs; an empty cell leaves what is there.
std::optional<RowProblem> Importer::ReadFields(const CsvRow& row, const RecordView* record,
                                               RecordForm& form) {
  const Programme& programme = call_.device.programme();
  for (std::size_t i = 0; i < columns_.fields.size(); ++i) {
    const Field* field = columns_.fields[i];
    if (field == nullptr || row.cells[i].empty()) continue;
    const FieldView* now = record == nullptr ? nullptr : FindFieldView(*record, field->number);
    if (field->type == FieldType::kSet) {
      auto elements = ParseSet(programme, *field, row.cells[i]);
      if (!elements) return RowProblem{field->name, elements.error().message};
      if (now == nullptr || now->elements != *elements) form.sets[field->number] = *elements;
    } else {
      auto value = ParseValue(programme, *field, row.cells[i]);
      if (!value) return RowProblem{field->name, value.error().message};
      if (now == nullptr || now->value != *value) form.values[field->number] = *value;
    }
  }
  return std::nullopt;
}

Result<std::optional<RowProblem>> Importer::Take(const CsvRow& row) {
  RecordForm form;
  form.type = &type_;
  if (Problem problem = CheckShape(row)) return problem;
  if (Problem problem = FindExisting(row, form)) return problem;
  if (Problem problem = FindParent(row, form)) return problem;
  std::optional<RecordView> record;
  if (form.record) {
    TRAM_ASSIGN(record, call_.device.view().Find(*form.record));
    if (record->type != &type_) {
      return Problem{RowProblem{"id", call_.out.Words("là một {}", "is a {}", record->type->name)}};
    }
    if (form.parent && form.parent != record->parent) {
      return Problem{RowProblem{
          "parent", call_.out.Words("khác với hồ sơ đã có: không đổi được",
                                    "differs from the record that is here: it cannot be changed")}};
    }
    form.parent.reset();
    form.import_key.reset();
  }
  if (Problem problem = ReadFields(row, record ? &*record : nullptr, form)) return problem;
  const bool nothing = form.values.empty() && form.sets.empty();
  if (record && (nothing || record->deleted)) {  // what was deleted here stays so
    ++counts_.same;
    return Problem{};
  }
  auto saved = call_.device.Save(form, call_.out.language());
  if (!saved) {
    if (saved.error().code != ErrorCode::kInvalid && saved.error().code != ErrorCode::kNotFound) {
      return saved.error();
    }
    const std::string& message = saved.error().message;
    const std::size_t colon = message.find(": ");
    const bool named = colon != message.npos && type_.ByName(message.substr(0, colon)) != nullptr;
    return Problem{RowProblem{named ? message.substr(0, colon) : "", ProblemsInOneLine(message)}};
  }
  if (!record && type_.person) added_.emplace(saved->record, row.line);
  ++(!saved->changed ? counts_.same : record ? counts_.changed : counts_.added);
  return Problem{};
}

/// Asked once, when all rows are there: each check then costs one look at its table.
Result<std::vector<SameWarning>> Importer::SameWarnings() {
  std::map<std::size_t, RecordId> by_line;
  if (added_.empty()) return std::vector<SameWarning>();
  UnitView& view = call_.device.view();
  TRAM_ASSIGN(const std::vector<CheckFinding> findings, view.Checks(call_.Today()));
  for (const CheckFinding& finding : findings) {
    const auto added = added_.find(finding.record);
    if (added == added_.end() || by_line.contains(added->second)) continue;
    TRAM_ASSIGN(const bool compares, Compares(view, *finding.check, finding.record, call_.Today()));
    if (compares) by_line.emplace(added->second, finding.record);
  }
  std::vector<SameWarning> warnings;
  for (const auto& [line, record] : by_line) warnings.push_back({line, record});
  return warnings;
}

std::string RejectedFile(const CsvTable& table, const std::vector<Rejection>& rejections) {
  std::string text;
  std::vector<std::string> head{"line", "field", "reason"};
  head.insert(head.end(), table.header.begin(), table.header.end());
  AppendCsvRow(text, head, table.separator);
  for (const Rejection& rejection : rejections) {
    std::vector<std::string> cells{std::to_string(rejection.row->line), rejection.problem.field,
                                   OneLine(rejection.problem.reason)};
    if (rejection.row->problem.empty()) {
      cells.insert(cells.end(), rejection.row->cells.begin(), rejection.row->cells.end());
    } else {
      cells.push_back(std::string(rejection.row->raw));  // no cells: as it stood
    }
    AppendCsvRow(text, cells, table.separator);
  }
  return text;
}

/// Keyed with a secret of the unit's device: the digest of a short file must not tell what was in
/// it.
Digest FileDigest(Call& call, const RecordType& type, std::string_view text) {
  return Blake2b160(call.device.signing_key().seed().view(),
                    {AsBytes("imported"), AsBytes(type.name), AsBytes(text)});
}

bool WasImported(Call& call, const Digest& digest) {
  const Bytes all = call.device.log().Setting(kImportedSetting).value_or(Bytes{});
  for (std::size_t at = 0; at + Digest::kSize <= all.size(); at += Digest::kSize) {
    if (Digest::From(ByteView(all).subspan(at, Digest::kSize)) == digest) return true;
  }
  return false;
}

Status RememberImported(Call& call, const Digest& digest) {
  Bytes all = ToBytes(digest.view());
  Extend(all, call.device.log().Setting(kImportedSetting).value_or(Bytes{}));
  all.resize(std::min(all.size(), kImportedFilesMax * Digest::kSize));
  call.device.log().SetSetting(kImportedSetting, std::move(all));
  return call.device.log().Commit();
}

Status SaveRows(Call& call, const CsvTable& table, Importer& importer,
                std::vector<Rejection>& rejections) {
  for (std::size_t begin = 0; begin < table.rows.size(); begin += kImportBlockRows) {
    const std::size_t end = std::min(begin + kImportBlockRows, table.rows.size());
    Status status;
    call.device.BeginBulk();
    for (std::size_t i = begin; i < end && status; ++i) {
      auto problem = importer.Take(table.rows[i]);
      if (!problem) {
        status = problem.error();
      } else if (*problem) {
        rejections.push_back({&table.rows[i], **problem});
      }
    }
    if (Status ended = call.device.EndBulk(); !ended && status) status = ended;
    if (!status) {
      return call.out.Fail(status.error().code,
                           "{}; các dòng trước dòng {} đã lưu, nhập lại tệp này sau khi xử lý",
                           "{}; the rows before line {} are saved: import the file again once this "
                           "is mended",
                           OneLine(status.error().message), table.rows[begin].line);
    }
    if (call.out.progress) call.out.progress(end, table.rows.size());
  }
  return {};
}

void SayWarnings(Call& call, const std::vector<SameWarning>& warnings) {
  Json& lines = call.out.document()["same_person"] = Json::array();
  for (const SameWarning& warning : warnings) {
    lines.push_back({{"line", warning.line}, {"record", warning.record.Hex()}});
    if (lines.size() > kWarningsShownMax) continue;
    call.out.Note("dòng {}: có thể người này đã có hồ sơ khác (xem {})",
                  "line {}: this person may be registered already (look at {})", warning.line,
                  ShortId(warning.record));
  }
  if (lines.size() > kWarningsShownMax) {
    call.out.Note("và {} dòng nữa: xem conflicts", "and {} lines more: see conflicts",
                  lines.size() - kWarningsShownMax);
  }
}

Status SayResult(Call& call, const Counts& counts, const std::vector<Rejection>& rejections,
                 const std::vector<SameWarning>& warnings,
                 const std::filesystem::path& rejected_file) {
  Json& json = call.out.document();
  json = {{"added", counts.added}, {"changed", counts.changed}, {"unchanged", counts.same}};
  SayWarnings(call, warnings);
  json["rejected"] = rejections.size();
  json["rejected_file"] = rejections.empty() ? Json(nullptr) : Json(rejected_file.string());
  call.out.Say("thêm {}, sửa {}, không đổi {}, bị loại {}",
               "{} added, {} changed, {} unchanged, {} rejected", counts.added, counts.changed,
               counts.same, rejections.size());
  if (rejections.empty()) return {};
  const Rejection& first = rejections.front();
  return call.out.Fail(
      ErrorCode::kInvalid,
      "{} dòng không nhận được (đầu tiên là dòng {}: {}); sửa theo {} rồi nhập lại",
      "{} rows were not taken (the first is line {}: {}); mend them as {} says "
      "and import again",
      rejections.size(), first.row->line, OneLine(first.problem.reason), rejected_file.string());
}

}  // namespace

Status ImportFile(Call& call, const ImportOptions& options) {
  TRAM_ASSIGN(const RecordType* type, FindType(call, options.type));
  const std::filesystem::path file = call.Path(options.file);
  TRAM_ASSIGN(std::string text, ReadFile(file, kCsvBytesMax));
  TRAM_ASSIGN(CsvTable table, ParseCsv(text));
  TRAM_ASSIGN(Columns columns, ReadHeader(call, *type, table.header));
  const std::filesystem::path rejected_file = file.string() + ".rejected.csv";

  const Digest digest = FileDigest(call, *type, text);
  if (WasImported(call, digest)) {
    Counts counts;
    counts.same = table.rows.size();
    call.out.Note("tệp này đã nhập trọn vẹn trước đây", "this file went in whole before");
    return SayResult(call, counts, {}, {}, rejected_file);
  }
  Importer importer(call, *type, columns);
  std::vector<Rejection> rejections;
  TRAM_TRY(SaveRows(call, table, importer, rejections));
  if (rejections.empty()) {
    std::error_code code;
    std::filesystem::remove(rejected_file, code);
    TRAM_TRY(RememberImported(call, digest));
  } else {
    TRAM_TRY(WriteFileAtomically(rejected_file, AsBytes(RejectedFile(table, rejections))));
  }
  TRAM_ASSIGN(const std::vector<SameWarning> warnings, importer.SameWarnings());
  return SayResult(call, importer.counts(), rejections, warnings, rejected_file);
}

}  // namespace tram::client
