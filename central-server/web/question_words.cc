#include "web/question_words.h"

#include <set>

#include "tram/programme/sandbox.h"

namespace tram::server {
namespace {

constexpr std::size_t kCodeDigits = 6;
constexpr int kRecordsAboveMax = 8;  // a programme's records stand three or four deep

std::string CodeWords(const CodeList* codes, std::uint32_t number, Language language) {
  const CodeValue* code = codes == nullptr ? nullptr : codes->ByNumber(number);
  return code == nullptr ? "#" + std::to_string(number) : code->label.In(language);
}

using Columns = std::set<std::pair<std::string, std::string>>;

/// Which columns of which tables the statement reads: the authorizer is asked about each.
Result<Columns> ColumnsRead(const Programme& programme, const Check& check) {
  TRAM_ASSIGN(const std::unique_ptr<Sandbox> sandbox, Sandbox::CreateTables(programme));
  TRAM_TRY(sandbox->Prepare(check.sql, SandboxMode::kClear, {}));
  return sandbox->ColumnsRead();
}

Json PartOf(const Programme& programme, const RecordView& record, const Columns& columns,
            Language language) {
  Json fields = Json::array();
  for (const FieldView& field : record.fields) {
    // Nothing of a sealed field is here; that its value is missing would look like an empty one.
    if (!field.field->clear || !columns.contains({record.type->name, field.field->name})) continue;
    fields.push_back({{"label", field.field->label.In(language)},
                      {"text", ValueWords(programme, field, language)},
                      {"conflict", field.conflict}});
  }
  return {{"name", record.type->label.In(language) + " " + ShortCode(record.id)},
          {"fields", std::move(fields)}};
}

}  // namespace

std::string ShortCode(const RecordId& record) { return record.Hex().substr(0, kCodeDigits); }

std::string ValueWords(const Programme& programme, const FieldView& view, Language language) {
  const Field& field = *view.field;
  const bool vi = language == Language::kVietnamese;
  const CodeList* codes = programme.Codes(field.codes);
  if (field.type == FieldType::kSet) {
    std::string words;
    for (const std::uint32_t element : view.elements) {
      words += (words.empty() ? "" : ", ") + CodeWords(codes, element, language);
    }
    return words;
  }
  if (const auto* yes = std::get_if<bool>(&view.value)) {
    return *yes ? (vi ? "Có" : "Yes") : (vi ? "Không" : "No");
  }
  if (const auto* date = std::get_if<Date>(&view.value)) return DateText(*date);
  if (const auto* code = std::get_if<Code>(&view.value)) {
    return CodeWords(codes, code->number, language);
  }
  if (const auto* record = std::get_if<RecordId>(&view.value)) return ShortCode(*record);
  return FieldText(programme, field, view.value);
}

Result<Json> WhatTheCheckRead(const UnitView& view, const Check& check, const RecordId& id,
                              Language language) {
  TRAM_ASSIGN(const Columns columns, ColumnsRead(view.programme(), check));
  Json parts = Json::array();
  std::optional<RecordId> at = id;
  for (int above = 0; at && above < kRecordsAboveMax; ++above) {
    const Result<RecordView> record = view.Find(*at);
    if (!record && at != id) break;  // it did not come yet
    if (!record) return record.error();
    Json part = PartOf(view.programme(), *record, columns, language);
    if (!part["fields"].empty()) parts.push_back(std::move(part));
    at = record->parent;
  }
  return parts;
}

std::string TrimmedLines(std::string_view text) {
  std::string lines;
  for (const char c : text) {
    if (c != '\r') lines += c;
  }
  const char* const blanks = " \t\n";
  const std::size_t first = lines.find_first_not_of(blanks);
  if (first == std::string::npos) return "";
  return lines.substr(first, lines.find_last_not_of(blanks) - first + 1);
}

}  // namespace tram::server
