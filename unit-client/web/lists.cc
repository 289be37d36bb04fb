// Lists of records: people, found as their names are typed, and the unit's own books. What is
// searched for is posted (the only one that fits is opened), though it changes nothing, and kept in
// the session: a browser keeps addresses in its history, and what was posted to a page that it
// shows.
#include "app/names.h"
#include "web/paging.h"
#include "web/record_words.h"

namespace tram::client {
namespace {

Result<Json> LinesOf(PageCall& page, const std::vector<TitledRecord>& records) {
  Json lines = Json::array();
  for (const TitledRecord& titled : records) {
    TRAM_ASSIGN(const RecordView record, page.device().view().Find(titled.record));
    const RecordId person = record.root.value_or(titled.record);
    lines.push_back({{"href", RecordPath(titled.record)},
                     {"person", person == titled.record ? "" : TitleOf(page, person)},
                     {"title", titled.title},
                     {"changed", TimeText(record.changed.time.ms)},
                     {"by", record.changed.author ? AuthorText(page.call, record.changed) : ""}});
  }
  return lines;
}

Result<Answer> List(PageCall& call) {
  TRAM_ASSIGN(const RecordType* type, FindType(call.call, call.parts[0]));
  const bool found = !call.Query("page").empty();
  const std::string words = found ? call.session.searched_words : std::string();
  const std::size_t number = PageNumber(call.Query("page"));
  TRAM_ASSIGN(const UnitView::Found records,
              call.device().view().Search(*type, words, (number - 1) * kPageRecords, kPageRecords,
                                          call.call.Today()));
  Page page;
  page.template_name = "list";
  page.title = call.In(type->label_many);
  TRAM_ASSIGN(Json lines, LinesOf(call, records.records));
  page.model = {{"type", type->name},
                {"label", call.In(type->label)},
                {"top", type->parent.empty() && !type->of_province && !IsReview(call, *type)},
                {"search", !type->search.empty()},
                {"words", words},
                {"count", records.all},
                {"one", records.all == 1},
                {"none", records.all == 0},
                {"lines", std::move(lines)}};
  AddPages(number, records.all, page.model);
  return Answer(std::move(page));
}

Result<Answer> Find(PageCall& call) {
  TRAM_ASSIGN(const RecordType* type, FindType(call.call, call.parts[0]));
  call.session.searched_words = call.Posted("q");
  if (!call.Posted("open").empty() && !call.session.searched_words.empty()) {
    TRAM_ASSIGN(
        const UnitView::Found found,
        call.device().view().Search(*type, call.session.searched_words, 0, 1, call.call.Today()));
    if (found.all == 1) return Answer(SeeOther(RecordPath(found.records[0].record)));
  }
  return Answer(SeeOther("/list/" + type->name + "?page=1"));
}

Result<Answer> Registers(PageCall& call) {
  Page page;
  page.template_name = "registers";
  page.title = call.Words("Sổ của đơn vị", "The unit's books");
  Json types = Json::array();
  for (const RecordType& type : call.device().programme().records) {
    if (type.person || !type.parent.empty()) continue;
    if (IsReview(call, type)) continue;  // they have a page of their own
    types.push_back({{"type", type.name},
                     {"label", call.In(type.label)},
                     {"many", call.In(type.label_many)},
                     {"can_add", !type.of_province},
                     {"count", call.device().view().Records(type).size()}});
  }
  page.model = {{"types", std::move(types)}};
  return Answer(std::move(page));
}

constexpr Route kRoutes[] = {
    {"GET", "/list/{}", Access::kClinical, List},
    {"POST", "/list/{}", Access::kClinical, Find},
    {"GET", "/registers", Access::kClinical, Registers},
};

}  // namespace

std::span<const Route> ListRoutes() { return kRoutes; }

}  // namespace tram::client
