// Forms: adding and editing a record, what a form looks like while it is filled in, its draft.
#include <algorithm>

#include "app/drafts.h"
#include "app/names.h"
#include "app/problem_lines.h"
#include "web/forms.h"

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

/// The record that this one stands below, as a link to its page.
Json AboutModel(PageCall& page, const FilledForm& form) {
  const std::optional<RecordId> about = form.parent ? form.parent : form.record;
  if (!about) return nullptr;
  const auto view = page.device().view().Find(*about);
  const RecordId shown = PageOf(page, *about);
  return {{"kind", view ? page.In(view->type->label) : ""},
          {"title", TitleOf(page, *about)},
          {"person", shown == *about ? "" : TitleOf(page, shown)},
          {"href", RecordPath(shown)}};
}

const RecordType* NextType(const PageCall& page, const FilledForm& form) {
  if (form.record || form.type->next.empty()) return nullptr;
  const RecordType* next = page.device().programme().ByName(form.type->next);
  return next != nullptr && next->parent == form.type->name ? next : nullptr;
}

Result<Answer> DrawForm(PageCall& page, const FilledForm& form, Json draft) {
  Page answer{.template_name = "form"};
  answer.title = form.record ? page.Words("Sửa: {}", "Edit: {}", page.In(form.type->label))
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
  const std::optional<RecordId> back = form.record ? form.record : form.parent;
  model["back"] = back ? RecordPath(PageOf(page, *back)) : "/";
  if (form.wrong()) answer.status = 422;
  return Answer(std::move(answer));
}

constexpr char kCheck[] = "check";

/// With what was half typed before, where something was; after a try to save, with what is wrong.
Result<Answer> DrawWithDraft(PageCall& page, FilledForm form) {
  TRAM_ASSIGN(const auto draft, FindDraft(page.device(), PersonOf(page), form.path));
  if (!draft) return DrawForm(page, form, nullptr);
  FilledForm drafted = form;
  TakeTyped(drafted, draft->fields);
  if (!page.Query(kCheck).empty()) {
    const RowValues row = ReadTyped(page, drafted);
    TRAM_TRY(AddHiddenProblems(page, drafted, row));
    TRAM_TRY(AddProblems(page, drafted, row));
    return DrawForm(page, drafted, nullptr);
  }
  return DrawForm(page, drafted,
                  {{"since", TimeText(draft->begun_ms)}, {"changed", ChangedSince(form, drafted)}});
}

/// Nothing: it was not saved, and the form says why.
Result<std::optional<Saved>> TrySave(PageCall& page, FilledForm& form) {
  const RowValues row = ReadTyped(page, form);
  TRAM_TRY(AddHiddenProblems(page, form, row));
  if (!form.wrong()) {
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
  const char* joint = form.path.find('?') == std::string::npos ? "?" : "&";
  return Answer(SeeOther(form.path + joint + kCheck + "=1"));
}

Result<Answer> SaveForm(PageCall& page, FilledForm form) {
  TRAM_ASSIGN(const std::optional<Saved> saved, TrySave(page, form));
  if (!saved) return Refused(page, form);
  TRAM_TRY(DropDraft(page.device(), PersonOf(page), form.path));
  const RecordType* next = NextType(page, form);
  if (next != nullptr && page.Posted("go") == "next") {
    return Answer(SeeOther("/new/" + next->name + "?parent=" + saved->record.Hex() +
                           "&saved=" + saved->op.Hex()));
  }
  return Answer(SeeOther(SavedPath(page, *saved)));
}

Result<Answer> GetNew(PageCall& page) {
  TRAM_ASSIGN(const RecordType* type, TypeInPath(page));
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

/// What is hidden and what is wrong so far, for a form that is being filled in; that something is
/// still empty is no problem yet.
Result<Answer> PostLook(PageCall& page) {
  TRAM_ASSIGN(const RecordType* type, TypeInPath(page));
  TRAM_ASSIGN(FilledForm form, PostedForm(page, page.form, *type));
  const RowValues row = ReadTyped(page, form);
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
  return JsonAnswer({{"hidden", std::move(names)}, {"problems", std::move(problems)}});
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
  return Answer(SeeOther(path));
}

}  // namespace

std::span<const Route> FormRoutes() {
  static constexpr Route kRoutes[] = {
      {"GET", "/new/{}", Access::kClinical, GetNew},
      {"POST", "/new/{}", Access::kClinical, PostNew},
      {"GET", "/record/{}/edit", Access::kClinical, GetEdit},
      {"POST", "/record/{}/edit", Access::kClinical, PostEdit},
      {"POST", "/form/{}/look", Access::kClinical, PostLook},
      {"POST", "/draft", Access::kClinical, PostDraft},
      {"POST", "/draft/drop", Access::kClinical, PostDropDraft},
  };
  return kRoutes;
}

}  // namespace tram::client
