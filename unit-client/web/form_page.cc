// Forms: adding and editing a record, what a form looks like while it is filled in, its draft.
#include <algorithm>

#include "app/drafts.h"
#include "app/names.h"
#include "app/problem_lines.h"
#include "web/forms.h"
#include "web/front_state.h"
#include "web/own_worker.h"
#include "web/reference_choices.h"
#include "web/same_person_note.h"

namespace tram::client {
namespace {

constexpr std::size_t kFormPathCharactersMax = 2000;

const std::string& PersonOf(const PageCall& page) { return page.session.person().name; }

/// It goes into a header: nothing but what stands in an address.
bool IsFormPath(std::string_view path) {
  return (path.starts_with("/new/") || path.starts_with("/record/")) &&
         path.size() <= kFormPathCharactersMax &&
         std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

Result<const RecordType*> TypeInPath(const PageCall& page) {
  return FindType(page.call, page.parts[0]);
}

/// Something of the record was changed since a draft of its form was begun.
bool ChangedSince(const FilledForm& now, const FilledForm& drafted) {
  for (std::size_t i = 0; i < now.fields.size(); ++i) {
    if (now.fields[i].from != drafted.fields[i].from) return true;
  }
  return false;
}

/// The record that this one stands below, or where it stands alone itself, as a link to its page.
Json AboutModel(PageCall& page, const FilledForm& form) {
  const std::optional<RecordId> about = form.parent ? form.parent : form.record;
  if (!about) return nullptr;
  const auto view = page.device().view().Find(*about);
  const RecordId shown = PageOf(page, *about);
  return {{"below", form.parent.has_value()},
          {"kind", view ? page.In(view->type->label) : ""},
          {"title", TitleOf(page, *about)},
          {"person", shown == *about ? "" : TitleOf(page, shown)},
          {"href", RecordPath(shown)}};
}

const RecordType* NextType(const PageCall& page, const FilledForm& form) {
  if (form.record || form.type->next.empty()) return nullptr;
  const RecordType* next = page.device().programme().ByName(form.type->next);
  return next != nullptr && next->parent == form.type->name ? next : nullptr;
}

constexpr char kCheck[] = "check", kThen[] = "then", kNext[] = "next";
constexpr char kNotSame[] = "not_same";

/// Also where saving was asked for so, and first the person had to say that somebody else is not
/// the same one.
bool WantsNext(const PageCall& page) {
  return page.Posted("go") == kNext ||
         (!page.Posted(kNotSame).empty() && page.Posted(kThen) == kNext);
}

/// The form with more in its query.
std::string FormWith(const FilledForm& form, const std::string& query) {
  return form.path + (form.path.find('?') == std::string::npos ? "?" : "&") + query;
}

Result<Answer> DrawForm(PageCall& page, const FilledForm& form, Json draft) {
  Page answer{.template_name = "form"};
  answer.title = form.record && form.type->of_province
                     ? page.Words("Trả lời: {}", "Answer: {}", page.In(form.type->label))
                 : form.record ? page.Words("Sửa: {}", "Edit: {}", page.In(form.type->label))
                               : page.Words("Thêm: {}", "Add: {}", page.In(form.type->label));
  TRAM_ASSIGN(answer.model, FieldsModel(page, form));
  const RecordType* next = NextType(page, form);
  Json& model = answer.model;
  model["type"] = form.type->name;
  model["action"] = form.record ? form.path : "/new/" + form.type->name;
  model["form"] = form.path;
  model["record"] = form.record ? form.record->Hex() : "";
  model["parent"] = form.parent && !form.record ? form.parent->Hex() : "";
  model["about"] = AboutModel(page, form);
  model["next"] = next == nullptr ? "" : page.In(next->label);
  model["sealed_unread"] = form.sealed_unread;
  model["draft"] = std::move(draft);
  model["same"] = SameModel(page, form);
  model["then"] = WantsNext(page) || page.Query(kThen) == kNext;
  const std::optional<RecordId> back = form.record ? form.record : form.parent;
  model["back"] = back ? RecordPath(PageOf(page, *back)) : "/";
  if (form.wrong()) answer.status = 422;
  return Answer(std::move(answer));
}

/// With what was half typed before, where something was; after a try to save, with what is wrong;
/// after looking for records, with those that were found.
Result<Answer> DrawWithDraft(PageCall& page, FilledForm form) {
  TRAM_ASSIGN(const auto draft, FindDraft(page.device(), PersonOf(page), form.path));
  if (!draft) return DrawForm(page, form, nullptr);
  FilledForm drafted = form;
  TakeTyped(drafted, draft->fields);
  if (!page.Query(kFind).empty()) return DrawForm(page, drafted, nullptr);
  FilledForm checked = drafted;
  const RowValues row = ReadTyped(page, checked);
  FindSame(page, checked, row);
  if (!page.Query(kCheck).empty()) {
    TRAM_TRY(AddHiddenProblems(page, checked, row));
    TRAM_TRY(AddProblems(page, checked, row));
    return DrawForm(page, checked, nullptr);
  }
  drafted.same = std::move(checked.same);
  return DrawForm(page, drafted,
                  {{"since", TimeText(draft->begun_ms)}, {"changed", ChangedSince(form, drafted)}});
}

/// Somebody seems to be the same person, and whoever saves has not said of exactly those who are
/// found now, as they are now, that it is somebody else.
bool MayBeSame(const PageCall& page, const FilledForm& form) {
  return !form.same.empty() && page.Posted(kNotSame) != SameSeen(page, form);
}

/// Nothing: it was not saved, and the form says why.
Result<std::optional<Saved>> TrySave(PageCall& page, FilledForm& form) {
  const RowValues row = ReadTyped(page, form);
  TRAM_TRY(AddHiddenProblems(page, form, row));
  FindSame(page, form, row);
  if (!form.wrong() && !MayBeSame(page, form)) {
    Result<Saved> saved = page.device().Save(ToSave(page, form, row), page.language());
    if (saved) return std::optional(*saved);
    if (saved.error().code != ErrorCode::kInvalid) return saved.error();
    PutProblems(page, form, LinesOf(saved.error().message));
    return std::optional<Saved>();
  }
  TRAM_TRY(AddProblems(page, form, row));
  return std::optional<Saved>();
}

/// What was typed goes into the draft, and the form is drawn from there: it outlives a power cut.
/// What looking at the draft would not say again, or what is too long for one, is drawn at once.
Result<Answer> Refused(PageCall& page, const FilledForm& form) {
  const auto fields = DraftFields(page.form);
  const bool kept = fields && KeepDraft(page.device(), PersonOf(page), form.path, *fields,
                                        page.call.clock.WallMs());
  if (!kept || !form.problems.empty()) return DrawForm(page, form, nullptr);
  std::string query = std::string(kCheck) + "=1";
  if (WantsNext(page)) query += std::string("&") + kThen + "=" + kNext;
  return Answer(SeeOther(FormWith(form, query)));
}

/// Words stand in no address: they lie in the draft, and the form is drawn from there.
Result<Answer> DrawFound(PageCall& page, const FilledForm& form, const std::string& field) {
  const auto fields = DraftFields(page.form);
  if (!fields ||
      !KeepDraft(page.device(), PersonOf(page), form.path, *fields, page.call.clock.WallMs())) {
    return DrawForm(page, form, nullptr);
  }
  return Answer(SeeOther(FormWith(form, std::string(kFind) + "=" + field + "#f-" + field)));
}

Result<Answer> SaveForm(PageCall& page, FilledForm form) {
  if (const std::string field = LooksIn(page, form); !field.empty()) {
    return DrawFound(page, form, field);
  }
  TRAM_ASSIGN(const std::optional<Saved> saved, TrySave(page, form));
  if (!saved) return Refused(page, form);
  TRAM_TRY(DropDraft(page.device(), PersonOf(page), form.path));
  const RecordType* next = NextType(page, form);
  if (next != nullptr && WantsNext(page)) {
    return Answer(SeeOther("/new/" + next->name + "?parent=" + saved->record.Hex() +
                           "&saved=" + saved->op.Hex()));
  }
  if (!form.record) {
    TRAM_ASSIGN(const auto path, AfterNewWorker(page, *saved));
    if (path) return Answer(SeeOther(*path));
  }
  return Answer(SeeOther(SavedPath(page, *saved)));
}

/// What was posted before and not taken, in another language now.
Result<Answer> DrawAnew(PageCall& page, FilledForm form) {
  const RowValues row = ReadTyped(page, form);
  FindSame(page, form, row);
  TRAM_TRY(AddHiddenProblems(page, form, row));
  TRAM_TRY(AddProblems(page, form, row));
  return DrawForm(page, form, nullptr);
}

Result<Answer> GetNew(PageCall& page) {
  TRAM_ASSIGN(const RecordType* type, TypeInPath(page));
  if (!page.form.empty()) {
    TRAM_ASSIGN(FilledForm anew, PostedForm(page, page.form, *type));
    return DrawAnew(page, std::move(anew));
  }
  TRAM_ASSIGN(FilledForm form, NewForm(page, *type, page.request.query));
  return DrawWithDraft(page, std::move(form));
}

Result<Answer> PostNew(PageCall& page) {
  TRAM_ASSIGN(const RecordType* type, TypeInPath(page));
  HttpFields posted = page.form;
  posted.erase("record");
  TRAM_ASSIGN(FilledForm form, PostedForm(page, posted, *type));
  return SaveForm(page, std::move(form));
}

Result<Answer> GetEdit(PageCall& page) {
  TRAM_ASSIGN(const RecordId id, RecordInPath(page, 0));
  TRAM_ASSIGN(FilledForm form, EditForm(page, id));
  if (!page.form.empty()) {
    TakeTyped(form, page.form);
    return DrawAnew(page, std::move(form));
  }
  return DrawWithDraft(page, std::move(form));
}

Result<Answer> PostEdit(PageCall& page) {
  TRAM_ASSIGN(const RecordId id, RecordInPath(page, 0));
  TRAM_ASSIGN(FilledForm form, EditForm(page, id));
  TakeTyped(form, page.form);
  return SaveForm(page, std::move(form));
}

Result<Answer> JsonAnswer(const Json& json) {
  return Answer(HttpResponse{200, "application/json", JsonText(json), {}});
}

/// What is hidden, what is wrong and who seems to be the same person so far, for a form that is
/// being filled in; that something is still empty is no problem yet.
Result<Answer> PostLook(PageCall& page) {
  TRAM_ASSIGN(const RecordType* type, TypeInPath(page));
  TRAM_ASSIGN(FilledForm form, PostedForm(page, page.form, *type));
  const RowValues row = ReadTyped(page, form);
  FindSame(page, form, row);
  TRAM_ASSIGN(const auto hidden, HiddenFields(page, form, row));
  TRAM_TRY(AddProblems(page, form, row));
  Json names = Json::array(), problems = Json::object();
  for (const FormField& field : form.fields) {
    const bool is_hidden = hidden.contains(field.field->number);
    if (is_hidden) names.push_back(field.field->name);
    if (!is_hidden && !field.error.empty() && !field.typed.empty()) {
      problems[field.field->name] = field.error;
    }
  }
  Json said = {{"hidden", std::move(names)}, {"problems", std::move(problems)}};
  if (!form.same.empty()) said["same"] = SameModel(page, form);
  return JsonAnswer(said);
}

Result<Answer> PostDraft(PageCall& page) {
  const std::string path(page.Posted("form"));
  if (!IsFormPath(path)) {
    return MakeError(ErrorCode::kInvalid, page.Words("không có biểu mẫu này", "no such form"));
  }
  if (const auto fields = DraftFields(page.form)) {
    TRAM_TRY(KeepDraft(page.device(), PersonOf(page), path, *fields, page.call.clock.WallMs()));
  } else {
    TRAM_TRY(DropDraft(page.device(), PersonOf(page), path));
  }
  return Answer(HttpResponse{204, "", "", {}});
}

Result<Answer> PostDropDraft(PageCall& page) {
  const std::string path(page.Posted("form"));
  if (!IsFormPath(path)) {
    return MakeError(ErrorCode::kInvalid, page.Words("không có biểu mẫu này", "no such form"));
  }
  TRAM_TRY(DropDraft(page.device(), PersonOf(page), path));
  const std::string_view back = page.Posted("back");
  return Answer(SeeOther(back.empty() ? path : SafeBack(back)));
}

}  // namespace

std::span<const Route> FormRoutes() {
  static constexpr Route kRoutes[] = {
      {"GET", "/new/{}", Access::kClinical, GetNew},
      {"POST", "/new/{}", Access::kClinical, PostNew},
      {"GET", "/record/{}/edit", Access::kClinical, GetEdit},
      {"POST", "/record/{}/edit", Access::kClinical, PostEdit},
      {"POST", "/form/{}/look", Access::kClinical, PostLook},
      {"POST", "/form/{}/choices", Access::kClinical, PostChoices},
      {"POST", "/draft", Access::kClinical, PostDraft},
      {"POST", "/draft/drop", Access::kClinical, PostDropDraft},
  };
  return kRoutes;
}

}  // namespace tram::client
