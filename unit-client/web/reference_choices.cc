#include "web/reference_choices.h"

#include <algorithm>
#include <sstream>

#include "app/names.h"
#include "tram/base/vietnamese.h"
#include "web/record_words.h"

namespace tram::client {
namespace {

Result<UnitView::Found> FindByTitle(PageCall& page, const RecordType& type,
                                    const std::string& words) {
  TRAM_ASSIGN(const std::string wanted_text, Nfc(words));
  std::istringstream in(Fold(wanted_text));
  std::vector<std::string> wanted;
  for (std::string word; in >> word;) wanted.push_back(word);
  const std::string shown_as = type.shown_as.empty() ? "NULL" : type.shown_as;
  TRAM_ASSIGN(const ViewTable table,
              page.device().view().Select("SELECT id, (" + shown_as + "\n) FROM \"" + type.name +
                                              "\" ORDER BY changed_ms DESC, id",
                                          page.call.Today()));
  UnitView::Found found;
  for (const auto& row : table.rows) {
    TRAM_ASSIGN(const RecordId id, RecordId::FromHexText(row[0].value_or("")));
    const std::string title = row[1].value_or(ShortId(id));
    const std::string folded = Fold(title);
    const bool all = std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
      return folded.find(word) != std::string::npos;
    });
    if (!all || ++found.all > kReferenceChoicesMax) continue;
    found.records.push_back({id, title, row[1].has_value()});
  }
  return found;
}

/// Errors: not_found.
Result<const RecordType*> ReferredType(const PageCall& page) {
  TRAM_ASSIGN(const RecordType* type, FindType(page.call, page.parts[0]));
  TRAM_ASSIGN(const Field* field, FindField(page.call.out, *type, page.Posted("field")));
  const RecordType* referred = page.device().programme().ByName(field->refers_to);
  if (field->type == FieldType::kRef && !field->retired && referred != nullptr) return referred;
  return page.call.out.Fail(ErrorCode::kNotFound, "mục này không tìm được theo tên",
                            "this field is not one to be found by a name");
}

}  // namespace

Result<UnitView::Found> FindChoices(PageCall& page, const RecordType& type,
                                    const std::string& words) {
  const bool by_title = type.search.empty() && !words.empty();
  if (by_title) return FindByTitle(page, type, words);
  return page.device().view().Search(type, words, 0, kReferenceChoicesMax, page.call.Today());
}

std::string FoundWords(const PageCall& page, const std::string& words,
                       const UnitView::Found& found) {
  const std::size_t shown = found.records.size();
  if (words.empty()) {
    return page.Words("Hiện {} trong {} hồ sơ, hồ sơ sửa sau cùng đứng trước. Gõ để tìm.",
                      "{} of {} records are here, those changed last first. Type to find others.",
                      shown, found.all);
  }
  if (found.all == 0) {
    return page.Words("Không có hồ sơ nào hợp với “{}”. Thử ít chữ hơn.",
                      "Nothing fits “{}”. Try fewer letters.", words);
  }
  if (shown < found.all) {
    return page.Words("{} hồ sơ hợp với “{}”, hiện {} hồ sơ. Gõ thêm chữ.",
                      "{} records fit “{}”, {} are shown. Type more letters.", found.all, words,
                      shown);
  }
  return page.Words("{} hồ sơ hợp với “{}”.", "{} found for “{}”.", found.all, words);
}

Result<Answer> PostChoices(PageCall& page) {
  TRAM_ASSIGN(const RecordType* type, ReferredType(page));
  const std::string words(page.Posted("q"));
  TRAM_ASSIGN(const UnitView::Found found, FindChoices(page, *type, words));
  Json choices = Json::array();
  for (const TitledRecord& record : found.records) {
    choices.push_back({{"id", record.record.Hex()}, {"title", record.title}});
  }
  const Json json = {{"choices", std::move(choices)}, {"said", FoundWords(page, words, found)}};
  return Answer(HttpResponse{200, "application/json", JsonText(json), {}});
}

}  // namespace tram::client
