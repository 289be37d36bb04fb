#include "web/front.h"

#include <algorithm>

#include "app/sync_group.h"
#include "tram/web/guard.h"
#include "web/api.h"
#include "web/front_state.h"

namespace tram {

std::span<const EmbeddedFile> DashboardTemplates();  // tram_embed
std::span<const EmbeddedFile> DashboardAssets();

}  // namespace tram

namespace tram::server {
namespace {

constexpr std::size_t kTokenBytes = 16;
constexpr std::string_view kSignInPath = "/sign-in";

/// Cookies do not tell the ports of one computer apart: the name does. Under TLS browsers take the
/// prefix for: of this host alone, Secure, for all paths.
std::string CookieName(const Front::Options& options) {
  if (options.secure) return "__Host-tram";
  const std::string host = options.hosts.empty() ? "" : options.hosts.front();
  return "tramserver" + host.substr(std::min(host.rfind(':'), host.size() - 1) + 1);
}

std::string NewToken(Random& random) {
  Bytes token(kTokenBytes);
  random.Fill(token);
  return ToHex(token);
}

HttpResponse ChooseLanguage(const HttpFields& form, Session* session, bool secure) {
  const bool english = FirstOf(form, "to") == "en";
  if (session != nullptr) {
    session->language = english ? Language::kEnglish : Language::kVietnamese;
  }
  HttpResponse response = SeeOther(SafeBack(FirstOf(form, "back")));
  SetCookie(response, kLanguageCookie, english ? "en" : "vi", secure);
  return response;
}

/// Of what is said before anything is known but the browser's cookie.
const char* Said(const HttpRequest& request, const char* vi, const char* en) {
  return LanguageOf(request) == Language::kVietnamese ? vi : en;
}

}  // namespace

Language LanguageOf(const HttpRequest& request) {
  return Cookie(request, kLanguageCookie) == "en" ? Language::kEnglish : Language::kVietnamese;
}

Front::State::State(Front::Options given, OwnerThread& owner_thread, ServerState& server_state,
                    Templates loaded)
    : options(std::move(given)),
      owner(owner_thread),
      server(server_state),
      templates(std::move(loaded)),
      assets(DashboardAssets()),
      cookie(CookieName(options)),
      front_token(NewToken(server.random())),
      office(server.random(), cookie, options.secure, secrets, *options.data_sets),
      routes(Front::Routes()) {}

std::vector<Route> Front::Routes() {
  std::vector<Route> all;
  for (const std::span<const Route> part : std::initializer_list<std::span<const Route>>{
           SignInRoutes(),   MeRoutes(),         TokenRoutes(),       ApiPageRoutes(),
           AccountRoutes(),  OverviewRoutes(),   UnitListRoutes(),    UnitPageRoutes(),
           SuccessRoutes(),  OutcomeRoutes(),    CurveRoutes(),       QuestionRoutes(),
           ExchangeRoutes(), AdminUnitsRoutes(), AdminImportRoutes(), CodeRoutes(),
           DevicesRoutes(),  ProgrammesRoutes(), AuditRoutes(),       ExportRoutes(),
           ApiRouteTable()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

Result<std::unique_ptr<Front>> Front::Create(Options options, OwnerThread& owner,
                                             ServerState& state) {
  TRAM_ASSIGN(Templates templates, LoadPageTemplates(DashboardTemplates()));
  auto made = std::make_shared<State>(std::move(options), owner, state, std::move(templates));
  made->office.later = [weak = std::weak_ptr(made)](std::function<void()> work) {
    const std::shared_ptr<State> self = weak.lock();
    // What the work uses lives until it has run.
    return self != nullptr && self->owner.Post([self, work = std::move(work)] { work(); });
  };
  return std::unique_ptr<Front>(new Front(std::move(made)));
}

Front::Front(std::shared_ptr<State> state) : state_(std::move(state)) {}
Front::~Front() { state_->secrets.Stop(); }
Sessions& Front::sessions() { return state_->office.sessions; }
SecretThread& Front::secrets() { return state_->secrets; }
std::string Front::cookie() const { return state_->cookie; }

void Front::Handle(HttpRequest request, Respond respond) {
  if (IsApiPath(request.path)) return state_->HandleApi(std::move(request), respond);
  if (Status ours = CheckOrigin(request, state_->options.hosts); !ours) {
    const std::string said =
        Said(request,
             "trang này phải được mở từ chính địa chỉ của máy chủ: hãy tự mở lại địa chỉ đó; "
             "chưa có gì thay đổi",
             ours.error().message.c_str());
    return state_->Send(ErrorResponse(MakeError(ours.error().code, said)), respond);
  }
  if (auto asset = state_->assets.Give(request)) return respond(std::move(*asset));
  const char* stopping = Said(request, "máy chủ đang dừng: hãy thử lại sau",
                              "the server is stopping: try again later");
  const bool posted = state_->owner.Post([state = state_, request = std::move(request), respond] {
    state->Run(request, respond, nullptr);
  });
  if (!posted) respond(ComeBackLater(stopping));
}

void Front::State::Send(HttpResponse response, const Respond& respond) const {
  AddPageHeaders(response);
  if (options.secure) {
    response.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
  }
  respond(std::move(response));
}

void Front::State::Run(const HttpRequest& request, const Respond& respond,
                       const SecretResult* secret) {
  Answer answer = HttpResponse();
  Caller caller;
  try {
    if (Status usable = server.EnsureUsable(); !usable) {
      answer = ErrorPage(usable.error(), caller.language);
    } else if (auto who = WhoCalls(request); !who) {
      answer = ErrorPage(who.error(), caller.language);
    } else {
      caller = std::move(*who);
      answer = Dispatch(request, caller, secret);
    }
    if (auto* work = std::get_if<SecretWork>(&answer)) {
      const bool taken = secrets.Post(
          std::move(*work), [self = shared_from_this(), request, respond](SecretResult result) {
            self->owner.Post([self, request, respond, result = std::move(result)] {
              self->Run(request, respond, &result);
            });
          });
      if (taken) return;
      answer = ComeBackLater(
          Said(request,
               "máy chủ đang dừng, hoặc quá nhiều người đang đăng nhập: hãy thử lại sau một phút",
               "the server is stopping, or too many sign in: try again in a minute"));
    }
    HttpResponse response;
    if (auto* page = std::get_if<Page>(&answer)) {
      response =
          Changes(request) ? Keep(std::move(*page), request, caller) : Draw(*page, request, caller);
    } else {
      response = std::move(std::get<HttpResponse>(answer));
    }
    Send(std::move(response), respond);
  } catch (const std::exception& problem) {  // of a library: a request is an edge
    Send(ErrorResponse(
             MakeError(ErrorCode::kIo, std::string(Said(request, "trang này gặp lỗi bất ngờ: ",
                                                        "this page failed unexpectedly: ")) +
                                           problem.what())),
         respond);
  }
}

Result<Front::State::Caller> Front::State::WhoCalls(const HttpRequest& request) {
  Caller caller;
  caller.language = LanguageOf(request);
  caller.session = office.sessions.Find(Cookie(request, cookie), server.clock().SteadyMs());
  if (caller.session == nullptr) return caller;
  caller.language = caller.session->language;
  // Read each time: what was taken from somebody is gone at once.
  TRAM_ASSIGN(const std::optional<Account> account,
              server.store().accounts().Find(caller.session->account()));
  if (account && !account->disabled && caller.session->StandsFor(*account)) {
    caller.viewer = ViewerOf(*account);
  } else {
    office.sessions.End(caller.session->token());
    caller.session = nullptr;
  }
  return caller;
}

Kept<Page>& Front::State::KeptOf(const Caller& caller) {
  return caller.session == nullptr ? strangers_pages : kept_pages;
}

std::string Front::State::KeptKey(const Caller& caller, std::string_view key) {
  return (caller.session == nullptr ? "" : caller.session->token()) + ":" + std::string(key);
}

HttpResponse Front::State::Keep(Page page, const HttpRequest& request, const Caller& caller) {
  const std::string key = NewToken(server.random());
  KeptOf(caller).Keep(KeptKey(caller, key), std::move(page));
  // As it was sent, still encoded: it goes into a header.
  const std::string path = SafeBack(request.target.substr(0, request.target.find('?')));
  return SeeOther(path + "?" + std::string(kKeptQuery) + "=" + key);
}

Answer Front::State::Dispatch(const HttpRequest& request, const Caller& caller,
                              const SecretResult* secret) {
  const Language in = caller.language;
  const auto said = [in](const char* vi, const char* en) {
    return in == Language::kVietnamese ? vi : en;
  };
  if (!Changes(request)) {
    if (const auto page = KeptOf(caller).Find(KeptKey(caller, FirstOf(request.query, kKeptQuery))))
      return *page;
  }
  HttpFields form;
  if (Changes(request)) {
    auto read = ReadForm(request);
    if (!read) return ErrorPage(read.error(), in);
    form = std::move(*read);
    const std::string& meant = caller.session == nullptr ? front_token : caller.session->csrf();
    if (!SameSecret(FirstOf(form, "csrf"), meant)) {
      return ErrorPage(MakeError(ErrorCode::kDenied,
                                 said("trang này đã cũ: mở lại trang rồi làm lại",
                                      "this page is out of date: open it again, then do it once "
                                      "more")),
                       in);
    }
    if (request.path == "/language") return ChooseLanguage(form, caller.session, options.secure);
  }
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  bool path_known = false;
  for (const Route& route : routes) {
    if (route.access == Access::kToken || route.access == Access::kTokenRight) continue;
    auto parts = MatchPath(route.pattern, request.path);
    if (!parts) continue;
    path_known = true;
    if (route.method == method) return RunRoute(route, request, form, *parts, caller, secret);
  }
  // What answered something posted there is gone.
  if (path_known && !FirstOf(request.query, kKeptQuery).empty()) return SeeOther("/");
  if (path_known) {
    return TextResponse(405, said("địa chỉ này không dùng theo cách đó\n",
                                  "this address is not used in this way\n"));
  }
  return ErrorPage(
      MakeError(ErrorCode::kNotFound, said("không có trang này", "there is no such page")), in);
}

Answer Front::State::RunRoute(const Route& route, const HttpRequest& request,
                              const HttpFields& form, const std::vector<std::string>& parts,
                              const Caller& caller, const SecretResult* secret) {
  if (route.access != Access::kAnybody && !caller.viewer) {
    return SeeOther(std::string(kSignInPath) +
                    "?back=" + PercentEncode(SafeBack(Changes(request) ? "" : request.target)));
  }
  if (route.access == Access::kRight) {
    if (auto permit = Authorise(*caller.viewer, route.right); !permit) {
      return ErrorPage(MakeError(permit.error().code, caller.language == Language::kVietnamese
                                                          ? "vai trò của bạn không gồm việc này"
                                                          : permit.error().message),
                       caller.language);
    }
  }
  PageCall call{server,
                office,
                request,
                form,
                parts,
                caller.session,
                caller.viewer ? &*caller.viewer : nullptr,
                caller.language,
                secret};
  Result<Answer> answer = route.run(call);
  if (!answer) return ErrorPage(answer.error(), caller.language);
  return std::move(*answer);
}

}  // namespace tram::server
