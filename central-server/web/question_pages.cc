// The province asks a unit: which records its checks flag, what a check read of one of them, the
// questions about them and their answers.
//
// This is the one place where somebody above a unit sees single records: flagged ones only, what
// the check read of them only, and each look at one is in the audit trail. There is no name at the
// server; a record is called by the first digits of its id, as on the unit's own pages.
#include <algorithm>
#include <set>

#include "app/province_desk.h"
#include "tram/base/vietnamese.h"
#include "web/export_links.h"
#include "web/question_lines.h"
#include "web/question_words.h"

namespace tram::server {
namespace {

constexpr std::size_t kUnitsPerPage = 50;
constexpr std::size_t kRecordsShownMax = 200;  // of one check
constexpr std::size_t kClosedShownMax = 20;    // the last ones

std::string UnitPath(const Unit& unit) { return "/questions/" + PercentEncode(unit.code); }

std::string RecordPath(const Unit& unit, const Check& check, const RecordId& record) {
  return UnitPath(unit) + "/" + PercentEncode(check.name) + "/" + record.Hex();
}

// ---- whom he may ask ----

/// The unit of the address. Errors: not_found | denied (it is not of his provinces).
Result<Unit> UnitOf(const PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kQuestions));
  Result<Unit> unit = call.state.store().units().ByCode(call.parts[0]);
  if (!unit) {
    return call.Fail(ErrorCode::kNotFound, "Không có đơn vị có mã {}",
                     "There is no unit with the code {}", call.parts[0]);
  }
  TRAM_ASSIGN(const UnitPlaces places, UnitPlaces::Load(call.state));
  if (CoversToday(permit, places, *unit, call.state.Today())) return unit;
  return call.Fail(ErrorCode::kDenied, "Đơn vị {} không thuộc tỉnh của bạn",
                   "The unit {} is not of your province", unit->code);
}

Result<UnitView*> ViewOf(const PageCall& call, const Unit& unit) {
  return call.state.units().ViewOf(unit.id, call.state.programme().programme);
}

Result<QuestionForm> FormOf(const PageCall& call) {
  if (auto form = QuestionFormOf(*call.state.programme().programme)) return *form;
  return call.Fail(ErrorCode::kNotFound, "Bộ biểu mẫu đang dùng không có câu hỏi của tỉnh",
                   "The programme in use has no questions of the province");
}

// ---- all units ----

std::size_t PageAsked(const PageCall& call, std::size_t pages) {
  const std::string text(call.Query("page"));
  std::size_t asked = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || asked > pages) return 1;
    asked = asked * 10 + static_cast<std::size_t>(c - '0');
  }
  return std::clamp<std::size_t>(asked, 1, std::max<std::size_t>(pages, 1));
}

Json LineModel(const PageCall& call, const QuestionLine& line) {
  const Unit& unit = *line.unit;
  return {
      {"href", UnitPath(unit)},
      {"code", unit.code},
      {"name", unit.name},
      {"findings",
       line.findings ? std::to_string(*line.findings) : call.Words("chưa tính", "not counted yet")},
      {"waiting", std::to_string(line.questions.waiting)},
      {"answered", std::to_string(line.questions.answered)},
      {"to_read", line.questions.answered > 0},
      {"synced", unit.synced_ms ? TimeText(*unit.synced_ms) : call.Words("chưa lần nào", "never")}};
}

Result<Answer> ShowUnits(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kQuestions));
  TRAM_TRY(FormOf(call));
  TRAM_ASSIGN(const UnitPlaces places, UnitPlaces::Load(call.state));
  TRAM_ASSIGN(const std::vector<QuestionLine> lines, QuestionLines(call, places, permit));
  const std::size_t pages = (lines.size() + kUnitsPerPage - 1) / kUnitsPerPage;
  const std::size_t page_number = PageAsked(call, pages);
  Page page{"questions", call.Words("Hỏi đơn vị", "Questions to units")};
  page.model = {{"none", lines.empty()}, {"units", Json::array()}, {"pages_shown", pages > 1}};
  const std::size_t first = (page_number - 1) * kUnitsPerPage;
  for (std::size_t i = first; i < std::min(lines.size(), first + kUnitsPerPage); ++i) {
    page.model["units"].push_back(LineModel(call, lines[i]));
  }
  for (std::size_t i = 1; i <= pages; ++i) {
    page.model["pages"].push_back({{"href", "/questions?page=" + std::to_string(i)},
                                   {"number", std::to_string(i)},
                                   {"here", i == page_number}});
  }
  AddExportLinks(call, "questions", "", call.Words("đơn vị, mọi trang", "units, all pages"),
                 page.model);
  return Answer(std::move(page));
}

