#include "tram/base/dates.h"
#include "web/front_state.h"

namespace tram::server {
namespace {

struct MenuItem {
  const char* path;
  Right right;
  Label name;
};

/// In the order of the menu; each only for who may see it.
const std::vector<MenuItem>& MenuItems() {
  static const std::vector<MenuItem> items = {
      {"/", Right::kActivity, {"Tổng quan", "Overview"}},
      {"/units", Right::kActivity, {"Đơn vị", "Units"}},
      {"/outcomes", Right::kOutcomes, {"Kết quả", "Outcomes"}},
      {"/questions", Right::kQuestions, {"Hỏi đơn vị", "Questions"}},
      {"/exchange", Right::kActivity, {"Trao đổi số liệu", "Data exchange"}},
      {"/accounts", Right::kAccounts, {"Tài khoản", "Accounts"}},
      {"/admin/units", Right::kUnits, {"Quản lý đơn vị", "Manage units"}},
      {"/admin/devices", Right::kUnits, {"Máy", "Devices"}},
      {"/admin/programmes", Right::kProgrammes, {"Chương trình", "Programmes"}},
      {"/admin/audit", Right::kAudit, {"Nhật ký", "Audit trail"}},
  };
  return items;
}

std::string TitleFor(ErrorCode code, Language in) {
  const bool vi = in == Language::kVietnamese;
  switch (code) {
    case ErrorCode::kNotFound:
      return vi ? "Không tìm thấy" : "Not found";
    case ErrorCode::kDenied:
      return vi ? "Không được phép" : "Not permitted";
    case ErrorCode::kInvalid:
      return vi ? "Chưa đúng" : "Something is not right";
    default:
      return vi ? "Việc này chưa làm được" : "This did not work";
  }
}

}  // namespace

std::string DateText(Date date) {
  const std::string iso = IsoDate(date);
  return iso.substr(8) + "/" + iso.substr(5, 2) + "/" + iso.substr(0, 4);
}

std::string TimeText(std::int64_t wall_ms) {
  return DateText(LocalDate(wall_ms)) + LocalTimeText(wall_ms).substr(10);
}

Json Front::State::Frame(const Page& page, const HttpRequest& request, const Caller& caller) const {
  Json frame = {{"title", page.title},
                {"version", assets.version()},
                {"csrf", caller.session == nullptr ? front_token : caller.session->csrf()},
                {"path", SafeBack(request.target)},
                {"menu", Json::array()}};
  if (!caller.viewer) return frame;
  frame["who"] = caller.viewer->full_name.empty() ? caller.viewer->name : caller.viewer->full_name;
  for (const MenuItem& item : MenuItems()) {
    if (!Authorise(*caller.viewer, item.right)) continue;
    const std::string_view path = item.path;
    const bool here = path == "/" ? request.path == "/" : request.path.starts_with(path);
    frame["menu"].push_back(
        {{"href", item.path}, {"name", item.name.In(caller.language)}, {"here", here}});
  }
  frame["menu_shown"] = !frame["menu"].empty();
  return frame;
}

HttpResponse Front::State::Draw(const Page& page, const HttpRequest& request,
                                const Caller& caller) const {
  Json model = page.model;
  model["page"] = Frame(page, request, caller);
  HttpResponse response;
  response.status = page.status;
  response.content_type = "text/html; charset=utf-8";
  response.body = templates.Render(page.template_name, caller.language, model);
  return response;
}

Page ErrorPage(const Error& error, Language in) {
  Page page{"error", TitleFor(error.code, in), {}, HttpStatusOf(error.code)};
  page.model = {{"message", error.message}};
  return page;
}

}  // namespace tram::server
