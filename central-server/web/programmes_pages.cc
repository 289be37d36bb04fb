// Programmes: the current one and those before it; another one is compared with the current one
// first, and becomes current in a second step.
#include <algorithm>
#include <set>

#include "app/programme_change.h"
#include "tram/base/limits.h"
#include "tram/programme/signing.h"
#include "web/admin_lines.h"
#include "web/admin_parts.h"
#include "web/export_links.h"

namespace tram::server {
namespace {

std::string FilePath(std::string_view key) { return "/admin/programmes/new/" + std::string(key); }

Result<Answer> ListPageOf(PageCall& call, const std::string& problem, const std::string& detail) {
  TRAM_TRY(Authorise(*call.viewer, Right::kProgrammes));
  TRAM_ASSIGN(const std::vector<ProgrammeLine> lines, FindProgrammes(call));
  const Programme& current = *call.state.programme().programme;
  Json rows = Json::array();
  for (const ProgrammeLine& line : lines) {
    rows.push_back({{"name", line.version.name},
                    {"version", line.version.version},
                    {"added", TimeText(line.version.added_ms)},
                    {"current", line.current},
                    {"devices", line.devices},
                    {"units", line.units},
                    {"file", "/admin/programmes/" + line.version.digest.Hex() + "/file"}});
  }
  Page page{"admin-programmes", call.Words("Chương trình", "Programmes"), {}};
  page.status = problem.empty() ? 200 : 400;
  page.model = {{"done", call.Query("done") == "1"},
                {"problem", problem},
                {"detail", detail},
                {"title", call.In(current.title)},
                {"name", current.name},
                {"version", current.version},
                {"rows", std::move(rows)}};
  AddExportLinks(call, "programmes", "", call.Words("các bản", "versions"), page.model);
  return Answer(std::move(page));
}

Result<Answer> ShowProgrammes(PageCall& call) { return ListPageOf(call, "", ""); }

Result<std::shared_ptr<const Programme>> LoadSent(const SentFile& file) {
  if (file.text.size() > kProgrammeBytesMax) {
    return MakeError(ErrorCode::kInvalid, "the file is longer than any programme may be");
  }
  TRAM_ASSIGN(const SignedProgramme read, ReadSignedProgramme(file.text));
  return Programme::Load(read.toml, file.name);
}

Result<Answer> TakeProgramme(PageCall& call) {
  Result<SentFile> file = TakeSentFile(call, "file");
  if (!file) return ListPageOf(call, file.error().message, "");
  if (const auto programme = LoadSent(*file); !programme) {
    return ListPageOf(call,
                      call.Words("Tệp này không phải là một chương trình dùng được:",
                                 "This file is no programme that can be used:"),
                      programme.error().message);
  }
  const std::string key = NewKey(call);
  call.office.programme_files.Keep(KeptUnder(call, key), std::move(*file));
  return Answer(SeeOther(FilePath(key)));
}

/// What was sent, and what it would change now.
struct Offer {
  std::shared_ptr<const SentFile> file;
  std::shared_ptr<const Programme> programme;
  std::vector<ProgrammeDifference> differences;
  bool refused = false;
};

Result<Offer> OfferOf(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kProgrammes));
  Offer offer;
  offer.file = call.office.programme_files.Find(KeptUnder(call, call.parts[0]));
  if (offer.file == nullptr) {
    return call.Fail(ErrorCode::kNotFound, "tệp này không còn ở máy chủ: hãy gửi lại tệp",
                     "this file is no longer at the server: send it again");
  }
  TRAM_ASSIGN(offer.programme, LoadSent(*offer.file));
  offer.differences = CompareProgrammes(*call.state.programme().programme, *offer.programme);
  offer.refused = std::any_of(offer.differences.begin(), offer.differences.end(),
                              [](const auto& difference) { return difference.refused; });
  return offer;
}

Result<Answer> OfferPage(PageCall& call, bool changed_meanwhile) {
  TRAM_ASSIGN(const Offer offer, OfferOf(call));
  const Programme& current = *call.state.programme().programme;
  Json refused = Json::array(), unsafe = Json::array(), safe = Json::array();
  for (const ProgrammeDifference& difference : offer.differences) {
    (difference.refused ? refused
     : difference.safe  ? safe
                        : unsafe)
        .push_back({{"what", difference.what}});
  }
  const bool same = offer.programme->digest == current.digest;
  Page page{"admin-programme-new",
            call.Words("So sánh với chương trình đang dùng", "Compared with the current one"),
            {}};
  page.status = changed_meanwhile ? 409 : 200;
  page.model = {{"file", offer.file->name},
                {"path", FilePath(call.parts[0])},
                {"name", offer.programme->name},
                {"version", offer.programme->version},
                {"old_name", current.name},
                {"old_version", current.version},
                {"seen", current.digest.Hex()},
                {"changed_meanwhile", changed_meanwhile},
                {"same", same},
                {"usable", !offer.refused && !same},
                {"refused_shown", offer.refused},
                {"refused", std::move(refused)},
                {"unsafe_shown", !unsafe.empty()},
                {"unsafe", std::move(unsafe)},
                {"safe_shown", !safe.empty()},
                {"safe", std::move(safe)}};
  return Answer(std::move(page));
}

Result<Answer> ShowOffer(PageCall& call) { return OfferPage(call, false); }

Result<Answer> UseOffer(PageCall& call) {
  TRAM_ASSIGN(const Offer offer, OfferOf(call));
  // Compared was with another one: the page says anew what would change.
  if (call.state.programme().programme->digest.Hex() != call.Posted("seen")) {
    return OfferPage(call, true);
  }
  if (offer.refused) return OfferPage(call, false);
  TRAM_TRY(AdoptProgramme(call.state, *offer.programme, offer.differences, call.Who()));
  return Answer(SeeOther("/admin/programmes?done=1"));
}

Result<Answer> GiveFile(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kProgrammes));
  TRAM_ASSIGN(const std::vector<ProgrammeVersion> versions, call.state.store().programmes().All());
  const auto found = std::find_if(versions.begin(), versions.end(), [&](const auto& version) {
    return version.digest.Hex() == call.parts[0];
  });
  if (found == versions.end()) {
    return call.Fail(ErrorCode::kNotFound, "không có chương trình này",
                     "there is no such programme");
  }
  HttpResponse response;
  TRAM_ASSIGN(response.body, call.state.store().programmes().SignedText(found->digest));
  const std::string version = found->name + "-" + std::to_string(found->version);
  TRAM_TRY(call.Audit("export of programme " + found->name + " version " +
                      std::to_string(found->version)));
  response.content_type = "application/octet-stream";
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"" + version + ".programme\"");
  return Answer(std::move(response));
}

}  // namespace

std::span<const Route> ProgrammesRoutes() {
  static constexpr Route kRoutes[] = {
      {"GET", "/admin/programmes", Access::kRight, Right::kProgrammes, &ShowProgrammes},
      {"POST", "/admin/programmes", Access::kRight, Right::kProgrammes, &TakeProgramme},
      {"GET", "/admin/programmes/new/{}", Access::kRight, Right::kProgrammes, &ShowOffer},
      {"POST", "/admin/programmes/new/{}", Access::kRight, Right::kProgrammes, &UseOffer},
      {"GET", "/admin/programmes/{}/file", Access::kRight, Right::kProgrammes, &GiveFile},
  };
  return kRoutes;
}

}  // namespace tram::server
