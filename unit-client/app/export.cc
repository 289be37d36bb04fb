#include "app/export.h"

#include "app/names.h"
#include "tram/base/csv.h"
#include "tram/base/os_file.h"

namespace tram::client {
namespace {

constexpr char kExportsSetting[] = "client.exports";

std::vector<std::string> Header(const RecordType& type) {
  std::vector<std::string> names{"id", "key", "parent", "parent_key"};
  for (const Field& field : type.fields) names.push_back(field.name);
  return names;
}

std::vector<std::string> Row(Call& call, const RecordView& record) {
  std::vector<std::string> cells{record.id.Hex(), record.import_key.value_or(""), "", ""};
  if (record.parent) {
    cells[2] = record.parent->Hex();
    auto parent = call.device.view().Find(*record.parent);
    if (parent) cells[3] = parent->import_key.value_or("");
  }
  const Programme& programme = call.device.programme();
  for (const FieldView& view : record.fields) {
    cells.push_back(view.field->type == FieldType::kSet
                        ? SetText(programme, *view.field, view.elements)
                        : FieldText(programme, *view.field, view.value));
  }
  return cells;
}

/// Before a byte of it is handed out: an export that nobody can find later must not exist.
Status ListExport(Call& call, const ExportRecord& record) {
  Json all = Json::array();
  std::vector<ExportRecord> before = ListedExports(call.device.log());
  before.push_back(record);
  if (before.size() > kExportsKept) before.erase(before.begin());
  for (const ExportRecord& one : before) {
    all.push_back(
        {{"at_ms", one.at_ms}, {"type", one.type}, {"rows", one.rows}, {"file", one.file}});
  }
  call.device.log().SetSetting(kExportsSetting, ToBytes(AsBytes(JsonText(all))));
  return call.device.log().Commit();
}

}  // namespace

Status ExportRecords(Call& call, const ExportOptions& options) {
  TRAM_ASSIGN(const RecordType* type, FindType(call, options.type));
  const std::vector<std::string> header = Header(*type);
  Json rows = Json::array();
  std::string text;
  AppendCsvRow(text, header);
  const std::vector<RecordId> records = call.device.view().Records(*type);
  for (const RecordId& id : records) {
    TRAM_ASSIGN(RecordView record, call.device.view().Find(id));
    const std::vector<std::string> cells = Row(call, record);
    AppendCsvRow(text, cells);
    if (options.out.empty()) rows.push_back(cells);
  }
  std::string file;
  if (!options.out.empty()) {
    TRAM_ASSIGN(std::filesystem::path path, call.OutputPath(options.out));
    file = path.string();
  }
  TRAM_TRY(ListExport(call, {call.clock.WallMs(), type->name, records.size(), file}));
  call.out.document() = {{"type", type->name}, {"rows", records.size()}};
  if (file.empty()) {
    call.out.document()["columns"] = header;
    call.out.document()["data"] = std::move(rows);
    call.out.Raw(text);
    return {};
  }
  TRAM_TRY(WriteFileAtomically(file, AsBytes(text)));
  call.out.document()["file"] = file;
  call.out.Say("đã ghi {} hồ sơ vào {} (không niêm phong: giữ tệp này cẩn thận)",
               "wrote {} records to {} (in the clear: keep this file safe)", records.size(), file);
  return {};
}

std::vector<ExportRecord> ListedExports(const OpLog& log) {
  std::vector<ExportRecord> exports;
  auto setting = log.Setting(kExportsSetting);
  if (!setting) return exports;
  const Json all = Json::parse(setting->begin(), setting->end(), nullptr, false);
  if (!all.is_array()) return exports;
  for (const Json& one : all) {
    if (!one.is_object()) continue;
    exports.push_back({one.value("at_ms", std::int64_t{0}), one.value("type", std::string()),
                       one.value("rows", std::size_t{0}), one.value("file", std::string())});
  }
  return exports;
}

}  // namespace tram::client
