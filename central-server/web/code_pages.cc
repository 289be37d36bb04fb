// One-time codes for a unit's first device: asked for, and shown once, on a page to print.
#include <charconv>

#include "app/enrolment_desk.h"
#include "web/admin_parts.h"
#include "web/qr.h"

namespace tram::server {
namespace {

constexpr const char* kHourChoices[] = {"24", "168", "720"};
static_assert(kCodeHoursDefault == 168, "the choice that is made beforehand");

struct CodeUnit {
  Unit unit;
  std::string province;
};

/// The unit of the address, where it is the viewer's.
Result<CodeUnit> UnitOf(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kUnits));
  TRAM_ASSIGN(const Unit unit, UnitDesk(call.state, call.Who(), call.language).Find(call.parts[0]));
  TRAM_ASSIGN(const auto memberships, call.state.store().units().MembershipsOf(unit.number));
  const Place* place = call.state.store().places().Of(memberships, call.state.Today());
  if (!permit.CoversUnit(unit.number, place == nullptr ? "" : place->code)) {
    return call.Fail(ErrorCode::kDenied, "đơn vị này không thuộc phạm vi của bạn",
                     "this unit is not among yours");
  }
  return CodeUnit{unit, ProvinceText(call, place)};
}

Result<Answer> AskPage(PageCall& call, const std::string& problem) {
  TRAM_ASSIGN(const CodeUnit of, UnitOf(call));
  Json options = Json::array();
  for (const char* hours : kHourChoices) {
    const int days = std::atoi(hours) / 24;
    options.push_back({{"value", hours},
                       {"label", days == 1 ? call.Words("1 ngày", "1 day")
                                           : call.Words("{} ngày", "{} days", days)}});
  }
  FormFields form(call, "code");
  form.Choice("hours", {"Mã có hạn trong", "The code is valid for"}, std::move(options),
              call.Posted("hours").empty() ? kHourChoices[1] : call.Posted("hours"), {});
  Page page{
      "admin-code-ask", call.Words("Cấp mã đăng ký cho {}", "A code for {}", of.unit.code), {}};
  page.status = problem.empty() ? 200 : 400;
  page.model = {{"problem", problem},
                {"code", of.unit.code},
                {"name", of.unit.name},
                {"province", of.province},
                {"fields", form.fields()}};
  return Answer(std::move(page));
}

Result<Answer> AskForCode(PageCall& call) { return AskPage(call, ""); }

/// How browsers call this server: what a page of ours sends with its form.
std::string ServerAddress(const PageCall& call) {
  return std::string(call.request.Header("origin"));
}

bool OnlyThisComputer(std::string_view address) {
  return address.find("//127.") != address.npos || address.find("//localhost") != address.npos ||
         address.find("//[::1]") != address.npos;
}

Result<Answer> MakeCode(PageCall& call) {
  TRAM_ASSIGN(const CodeUnit of, UnitOf(call));
  const std::string_view wanted = call.Posted("hours");
  int hours = 0;
  std::from_chars(wanted.data(), wanted.data() + wanted.size(), hours);
  const Result<NewCode> code = IssueCode(call.state, of.unit, hours, call.Who(), call.language);
  if (!code) {
    const bool ours =
        code.error().code == ErrorCode::kInvalid || code.error().code == ErrorCode::kDenied;
    if (ours) return AskPage(call, code.error().message);
    return code.error();
  }
  const std::string address = ServerAddress(call);
  TRAM_ASSIGN(const QrCode qr, DrawQr(address.empty() ? code->code : address + "\n" + code->code));
  Page page{"admin-code", call.Words("Mã đăng ký máy", "Enrolment code"), {}};
  page.model = {
      {"unit_code", of.unit.code},
      {"name", of.unit.name},
      {"province", of.province},
      {"code", code->code},
      {"expires", TimeText(code->expires_ms)},
      {"address", address},
      {"here_only", OnlyThisComputer(address)},
      {"qr", QrModel(qr, call.Words("Mã QR: địa chỉ máy chủ và mã đăng ký {}",
                                    "QR code: the server's address and the code {}", code->code))}};
  return Answer(std::move(page));
}

}  // namespace

std::span<const Route> CodeRoutes() {
  static constexpr Route kRoutes[] = {
      {"GET", "/admin/unit/{}/code", Access::kRight, Right::kUnits, &AskForCode},
      {"POST", "/admin/unit/{}/code", Access::kRight, Right::kUnits, &MakeCode},
  };
  return kRoutes;
}

}  // namespace tram::server
