#include "web/conflict_model.h"

#include <algorithm>

#include "app/names.h"
#include "app/typed_values.h"

namespace tram::client {
namespace {

const Value& ValueOf(const CandidateView& candidate, std::uint32_t number) {
  static const Value nothing;
  auto found = candidate.values.find(number);
  return found == candidate.values.end() ? nothing : found->second;
}

/// What an input begins with: what all candidates say, else every text one after the other.
std::string Beginning(const PageCall& call, const FieldView& view) {
  std::vector<std::string> texts;
  for (const CandidateView& candidate : view.candidates) {
    std::string text = TypedText(call.device().programme(), *view.field,
                                 ValueOf(candidate, view.field->number), call.language());
    if (text.empty() || std::find(texts.begin(), texts.end(), text) != texts.end()) continue;
    texts.push_back(std::move(text));
  }
  if (texts.empty()) return "";
  if (view.field->type != FieldType::kText) return texts.size() == 1 ? texts[0] : "";
  std::string joined = texts[0];
  for (std::size_t i = 1; i < texts.size(); ++i) joined += "; " + texts[i];
  return joined;
}

Json CandidateModel(const PageCall& call, const CandidateView& candidate, Json lines) {
  const std::string op = candidate.by.op.Hex();
  return {{"op", op},
          {"lines", std::move(lines)},
          {"by", WrittenBy(call, candidate.by)},
          {"chosen", call.Posted("choice") == op}};
}

std::string PlaceWords(const PageCall& call, const Value& value) {
  const auto* place = std::get_if<RecordId>(&value);
  if (place == nullptr) return call.Words("(không gộp)", "(not merged)");
  if (!call.device().view().Find(*place)) {
    return call.Words("{} (chưa có ở máy này)", "{} (not on this computer yet)", ShortId(*place));
  }
  const RecordId person = PageOf(call, *place);
  const std::string title = TitleOf(call, *place);
  return person == *place ? title : TitleOf(call, person) + " · " + title;
}

}  // namespace

std::string ConflictPath(const RecordId& record, std::uint32_t group) {
  return RecordPath(record, "/conflict/" + std::to_string(group));
}

std::string GroupLabel(const PageCall& call, const std::vector<const FieldView*>& fields) {
  std::string label;
  for (const FieldView* view : fields) {
    label += (label.empty() ? "" : ", ") + call.In(view->field->label);
  }
  return label;
}

Json CandidatesModel(const PageCall& call, const std::vector<const FieldView*>& fields) {
  Json candidates = Json::array();
  for (const CandidateView& candidate : fields[0]->candidates) {
    Json lines = Json::array();
    for (const FieldView* view : fields) {
      lines.push_back({{"label", call.In(view->field->label)},
                       {"value", ValueOrEmptyWords(call, *view->field,
                                                   ValueOf(candidate, view->field->number))}});
    }
    candidates.push_back(CandidateModel(call, candidate, std::move(lines)));
  }
  return candidates;
}

Json PlacesModel(const PageCall& call, const RecordView& record, std::uint32_t group,
                 const FieldView& places) {
  const RecordType* above = call.device().programme().ByName(record.type->parent);
  const std::string label = group == kFieldMergedInto ? call.Words("Gộp vào", "Merged into")
                            : above == nullptr        ? call.Words("Thuộc", "Belongs to")
                                                      : call.In(above->label);
  Json candidates = Json::array();
  for (const CandidateView& candidate : places.candidates) {
    Json lines = Json::array();
    lines.push_back({{"label", label}, {"value", PlaceWords(call, ValueOf(candidate, group))}});
    candidates.push_back(CandidateModel(call, candidate, std::move(lines)));
  }
  return candidates;
}

const CandidateView* ChosenOf(const PageCall& call, const std::vector<CandidateView>& candidates) {
  const std::string_view choice = call.Posted("choice");
  const auto chosen = std::find_if(candidates.begin(), candidates.end(),
                                   [&](const auto& one) { return one.by.op.Hex() == choice; });
  return chosen == candidates.end() ? nullptr : &*chosen;
}

Result<FilledForm> OwnForm(PageCall& call, const RecordView& record,
                           const std::vector<const FieldView*>& fields) {
  TRAM_ASSIGN(FilledForm form, EditForm(call, record.id));
  form.group = fields[0]->field->group;
  for (FormField& entry : form.fields) {
    if (!form.Asks(*entry.field)) continue;
    entry.typed = Beginning(call, *FindFieldView(record, entry.field->number));
    entry.conflict = false;  // this is the page that settles it
  }
  TakeTyped(form, call.form);
  return form;
}

Json ProblemModel(const std::string& href, const std::string& what) {
  return {{"href", href}, {"label", what}, {"what", ""}};
}

}  // namespace tram::client
