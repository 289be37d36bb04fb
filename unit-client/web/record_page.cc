// One record: what it says, what stands below it, and for a person all of that as a time line.
#include <algorithm>

#include "app/conflicts.h"
#include "app/names.h"
#include "web/conflict_model.h"
#include "web/review_pages.h"

namespace tram::client {
namespace {

constexpr std::size_t kChildrenMax = 500;  // of one type below one record, newest first
constexpr std::size_t kSummaryFactsMax = 5, kSummaryBytesMax = 90;  // of a line of the time line

Result<Json> Facts(PageCall& page, const RecordView& record) {
  Json facts = Json::array();
  for (const FieldView& view : record.fields) {
    const std::string shown =
        view.field->type == FieldType::kSet
            ? ShownElements(page.call, *view.field, view.elements)
            : CheckWords(page, *record.type, ValueWords(page, *view.field, view.value));
    if (shown.empty() && !view.conflict) continue;
    Json fact = {{"label", page.In(view.field->label)},
                 {"value", shown},
                 {"conflict", view.conflict ? Json(RecordPath(record.id, "/conflict/") +
                                                   std::to_string(view.field->group))
                                            : Json(nullptr)}};
    if (const auto* refers = std::get_if<RecordId>(&view.value)) {
      if (page.device().view().Find(*refers)) fact["href"] = RecordPath(*refers);
    }
    facts.push_back(std::move(fact));
  }
  return facts;
}

/// The beginning of a long text, whole characters.
std::string Beginning(std::string text) {
  if (text.size() <= kSummaryBytesMax) return text;
  std::size_t end = kSummaryBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

/// What a record says, in a line: its first facts, without what stands beside the line already.
Result<std::string> Summary(PageCall& page, const RecordView& record, const std::string& title) {
  TRAM_ASSIGN(const Json facts, Facts(page, record));
  const Field* dated_by = record.type->ByName(record.type->dated_by);
  std::string line;
  std::size_t told = 0;
  for (const Json& fact : facts) {
    const auto& label = fact["label"].get_ref<const std::string&>();
    const auto& value = fact["value"].get_ref<const std::string&>();
    if (value.empty() || title.find(value) != std::string::npos) continue;
    if (dated_by != nullptr && label == page.In(dated_by->label)) continue;
    if (++told > kSummaryFactsMax) break;
    line += (line.empty() ? "" : " · ") + label + ": " + Beginning(OneLine(value));
  }
  return line;
}

struct Child {
  std::string id, date;  // ISO, "" where there is none
};

/// Newest first.
Result<std::vector<Child>> ChildrenOf(PageCall& page, const RecordType& type,
                                      const RecordId& parent) {
  const std::string date = type.dated_by.empty() ? "''" : "\"" + type.dated_by + "\"";
  TRAM_ASSIGN(
      const ViewTable table,
      page.device().view().Select(
          "SELECT id, " + date + " FROM \"" + type.name + "\" WHERE parent = '" + parent.Hex() +
              "' ORDER BY 2 DESC, created_ms DESC LIMIT " + std::to_string(kChildrenMax),
          page.call.Today()));
  std::vector<Child> children;
  for (const auto& row : table.rows) {
    children.push_back({row[0].value_or(""), row[1].value_or("")});
  }
  return children;
}

Result<Json> ChildJson(PageCall& page, const RecordType& type, const Child& child) {
  TRAM_ASSIGN(const RecordId id, RecordId::FromHexText(child.id));
  TRAM_ASSIGN(const RecordView record, page.device().view().Find(id));
  TRAM_ASSIGN(const TitledRecord title, page.device().view().Title(id, page.call.Today()));
  const bool conflict =
      record.deletion_conflict || std::any_of(record.fields.begin(), record.fields.end(),
                                              [](const FieldView& view) { return view.conflict; });
  std::string date;
  if (auto parsed = ParseIsoDate(child.date)) date = DateText(*parsed);
  // Some are called by their date, which stands before them already.
  const bool says_more = title.readable && title.title != date;
  TRAM_ASSIGN(std::string summary, Summary(page, record, title.title));
  return Json{{"href", RecordPath(id)},
              {"id", child.id},
              {"type", type.name},
              {"kind", page.In(type.label)},
              {"date", date},
              {"sort", child.date},
              {"title", says_more ? title.title : ""},
              {"summary", std::move(summary)},
              {"conflict", conflict},
              {"by", WrittenByLine(page, record.changed)}};
}

/// Everything directly below `parent`, of all types, newest first.
Result<Json> Below(PageCall& page, const RecordType& parent_type, const RecordId& parent) {
  std::vector<Json> all;
  for (const RecordType& type : page.device().programme().records) {
    if (type.parent != parent_type.name) continue;
    TRAM_ASSIGN(const std::vector<Child> children, ChildrenOf(page, type, parent));
    for (const Child& child : children) {
      TRAM_ASSIGN(Json json, ChildJson(page, type, child));
      TRAM_ASSIGN(const RecordId id, RecordId::FromHexText(child.id));
      TRAM_ASSIGN(json["below"], Below(page, type, id));
      json["add"] = Json::array();
      for (const RecordType& under : page.device().programme().records) {
        if (under.parent != type.name || under.of_province) continue;
        json["add"].push_back({{"href", "/new/" + under.name + "?parent=" + child.id},
                               {"label", page.In(under.label)}});
      }
      json["has_below"] = !json["below"].empty();
      json["can_add"] = !json["add"].empty();
      all.push_back(std::move(json));
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Json& a, const Json& b) {
    return a["sort"].get_ref<const std::string&>() > b["sort"].get_ref<const std::string&>();
  });
  return Json(std::move(all));
}

/// The records above this one, from the person down.
Result<Json> Above(PageCall& page, const RecordView& record) {
  Json above = Json::array();
  std::optional<RecordId> next = record.parent;
  while (next) {
    auto parent = page.device().view().Find(*next);
    if (!parent) break;
    TRAM_ASSIGN(const TitledRecord title, page.device().view().Title(*next, page.call.Today()));
    // One object: two pairs in braces alone would be two elements.
    above.insert(above.begin(), Json{{"href", RecordPath(*next)}, {"title", title.title}});
    next = parent->parent;
  }
  return above;
}

/// Ways to record something below this one. What usually comes next is marked: below the newest of
/// what follows (a person's stay in treatment: its next session), or the first of them.
Json AddLinks(const PageCall& page, const RecordType& type, const RecordId& id, const Json& below) {
  const Programme& programme = page.device().programme();
  Json links = Json::array();
  const auto add = [&](const RecordType& under, const std::string& parent, bool next) {
    links.push_back({{"href", "/new/" + under.name + "?parent=" + parent},
                     {"label", page.In(under.label)},
                     {"next", next}});
  };
  const RecordType* next = programme.ByName(type.next);
  const auto newest = std::find_if(below.begin(), below.end(), [&](const Json& child) {
    return next != nullptr && child["type"] == next->name;
  });
  if (newest != below.end()) {
    const RecordType* after = programme.ByName(next->next);
    if (after != nullptr && after->parent == next->name) {
      add(*after, (*newest)["id"], true);
      next = nullptr;
    }
  }
  for (const RecordType& under : programme.records) {
    if (under.parent == type.name && !under.of_province) add(under, id.Hex(), &under == next);
  }
  return links;
}

Result<Answer> Show(PageCall& call) {
  TRAM_ASSIGN(const RecordId id, RecordInPath(call, 0));
  TRAM_ASSIGN(const RecordView record, call.device().view().Find(id));
  const RecordType& type = *record.type;
  const std::string title = TitleOf(call, id);
  Page page;
  page.template_name = "record";
  page.title = call.In(type.label);
  page.heading = type.person ? title : page.title + ": " + title;
  TRAM_ASSIGN(Json facts, Facts(call, record));
  TRAM_ASSIGN(Json above, Above(call, record));
  TRAM_ASSIGN(Json below, Below(call, type, id));
  Json add = AddLinks(call, type, id, below);
  page.model = {
      {"kind", call.In(type.label)},
      {"person", type.person},
      {"id", ShortId(id)},
      {"path", RecordPath(id)},
      {"facts", std::move(facts)},
      {"above", std::move(above)},
      {"below", std::move(below)},
      {"add", std::move(add)},
      {"created", WrittenByLine(call, record.created)},
      {"changed", WrittenByLine(call, record.changed)},
      {"why", ReasonOf(call, record, record.changed.op)},
      {"deleted", record.deleted},
      {"of_province", type.of_province},
      {"deletion_conflict", record.deletion_conflict},
      {"waits", record.waits_for > 0},
      {"unread", record.sealed_unread},
      {"merged_into", record.merged_into ? Json(RecordPath(*record.merged_into)) : Json(nullptr)}};
  for (const std::uint32_t group : {kFieldParent, kFieldMergedInto}) {
    if (PlacesOf(record, group) == nullptr) continue;
    page.model["places"].push_back({{"href", ConflictPath(id, group)}});
  }
  TRAM_ASSIGN(page.model["findings"], FindingsModel(call, id));
  page.model["looked_at"] = LookedAtModel(call, id);
  page.model["has_below"] = !page.model["below"].empty();
  page.model["has_above"] = !page.model["above"].empty();
  return Answer(std::move(page));
}

constexpr Route kRoutes[] = {
    {"GET", "/record/{}", Access::kClinical, Show},
};

}  // namespace

std::span<const Route> RecordRoutes() { return kRoutes; }

}  // namespace tram::client
