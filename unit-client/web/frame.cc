// What stands around every page: menu, warnings, where syncing stands, what was just saved.
#include <algorithm>

#include "app/problem_lines.h"
#include "tram/web/guard.h"
#include "web/front_state.h"
#include "web/own_worker.h"

namespace tram::client {
namespace {

std::string TitleFor(ErrorCode code, Language in) {
  switch (code) {
    case ErrorCode::kNotFound:
      return Said(in, "Không tìm thấy", "Not found");
    case ErrorCode::kDenied:
      return Said(in, "Không được phép", "Not allowed");
    default:
      return Said(in, "Chưa làm được", "This did not work");
  }
}

}  // namespace

Json Front::State::Menu(Language in, std::string_view path, const Session& session) {
  UnitDevice& device = *options.device();
  Json menu = Json::array();
  const auto add = [&](std::string href, std::string name, std::size_t count, const char* key) {
    const bool here = href == "/" ? path == "/" : path.starts_with(href);
    menu.push_back({{"href", href},
                    {"name", name},
                    {"here", here},
                    {"key", key},
                    {"count", count == 0 ? Json(nullptr) : Json(count)}});
  };
  if (session.clinical()) {
    add("/", Said(in, "Hôm nay", "Today"), 0, "t");
    for (const RecordType& type : device.programme().records) {
      if (type.person) add("/list/" + type.name, type.label_many.In(in), 0, "k");
    }
    add("/registers", Said(in, "Sổ của đơn vị", "The unit's books"), 0, "");
    add("/conflicts", Said(in, "Cần xem lại", "To look at"), device.view().Conflicts().size(), "");
    add("/sync", Said(in, "Đồng bộ", "Sync"), 0, "");
  }
  add("/reports", Said(in, "Báo cáo", "Reports"), 0, "");
  add("/people", Said(in, "Người dùng", "People"), 0, "");
  return menu;
}

std::string Front::State::SyncLine(Language in) const {
  const OpLog& log = options.device()->log();
  const std::size_t waiting = UnconfirmedOps(log);
  const auto receipt = LastReceipt(log);
  const bool vi = in == Language::kVietnamese;
  std::string line;
  if (options.services.sync_state().running) {
    line = vi ? "Đang đồng bộ… " : "Syncing… ";
  } else if (receipt) {
    const std::string at = TimeText(receipt->time.ms);
    line = vi ? fmt::format("Máy chủ xác nhận lần cuối: {}. ", at)
              : fmt::format("The server last confirmed: {}. ", at);
  } else {
    line = vi ? "Máy chủ chưa xác nhận lần nào. " : "The server has not confirmed anything yet. ";
  }
  if (waiting == 0) return line + (vi ? "Không có gì chờ gửi." : "Nothing waits to be sent.");
  return line + (vi ? fmt::format("{} thay đổi còn ở máy này.", waiting)
                    : fmt::format("{} changes are on this computer only.", waiting));
}

Json Front::State::Warnings(Language in, const Session& session) {
  Json warnings = Json::array();
  if (!session.clinical()) return warnings;
  UnitDevice& device = *options.device();
  if (!session.person().worker) {
    warnings.push_back(
        {{"text", Said(in, "Chưa biết bạn là cán bộ nào: những gì bạn ghi chưa mang tên bạn.",
                       "It is not known which worker you are: what you record does not carry "
                       "your name.")},
         {"href", "/me"},
         {"link", Said(in, "Chọn hoặc thêm tên", "Choose or add your name")}});
  }
  if (ReadGoneAlarm(device.log()) || !CopiedFeeds(device.log()).empty()) {
    warnings.push_back({{"text", Said(in, "Có việc cần biết về đồng bộ.",
                                      "There is something to know about syncing.")},
                        {"href", "/sync"},
                        {"link", Said(in, "Xem", "See")}});
  }
  return warnings;
}

Json Front::State::Frame(const Page& page, Language in, const HttpRequest& request,
                         const Session* session) {
  UnitDevice* device = options.device();
  Json frame = {{"title", page.title},
                {"heading", page.heading.empty() ? page.title : page.heading},
                {"version", assets.version()},
                {"unit", device == nullptr ? "Trạm" : device->unit_name()},
                {"csrf", session == nullptr ? front_token : session->csrf()},
                {"path", SafeBack(request.target)},
                {"can_practise", CanPractise()}};
  if (options.practice != nullptr) {
    frame["practice"] = {{"passphrase", options.practice->passphrase()}};
  }
  if (session == nullptr || session->locked()) return frame;
  frame["who"] = session->person().name;
  frame["menu"] = Menu(in, request.path, *session);
  frame["menu_shown"] = !frame["menu"].empty();
  frame["sync"] =
      (options.practice == nullptr ? "" : Said(in, "Tập dượt: ", "Practice: ")) + SyncLine(in);
  frame["help"] = HelpHeading(page.template_name);
  frame["warnings"] = Warnings(in, *session);
  const std::string saved(FirstOf(request.query, "saved"));
  if (auto op = OpId::FromHexText(saved)) {
    frame["done"] = Said(in, "Đã lưu trên máy này.", "Saved on this computer.");
    if (FirstOf(request.query, kLinkedQuery) == "1") {
      frame["done"] = Said(in, "Đã lưu. Từ nay những gì người này ghi đều mang tên này.",
                           "Saved. From now on what this person records carries this name.");
    }
    if (session->clinical()) frame["undo"] = "/undo/" + op->Hex();
  }
  return frame;
}

HttpResponse Front::State::Draw(const Page& page, Language in, const HttpRequest& request,
                                const Session* session) {
  Json model = page.model;
  model["page"] = Frame(page, in, request, session);
  HttpResponse response;
  response.status = page.status;
  response.content_type = "text/html; charset=utf-8";
  response.body = templates.Render(page.template_name, in, model);
  return response;
}

Page ErrorPage(const Error& error, Language in) {
  Page page;
  page.template_name = "error";
  page.status = HttpStatusOf(error.code);
  page.title = TitleFor(error.code, in);
  page.model = {{"message", ProblemInWords(Output(in, false), error.message)}};
  return page;
}

}  // namespace tram::client
