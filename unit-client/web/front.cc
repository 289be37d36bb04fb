#include "web/front.h"

#include <algorithm>

#include "tram/base/embedded.h"
#include "tram/web/guard.h"
#include "web/front_state.h"

namespace tram {

std::span<const EmbeddedFile> PageTemplates();  // tram_embed
std::span<const EmbeddedFile> PageAssets();

}  // namespace tram

namespace tram::client {
namespace {

constexpr std::string_view kPolledPath = "/sync/state";
constexpr std::int64_t kPrepareMs = 20;  // between two requests
constexpr std::size_t kTokenBytes = 16, kKeptKeyBytes = 16;

/// "tram7780"; who practises has another beside it.
std::string CookieName(const Front::Options& options) {
  const std::string host = options.hosts.empty() ? "" : options.hosts.front();
  return "tram" + host.substr(std::min(host.rfind(':'), host.size() - 1) + 1) +
         (options.practice == nullptr ? "" : "practice");
}

/// Those that the templates say are typed unseen.
std::set<std::string> SecretInputs() {
  constexpr std::string_view kInput = "<input", kName = " name=\"", kSecret = "type=\"password\"";
  std::set<std::string> names;
  for (const EmbeddedFile& file : PageTemplates()) {
    const std::string_view html = file.bytes;
    for (auto at = html.find(kInput); at != html.npos; at = html.find(kInput, at + 1)) {
      const std::string_view tag = html.substr(at, html.find('>', at) - at);
      const std::size_t name = tag.find(kName);
      if (tag.find(kSecret) == tag.npos || name == tag.npos) continue;
      const std::string_view rest = tag.substr(name + kName.size());
      names.emplace(rest.substr(0, rest.find('"')));
    }
  }
  return names;
}

}  // namespace

Front::State::State(Front::Options given, Clock& program_clock, Random& program_random,
                    Templates loaded)
    : options(std::move(given)),
      clock(program_clock),
      random(program_random),
      templates(std::move(loaded)),
      assets(PageAssets()),
      cookie(CookieName(options)),
      sessions(program_random),
      routes(Front::Routes()),
      secret_inputs(SecretInputs()),
      language(options.language) {
  Bytes token(kTokenBytes);
  random.Fill(token);
  front_token = ToHex(token);
}

std::vector<Route> Front::Routes() {
  std::vector<Route> all;
  for (auto part :
       {TodayRoutes(), ListRoutes(), RecordRoutes(), PeopleRoutes(), FormRoutes(), HistoryRoutes(),
        ConflictRoutes(), SyncRoutes(), ReportRoutes(), HelpRoutes()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

Result<Templates> Front::State::LoadTemplates() { return LoadPageTemplates(PageTemplates()); }

Result<std::unique_ptr<Front>> Front::Create(Options options, Clock& clock, Random& random) {
  TRAM_ASSIGN(Templates templates, State::LoadTemplates());
  return std::unique_ptr<Front>(
      new Front(std::make_unique<State>(std::move(options), clock, random, std::move(templates))));
}

Front::Front(std::unique_ptr<State> state) : state_(std::move(state)) {}
Front::~Front() = default;

HttpResponse Front::Handle(const HttpRequest& request) { return state_->Handle(request); }

void Front::LockAll() {
  state_->sessions.LockAll();
  state_->unlocked_here = false;
}

void Front::Tick() {
  state_->LockUnused();
  // What cannot be erased now is tried again: each second, at the end, at the next start.
  Status erased = state_->EndPracticeIfOver();
  state_->PrepareToday();
}

void Front::State::PrepareToday() {
  UnitDevice* device = options.device();
  if (device == nullptr || !device->unlocked() || !sessions.AnyOpenClinical(NowMs())) return;
  const Date today = LocalDate(clock.WallMs());
  const std::int64_t begin = clock.SteadyMs();
  for (const Worklist& list : device->programme().worklists) {
    // Where one fails, the page says so.
    if (!device->view().Work(list, today)) return;
    if (clock.SteadyMs() - begin >= kPrepareMs) return;  // the rest at the next tick
  }
  if (!device->view().Checks(today)) return;
}

void Front::State::LockUnused() {
  if (practice && !practice->practice_over) practice->LockUnused();
  if (sessions.AnyOpenClinical(NowMs()) || !unlocked_here) return;
  unlocked_here = false;
  if (UnitDevice* device = options.device()) device->Lock();
}

HttpResponse Front::State::Handle(const HttpRequest& request) {
  if (Status ours = CheckOrigin(request, options.hosts); !ours) {
    HttpResponse refused = ErrorResponse(ours.error());
    AddPageHeaders(refused);
    return refused;
  }
  if (auto asset = assets.Give(request)) return std::move(*asset);
  const bool practises = Practises(request);
  HttpResponse response;
  try {
    response = practises ? practice->Dispatch(request) : Dispatch(request);
    if (practises) practice->NameDownload(response);
  } catch (const std::exception& problem) {  // of a library: a request is an edge
    response = ErrorResponse(
        MakeError(ErrorCode::kIo, std::string("this page failed unexpectedly: ") + problem.what()));
  }
  LockUnused();
  if (Status erased = EndPracticeIfOver(); !erased && practises) {
    Session* session = sessions.Peek(Cookie(request, cookie), NowMs());
    response = Give(ErrorPage(erased.error(), language), language, request, session);
  }
  AddPageHeaders(response);
  return response;
}

HttpResponse Front::State::Dispatch(const HttpRequest& request) {
  // What a page asks by itself is no use of it: else an open page would never lock.
  const std::string token = Cookie(request, cookie);
  Session* session =
      request.path == kPolledPath ? sessions.Peek(token, NowMs()) : sessions.Find(token, NowMs());
  const Language in = session == nullptr ? language : session->language;
  if (!Changes(request)) {
    const KeptPages& kept = session == nullptr ? kept_pages : session->kept_pages;
    const auto page = kept.Find(FirstOf(request.query, kKeptQuery));
    if (page != nullptr && page->language == in) return Draw(page->page, in, request, session);
    if (page != nullptr) {
      return Give(AnsweredAnew(*page, request, in, session), in, request, session);
    }
  }
  return Give(Dispatch(request, in, session), in, request, session);
}

HttpResponse Front::State::Give(const Answer& answer, Language in, const HttpRequest& request,
                                Session* session) {
  if (const auto* response = std::get_if<HttpResponse>(&answer)) return *response;
  const Page& page = std::get<Page>(answer);
  return Changes(request) ? Keep(page, in, request, session) : Draw(page, in, request, session);
}

HttpResponse Front::State::Keep(const Page& page, Language in, const HttpRequest& request,
                                Session* session) {
  Bytes random_key(kKeptKeyBytes);
  random.Fill(random_key);
  const std::string key = ToHex(random_key);
  KeptPages& kept = session == nullptr ? kept_pages : session->kept_pages;
  HttpFields typed = ReadForm(request).value_or({});
  for (const std::string& secret : secret_inputs) typed.erase(secret);
  kept.Keep(key, KeptPage{page, in, std::move(typed)});
  // As it was sent, still encoded: it goes into a header.
  const std::string path = SafeBack(request.target.substr(0, request.target.find('?')));
  return SeeOther(path + "?" + std::string(kKeptQuery) + "=" + key);
}

Answer Front::State::Dispatch(const HttpRequest& request, Language in, Session* session) {
  HttpFields form;
  if (Changes(request)) {
    auto read = ReadForm(request);
    if (!read) return ErrorPage(read.error(), in);
    form = std::move(*read);
    const std::string& meant = session == nullptr ? front_token : session->csrf();
    if (!SameSecret(FirstOf(form, "csrf"), meant)) {
      return ErrorPage(MakeError(ErrorCode::kDenied,
                                 Said(in, "trang này đã cũ: mở lại trang rồi làm lại",
                                      "this page is out of date: open it again, then do it once "
                                      "more")),
                       in);
    }
  }
  return Answered(request, form, in, session);
}

Answer Front::State::AnsweredAnew(const KeptPage& kept, const HttpRequest& request, Language in,
                                  Session* session) {
  if (!kept.page.anew.empty()) return SeeOther(kept.page.anew);
  return Answered(request, kept.typed, in, session);
}

Answer Front::State::Answered(const HttpRequest& request, const HttpFields& form, Language in,
                              Session* session) {
  if (auto answer = Entry(request, form, session)) return std::move(*answer);
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  bool path_known = false;
  for (const Route& route : routes) {
    auto parts = MatchPath(route.pattern, request.path);
    if (!parts) continue;
    path_known = true;
    if (route.method == method) return RunRoute(route, request, form, *parts, *session);
  }
  // What answered something posted there is gone, or is asked for in another language: the page on
  // which that form stood is the nearest one above.
  if (path_known && !FirstOf(request.query, kKeptQuery).empty()) {
    for (std::string above = request.path.substr(0, request.path.rfind('/')); !above.empty();
         above.resize(above.rfind('/'))) {
      for (const Route& route : routes) {
        auto parts = route.method == "GET" ? MatchPath(route.pattern, above) : std::nullopt;
        if (parts) return RunRoute(route, request, form, *parts, *session);
      }
    }
    return SeeOther("/");
  }
  if (path_known && !Changes(request))
    return TextResponse(405, "this address is not used in this way");
  return ErrorPage(
      MakeError(ErrorCode::kNotFound, Said(in, "không có trang này", "there is no such page")), in);
}

Answer Front::State::RunRoute(const Route& route, const HttpRequest& request,
                              const HttpFields& form, const std::vector<std::string>& parts,
                              Session& session) {
  UnitDevice& device = *options.device();
  const Language in = session.language;
  if (route.access == Access::kClinical && !session.clinical()) {
    return ErrorPage(MakeError(ErrorCode::kDenied, Said(in, "vai trò của bạn chỉ xem báo cáo",
                                                        "your role sees reports only")),
                     in);
  }
  if (Changes(request) && device.author() != session.person().worker) {
    if (Status set = device.SetAuthor(session.person().worker); !set) {
      return ErrorPage(set.error(), in);
    }
  }
  Output out(in, false);
  Call call{device, out, clock, random, options.cwd};
  PageCall page{call, request, form, parts, session, sessions, options.services};
  Result<Answer> answer = route.run(page);
  if (!answer) return ErrorPage(answer.error(), in);
  return std::move(*answer);
}

}  // namespace tram::client