// ---- one unit ----

/// Of the unit's open questions, by the record that they are about.
std::set<RecordId> AskedAbout(const std::vector<Question>& questions) {
  std::set<RecordId> about;
  for (const Question& question : questions) {
    if (question.standing != QuestionStanding::kClosed && question.about) {
      about.insert(*question.about);
    }
  }
  return about;
}

Json CheckModels(const PageCall& call, const Unit& unit, const std::vector<CheckFinding>& findings,
                 const std::set<RecordId>& asked) {
  Json models = Json::array();
  for (const Check& check : call.state.programme().programme->checks) {
    Json records = Json::array();
    std::size_t count = 0;
    for (const CheckFinding& finding : findings) {
      if (finding.check->name != check.name || ++count > kRecordsShownMax) continue;
      records.push_back({{"href", RecordPath(unit, check, finding.record)},
                         {"code", ShortCode(finding.record)},
                         {"asked", asked.contains(finding.record)}});
    }
    if (count == 0) continue;
    const RecordType* type = call.state.programme().programme->ByName(check.record);
    models.push_back({{"name", check.name},
                      {"label", call.In(check.label)},
                      {"type", type == nullptr ? check.record : call.In(type->label)},
                      {"count", std::to_string(count)},
                      {"records", std::move(records)},
                      {"more", count > kRecordsShownMax ? std::to_string(count - kRecordsShownMax)
                                                        : std::string()}});
  }
  return models;
}

/// What is asked about, in words; whether the record is still there.
Json AboutModel(const PageCall& call, const UnitView& view, const Question& question) {
  if (!question.about) return Json{{"about", ""}, {"gone", false}};
  const Result<RecordView> about = view.Find(*question.about);
  const std::string type = about ? call.In(about->type->label) + " " : "";
  return {{"about", type + ShortCode(*question.about)}, {"gone", about && about->deleted}};
}

Json QuestionModel(const PageCall& call, const Unit& unit, const UnitView& view,
                   const Question& question) {
  const Programme& programme = view.programme();
  Json model = AboutModel(call, view, question);
  model["text"] = question.text;
  model["asked"] = TimeText(question.record.created.time.ms);
  model["answers"] = Json::array();
  for (const FieldView& field : question.record.fields) {
    if (!field.field->answer || !field.field->clear) continue;
    if (IsNull(field.value) && field.elements.empty()) continue;
    model["answers"].push_back({{"label", call.In(field.field->label)},
                                {"text", ValueWords(programme, field, call.language)}});
  }
  model["close"] = UnitPath(unit) + "/asked/" + question.record.id.Hex() + "/close";
  model["code"] = ShortCode(question.record.id);
  return model;
}

/// The last ones first.
Json QuestionModels(const PageCall& call, const Unit& unit, const UnitView& view,
                    const std::vector<Question>& questions, QuestionStanding standing,
                    std::size_t at_most) {
  Json models = Json::array();
  for (auto question = questions.rbegin(); question != questions.rend(); ++question) {
    if (question->standing != standing || models.size() >= at_most) continue;
    models.push_back(QuestionModel(call, unit, view, *question));
  }
  return models;
}

