#include "web/unfinished.h"

#include "app/drafts.h"
#include "web/record_words.h"

namespace tram::client {
namespace {

constexpr char kNew[] = "/new/", kRecord[] = "/record/";

/// What somebody typed of those fields by which such records are looked for: the first that is
/// there.
std::string TypedName(const Draft& draft, const RecordType& type) {
  for (const std::string& name : type.search) {
    const std::string_view typed = FirstOf(draft.fields, "f." + name);
    if (!typed.empty()) return std::string(typed);
  }
  return "";
}

/// Whom the record is about: its person, or itself.
std::string Subject(const PageCall& page, std::string_view hex) {
  const auto id = RecordId::FromHexText(hex);
  if (!id || !page.device().view().Find(*id)) return "";
  return TitleOf(page, PageOf(page, *id));
}

/// {what, about, href}; href is empty where its form is no more.
Json Describe(const PageCall& page, const Draft& draft) {
  HttpRequest form;
  Json gone = {{"what", page.Words("Biểu mẫu không còn dùng", "A form that is no longer used")},
               {"about", ""},
               {"href", ""}};
  if (!SetTarget(form, draft.form)) return gone;
  const std::string_view path = form.path;
  if (path.starts_with(kNew)) {
    const RecordType* type = page.device().programme().ByName(path.substr(sizeof kNew - 1));
    if (type == nullptr) return gone;
    const std::string name = TypedName(draft, *type);
    return {{"what", page.Words("{}: thêm mới", "{}: new", page.In(type->label))},
            {"about", name.empty() ? Subject(page, FirstOf(form.query, "parent")) : name},
            {"href", draft.form}};
  }
  const std::string_view hex =
      path.starts_with(kRecord) ? path.substr(sizeof kRecord - 1, RecordId::kSize * 2) : "";
  const auto id = RecordId::FromHexText(hex);
  const auto record = id ? page.device().view().Find(*id) : Result<RecordView>(Error{});
  if (!record || record->deleted) return gone;
  return {{"what", page.Words("{}: sửa", "{}: correction", page.In(record->type->label))},
          {"about", Subject(page, hex)},
          {"href", draft.form}};
}

}  // namespace

Result<Json> UnfinishedModel(PageCall& page, std::size_t lines_max, const std::string& back) {
  TRAM_ASSIGN(const std::vector<Draft> drafts, AllDrafts(page.device()));
  Json lines = Json::array();
  std::size_t count = 0;
  for (const Draft& draft : drafts) {
    if (draft.person != page.session.person().name) continue;
    if (++count > lines_max) continue;
    Json line = Describe(page, draft);
    line["form"] = draft.form;
    line["since"] = TimeText(draft.begun_ms);
    lines.push_back(std::move(line));
  }
  if (count == 0) return Json(nullptr);
  const std::size_t shown = lines.size();
  return Json{{"count", count},
              {"lines", std::move(lines)},
              {"back", back},
              {"more", count > shown ? Json(count - shown) : Json(nullptr)}};
}

Result<Answer> UnfinishedPage(PageCall& call) {
  Page page;
  page.template_name = "unfinished";
  page.title = call.Words("Đang nhập dở", "Half filled in");
  TRAM_ASSIGN(page.model["drafts"], UnfinishedModel(call, SIZE_MAX, "/unfinished"));
  return Answer(std::move(page));
}

}  // namespace tram::client
