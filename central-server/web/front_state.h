// What the parts of Front share: doors (front.cc) and what stands around every page (frame.cc).
// Threads: as Front; all but Front::Handle on the owner's thread.
#pragma once

#include <memory>
#include <string>

#include "auth/request_rate.h"
#include "tram/web/kept.h"
#include "tram/web/site.h"
#include "web/front.h"
#include "web/office.h"

namespace tram::server {

struct Front::State : std::enable_shared_from_this<Front::State> {
  const Front::Options options;
  OwnerThread& owner;
  ServerState& server;
  Templates templates;
  SiteAssets assets;
  std::string cookie;
  std::string front_token;  // stands for a session's where there is none yet
  Office office;
  std::vector<Route> routes;
  Kept<Page> kept_pages{256};       // of who is signed in: the oldest goes first
  Kept<Page> strangers_pages{256};  // apart: guessing pushes out only what guessers are told
  RequestRate request_rate;         // of tokens
  RefusalNotes refused_tokens;
  SecretThread secrets;  // last: it is stopped before the rest goes

  State(Front::Options given, OwnerThread& owner_thread, ServerState& server_state,
        Templates loaded);

  struct Caller {
    Session* session = nullptr;
    std::optional<Viewer> viewer;
    Language language = Language::kVietnamese;
  };

  // ---- doors (front.cc) ----
  void Run(const HttpRequest& request, const Respond& respond, const SecretResult* secret);
  Answer Dispatch(const HttpRequest& request, const Caller& caller, const SecretResult* secret);
  Answer RunRoute(const Route& route, const HttpRequest& request, const HttpFields& form,
                  const std::vector<std::string>& parts, const Caller& caller,
                  const SecretResult* secret);
  Result<Caller> WhoCalls(const HttpRequest& request);
  HttpResponse Keep(Page page, const HttpRequest& request, const Caller& caller);
  /// A page is kept for the session that posted.
  Kept<Page>& KeptOf(const Caller& caller);
  static std::string KeptKey(const Caller& caller, std::string_view key);
  void Send(HttpResponse response, const Respond& respond) const;

  // ---- the interface for programs (api_door.cc) ----
  void HandleApi(HttpRequest request, const Respond& respond);
  HttpResponse AnswerApi(const HttpRequest& request, Language in);
  /// Whose token it is; or the answer that refuses it.
  std::variant<Viewer, HttpResponse> WhoBears(const HttpRequest& request, Language in);
  HttpResponse RunApi(const HttpRequest& request, const Viewer& viewer, Language in);

  // ---- frame (frame.cc) ----
  HttpResponse Draw(const Page& page, const HttpRequest& request, const Caller& caller) const;
  Json Frame(const Page& page, const HttpRequest& request, const Caller& caller) const;
};

/// What went wrong with a request as a whole.
Page ErrorPage(const Error& error, Language language);

/// The language of who is not signed in.
inline constexpr std::string_view kLanguageCookie = "tramlanguage";
Language LanguageOf(const HttpRequest& request);

}  // namespace tram::server
