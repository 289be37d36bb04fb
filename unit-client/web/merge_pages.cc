#include "web/merge_pages.h"

#include "app/names.h"
#include "app/same_person.h"
#include "tram/programme/province.h"
#include "web/record_words.h"

namespace tram::client {
namespace {

/// Who seems to be the same person.
Result<Json> Others(PageCall& call, const RecordId& record) {
  TRAM_ASSIGN(const std::vector<RecordId> same,
              SamePersons(call.device().view(), record, call.call.Today()));
  Json others = Json::array();
  for (const RecordId& other : same) {
    Json link = RecordLink(call, other);
    link["href"] = RecordPath(record, "/merge?with=" + other.Hex());
    others.push_back(std::move(link));
  }
  return others;
}

/// Every field that one of the two has, side by side.
Json Compared(const PageCall& call, const RecordView& one, const RecordView& other) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < one.fields.size() && i < other.fields.size(); ++i) {
    const FieldView &a = one.fields[i], &b = other.fields[i];
    auto words = [&](const FieldView& view) {
      return view.field->type == FieldType::kSet
                 ? ShownElements(call.call, *view.field, view.elements)
                 : ValueWords(call, *view.field, view.value);
    };
    const std::string left = words(a), right = words(b);
    if (left.empty() && right.empty()) continue;
    rows.push_back({{"label", call.In(a.field->label)},
                    {"one", left},
                    {"other", right},
                    {"differs", left != right}});
  }
  return rows;
}

/// Why the two cannot be merged; "" where they can.
std::string Obstacle(const PageCall& call, const RecordView& one, const RecordView& other) {
  if (one.id == other.id || one.type != other.type) {
    return call.Words("Chỉ gộp được hai hồ sơ khác nhau của cùng một loại.",
                      "Only two different records of one type can be merged.");
  }
  if (one.type->of_province) return WrittenByProvince(*one.type, call.language()).message;
  for (const RecordView* record : {&one, &other}) {
    if (record->merged_into) {
      return call.Words("Một trong hai hồ sơ đã được gộp rồi.",
                        "One of the two records is merged already.");
    }
    if (record->deleted) {
      return call.Words("Một trong hai hồ sơ đã bị xoá.", "One of the two records is deleted.");
    }
  }
  return "";
}

/// Everything that the comparison was drawn from.
std::string SeenOf(const RecordView& one, const RecordView& other) {
  return OpsText(one.deletion_parents) + "," + OpsText(other.deletion_parents);
}

Page NewPage(PageCall& call, const RecordView& record) {
  Page page{"merge", call.Words("Gộp hai hồ sơ", "Merge two records"), Json::object()};
  page.model["record"] = RecordLink(call, record.id);
  page.model["id"] = record.id.Hex();
  return page;
}

Result<Page> ComparisonPage(PageCall& call, const RecordView& one, const RecordView& other) {
  Page page = NewPage(call, one);
  page.model["with"] = other.id.Hex();
  page.model["seen"] = SeenOf(one, other);
  page.model["obstacle"] = Obstacle(call, one, other);
  page.model["one_chosen"] = call.Posted("stays") == one.id.Hex();
  page.model["other_chosen"] = call.Posted("stays") == other.id.Hex();
  if (one.type != other.type) return page;
  page.model["comparison"] = {{"other", RecordLink(call, other.id)},
                              {"rows", Compared(call, one, other)},
                              {"one_created", WrittenBy(call, one.created)},
                              {"other_created", WrittenBy(call, other.created)}};
  return page;
}

Result<RecordView> RecordNamed(PageCall& call, std::string_view hex) {
  auto id = RecordId::FromHexText(hex);
  if (id) {
    if (auto record = call.device().view().Find(*id)) return *std::move(record);
  }
  return call.call.out.Fail(ErrorCode::kNotFound, "máy này không có hồ sơ đó",
                            "there is no such record on this computer");
}

}  // namespace

Result<Answer> MergePage(PageCall& call) {
  TRAM_ASSIGN(const RecordId id, RecordInPath(call, 0));
  TRAM_ASSIGN(const RecordView record, call.device().view().Find(id));
  const std::string_view with =
      call.Query("with").empty() ? call.Posted("with") : call.Query("with");
  if (!with.empty()) {
    TRAM_ASSIGN(const RecordView other, RecordNamed(call, with));
    TRAM_ASSIGN(Page page, ComparisonPage(call, record, other));
    return Answer(std::move(page));
  }
  Page page = NewPage(call, record);
  if (record.merged_into) {
    page.model["merged_into"] = RecordLink(call, *record.merged_into);
  } else {
    TRAM_ASSIGN(page.model["others"], Others(call, id));
    page.model["choose"] = true;
  }
  return Answer(std::move(page));
}

Result<Answer> MergeRecords(PageCall& call) {
  TRAM_ASSIGN(const RecordId id, RecordInPath(call, 0));
  TRAM_ASSIGN(const RecordView record, call.device().view().Find(id));
  TRAM_ASSIGN(const RecordView other, RecordNamed(call, call.Posted("with")));
  TRAM_ASSIGN(Page page, ComparisonPage(call, record, other));
  const std::string_view stays = call.Posted("stays");
  const bool one_stays = stays == record.id.Hex(), other_stays = stays == other.id.Hex();
  const auto refuse = [&](std::string error) {
    page.model["error"] = std::move(error);
    page.status = HttpStatusOf(ErrorCode::kInvalid);
    return Answer(std::move(page));
  };
  if (!page.model["obstacle"].get<std::string>().empty()) return refuse("");
  if (call.Posted("seen") != SeenOf(record, other)) {
    return refuse(call.Words("Trong lúc này có thêm thay đổi: hãy xem lại rồi chọn",
                             "Something came meanwhile: look again, then choose"));
  }
  if (one_stays == other_stays) {
    return refuse(call.Words("Hãy chọn hồ sơ được giữ lại", "Choose the record that stays"));
  }
  const RecordId& from = one_stays ? other.id : record.id;
  const RecordId& into = one_stays ? record.id : other.id;
  TRAM_ASSIGN(const Saved saved, call.device().MergeInto(from, into));
  return Answer(SeeOther(RecordPath(into, "?saved=" + saved.op.Hex())));
}

Result<Answer> UnmergeRecord(PageCall& call) {
  TRAM_ASSIGN(const RecordId id, RecordInPath(call, 0));
  TRAM_ASSIGN(const RecordView record, call.device().view().Find(id));
  if (!record.merged_into) return Answer(SeeOther(RecordPath(id)));  // somebody was quicker
  TRAM_ASSIGN(const Saved saved, call.device().MergeInto(id, std::nullopt));
  return Answer(SeeOther(RecordPath(id, "?saved=" + saved.op.Hex())));
}

}  // namespace tram::client