Result<Answer> ShowUnit(PageCall& call) {
  TRAM_ASSIGN(const Unit unit, UnitOf(call));
  TRAM_ASSIGN(const QuestionForm form, FormOf(call));
  TRAM_ASSIGN(UnitView * view, ViewOf(call, unit));
  TRAM_ASSIGN(const std::vector<CheckFinding> findings, view->Checks(call.state.Today()));
  TRAM_ASSIGN(const std::vector<Question> questions, QuestionsIn(*view, form));
  TRAM_TRY(call.Audit("flagged records of unit " + unit.code +
                      " listed: " + std::to_string(findings.size())));
  Page page{"questions-unit", call.Words("Hỏi đơn vị {}", "Questions to {}", unit.name)};
  const auto models = [&](QuestionStanding standing, std::size_t at_most) {
    return QuestionModels(call, unit, *view, questions, standing, at_most);
  };
  page.model = {{"code", unit.code},
                {"sent", !call.Query("sent").empty()},
                {"closed_now", !call.Query("closed").empty()},
                {"nothing", findings.empty()},
                {"checks", CheckModels(call, unit, findings, AskedAbout(questions))},
                {"answered", models(QuestionStanding::kAnswered, kOpenQuestionsMax)},
                {"waiting", models(QuestionStanding::kWaiting, kOpenQuestionsMax)},
                {"closed", models(QuestionStanding::kClosed, kClosedShownMax)}};
  page.model["none_asked"] = page.model["answered"].empty() && page.model["waiting"].empty();
  page.model["closed_shown"] = !page.model["closed"].empty();
  page.model["synced"] =
      unit.synced_ms ? TimeText(*unit.synced_ms) : call.Words("chưa lần nào", "never");
  return Answer(std::move(page));
}

// ---- one record ----

/// What an address names: a record that a check flags now.
struct Flagged {
  Unit unit;
  const Check* check = nullptr;
  RecordId record;
  UnitView* view = nullptr;
};

Error NotFlagged(const PageCall& call) {
  return call.Fail(ErrorCode::kNotFound,
                   "Không có hồ sơ này, hoặc quy tắc kiểm tra không còn phát hiện nó nữa",
                   "There is no such record, or the check does not find it any more");
}

/// Errors: as UnitOf | not_found (a record that no check of the province finds is not shown).
Result<Flagged> FlaggedOf(const PageCall& call) {
  Flagged flagged;
  TRAM_ASSIGN(flagged.unit, UnitOf(call));
  const Result<RecordId> record = RecordId::FromHexText(call.parts[2]);
  if (!record) return NotFlagged(call);
  TRAM_ASSIGN(flagged.view, ViewOf(call, flagged.unit));
  TRAM_ASSIGN(const std::vector<CheckFinding> findings, flagged.view->Checks(call.state.Today()));
  const auto found = std::find_if(findings.begin(), findings.end(), [&](const auto& finding) {
    return finding.check->name == call.parts[1] && finding.record == *record;
  });
  if (found == findings.end()) return NotFlagged(call);
  flagged.check = found->check;
  flagged.record = *record;
  return flagged;
}

/// What was typed, and what is wrong with it.
struct Typed {
  std::string text;
  std::vector<std::string> problems;
};

/// Also where it is drawn again with what is wrong: nobody looks without a line.
Result<Page> RecordPage(const PageCall& call, const Flagged& flagged, const Typed& typed) {
  TRAM_ASSIGN(const QuestionForm form, FormOf(call));
  TRAM_TRY(call.Audit("flagged record of unit " + flagged.unit.code + " shown, found by " +
                      flagged.check->name + ": " + flagged.record.Hex()));
  TRAM_ASSIGN(Json parts,
              WhatTheCheckRead(*flagged.view, *flagged.check, flagged.record, call.language));
  TRAM_ASSIGN(const std::vector<Question> questions, QuestionsIn(*flagged.view, form));
  const RecordType* type = flagged.view->programme().ByName(flagged.check->record);
  Page page{"questions-record",
            call.Words("{} {}", "{} {}", call.In(type->label), ShortCode(flagged.record))};
  page.model = {{"unit", {{"href", UnitPath(flagged.unit)}, {"name", flagged.unit.name}}},
                {"check", call.In(flagged.check->label)},
                {"parts", std::move(parts)},
                {"action", RecordPath(flagged.unit, *flagged.check, flagged.record)},
                {"text", typed.text},
                {"label", call.In(form.text->label)},
                {"max", form.text->max ? std::to_string(*form.text->max) : ""},
                {"wrong", !typed.problems.empty()},
                {"problems", typed.problems},
                {"open", Json::array()}};
  for (const Question& question : questions) {
    if (question.standing == QuestionStanding::kClosed || question.about != flagged.record)
      continue;
    page.model["open"].push_back(QuestionModel(call, flagged.unit, *flagged.view, question));
  }
  page.model["can_ask"] = page.model["open"].empty();
  return page;
}

Result<Answer> ShowRecord(PageCall& call) {
  TRAM_ASSIGN(const Flagged flagged, FlaggedOf(call));
  TRAM_ASSIGN(Page page, RecordPage(call, flagged, {}));
  return Answer(std::move(page));
}

/// One line for each problem of the question's text; other fields are not for him to fill in.
Result<std::vector<std::string>> ProblemsOf(const PageCall& call, const Flagged& flagged,
                                            const QuestionForm& form, const std::string& text) {
  if (text.empty()) return std::vector{call.Words("hãy viết câu hỏi", "write the question")};
  const std::map<std::uint32_t, Value> values{{form.about->number, flagged.record},
                                              {form.text->number, text},
                                              {form.state->number, Code{form.open}}};
  TRAM_ASSIGN(std::vector<std::string> problems,
              flagged.view->Validate(*form.type, values, {}, std::nullopt, call.language,
                                     std::nullopt, call.state.Today()));
  const std::string about_text = form.text->name + ": ";
  for (std::string& problem : problems) {
    if (problem.starts_with(about_text)) problem.erase(0, about_text.size());
  }
  return problems;
}

Result<Answer> Ask(PageCall& call) {
  TRAM_ASSIGN(const Flagged flagged, FlaggedOf(call));
  TRAM_ASSIGN(const QuestionForm form, FormOf(call));
  Typed typed;
  if (auto text = Nfc(call.Posted("text"))) {
    typed.text = TrimmedLines(*text);
    TRAM_ASSIGN(typed.problems, ProblemsOf(call, flagged, form, typed.text));
  } else {
    typed.problems = {call.Words("hãy viết lại: có ký tự không đọc được",
                                 "write it again: some letters cannot be read")};
  }
  if (typed.problems.empty()) {
    const Result<RecordId> asked =
        ProvinceDesk(call.state)
            .Ask(flagged.unit, flagged.record, typed.text, flagged.check->name, call.Who());
    if (asked) return Answer(SeeOther(UnitPath(flagged.unit) + "?sent=1"));
    if (asked.error().code == ErrorCode::kExists) {
      typed.problems = {call.Words("hồ sơ này đã có câu hỏi đang chờ",
                                   "there is an open question about this record already")};
    } else if (asked.error().code == ErrorCode::kOverloaded) {
      typed.problems = {call.Words("đơn vị này đã có {} câu hỏi chưa đóng; hãy đóng bớt trước",
                                   "{} questions of this unit are open; close some of them first",
                                   kOpenQuestionsMax)};
    } else {
      return asked.error();
    }
  }
  TRAM_ASSIGN(Page page, RecordPage(call, flagged, typed));
  return Answer(std::move(page));
}

Result<Answer> Close(PageCall& call) {
  TRAM_ASSIGN(const Unit unit, UnitOf(call));
  const Result<RecordId> question = RecordId::FromHexText(call.parts[1]);
  const Status closed = question ? ProvinceDesk(call.state).Close(unit, *question, call.Who())
                                 : Status(question.error());
  // Closed twice, by two people or two clicks: it is closed.
  if (closed || closed.error().code == ErrorCode::kExists) {
    return Answer(SeeOther(UnitPath(unit) + "?closed=1"));
  }
  if (question && closed.error().code != ErrorCode::kNotFound) return closed.error();
  return call.Fail(ErrorCode::kNotFound, "Không có câu hỏi này", "There is no such question");
}

constexpr Route kRoutes[] = {
    {"GET", "/questions", Access::kRight, Right::kQuestions, &ShowUnits},
    {"GET", "/questions/{}", Access::kRight, Right::kQuestions, &ShowUnit},
    {"GET", "/questions/{}/{}/{}", Access::kRight, Right::kQuestions, &ShowRecord},
    {"POST", "/questions/{}/{}/{}", Access::kRight, Right::kQuestions, &Ask},
    {"POST", "/questions/{}/asked/{}/close", Access::kRight, Right::kQuestions, &Close},
};

}  // namespace

std::span<const Route> QuestionRoutes() { return kRoutes; }

}  // namespace tram::server
