// What the parts of Front share: doors (routing and checks), entry (first start, signing in,
// locks), practice (the second door), frame (what stands around every page). Threads: as Front.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tram/web/site.h"
#include "web/front.h"

namespace tram::client {

/// A practice unit, and what else its door needs that takes a while.
struct MadePractice {
  std::unique_ptr<PracticeUnit> unit;
  std::optional<Templates> templates;
  Admitted me;  // whoever practises
};

struct Front::State {
  Front::Options options;
  Clock& clock;
  Random& random;
  Templates templates;
  SiteAssets assets;
  /// Cookies do not tell the ports of one computer apart: its name does.
  std::string cookie;
  std::string front_token;  // stands for a session's where there is none yet
  Sessions sessions;
  std::vector<Route> routes;
  const std::set<std::string> secret_inputs;  // take a passphrase or a PIN, in whatever template
  Language language;                          // of pages before anybody signs in
  KeptPages kept_pages;                       // of those who are not signed in
  bool unlocked_here = false;                 // the pages unlocked the device, so they lock it
  // Of the real unit's pages, while somebody practises; the door goes before its unit.
  std::unique_ptr<PracticeUnit> practice_unit;
  std::unique_ptr<State> practice;
  /// One that is being made beside this thread, or that waits for who asked for it.
  struct Making {
    std::future<Result<MadePractice>> made;
    std::string ticket;  // the cookie of whoever may come in when it is made
    Language language = Language::kVietnamese;
    std::int64_t begun_ms = 0;
    bool ready() const;
  };
  std::optional<Making> making;
  bool practice_over = false;  // said to a practice unit's pages: erased as soon as they answered

  State(Front::Options given, Clock& program_clock, Random& program_random, Templates loaded);

  static Result<Templates> LoadTemplates();
  std::int64_t NowMs() const { return clock.SteadyMs(); }
  /// Locks the device where nobody clinical is at work.
  void LockUnused();
  /// Makes what the first page reads, while nobody waits for it: the view keeps it until something
  /// changes.
  void PrepareToday();

  // ---- doors (front.cc) ----
  HttpResponse Handle(const HttpRequest& request);
  HttpResponse Dispatch(const HttpRequest& request);
  Answer Dispatch(const HttpRequest& request, Language in, Session* session);
  /// What the address answers with what was typed: posted now, or before in another language.
  Answer Answered(const HttpRequest& request, const HttpFields& form, Language in,
                  Session* session);
  Answer AnsweredAnew(const KeptPage& kept, const HttpRequest& request, Language in,
                      Session* session);
  Answer RunRoute(const Route& route, const HttpRequest& request, const HttpFields& form,
                  const std::vector<std::string>& parts, Session& session);
  /// A page that answers something posted is kept, and the browser sent to it: tram/web/kept.h.
  HttpResponse Give(const Answer& answer, Language in, const HttpRequest& request,
                    Session* session);
  HttpResponse Keep(const Page& page, Language in, const HttpRequest& request, Session* session);

  // ---- entry (entry.cc): what is there without an open session ----
  /// Nothing where `request` is for no entry page.
  std::optional<Answer> Entry(const HttpRequest& request, const HttpFields& form, Session* session);
  Page SetupPage(const HttpFields& form, const std::string& problem);
  Answer SetUp(const HttpRequest& request, const HttpFields& form);
  /// The invitation that was sent along, as a file in our folder; "" where there is none.
  Result<std::string> KeepInvitation(const HttpRequest& request);
  Page SignInPage(const HttpFields& form, const std::string& problem);
  Answer SignInNow(const HttpFields& form);
  Page LockPage(const Session& session, const std::string& back, const std::string& problem);
  Answer UnlockNow(Session& session, const HttpFields& form);
  Page CannotGetInPage(const Session* session);
  HttpResponse ChooseLanguage(const HttpFields& form, Session* session);
  /// Opens the device with a clinical person's key. Errors: io.
  Status OpenDevice(const std::optional<SecretKey>& unit_key);

  // ---- practice (practice_pages.cc) ----
  /// Whoever sends this practises: nothing here is for him but the practice unit.
  bool Practises(const HttpRequest& request);
  /// Nothing where `request` is for no page of practice.
  std::optional<Answer> PracticePages(const HttpRequest& request, Session* session);
  std::optional<Answer> OfferPages(const HttpRequest& request, const Session* session);
  Page OfferPage(Language in, const std::string& problem);
  std::string PracticeCookie() const { return cookie + "practice"; }
  /// There are made-up records for the unit's programme.
  bool CanPractise() const;
  /// Begins to make a practice unit. Errors: not_found (no made-up records) | those of
  /// PracticeUnit::Begin for what an earlier one left.
  Status BeginMaking(Language in);
  /// On a thread of its own: it takes seconds. Errors: those of PracticeUnit::Begin and Admit.
  static Result<MadePractice> MakePractice(const std::filesystem::path& folder,
                                           const std::string& programme, std::string_view script,
                                           Language in, Clock& clock, Random& random);
  /// What whoever has the ticket sees: that it is being made, why it failed, or the unit.
  Answer EnterWhenMade(Language in);
  void OpenPractice(MadePractice made, Language in);
  /// A session for whoever practises, and its cookie.
  Answer EnterPractice(Language in, const Admitted& me);
  Page TourPage(Language in);
  Page EndPage(Language in);
  /// Erases it once it was ended or nobody practises any more. Errors: io.
  Status EndPracticeIfOver();
  /// Of a practice unit's door: its files say in their names what they are.
  void NameDownload(HttpResponse& response) const;

  // ---- frame (frame.cc) ----
  HttpResponse Draw(const Page& page, Language in, const HttpRequest& request,
                    const Session* session);
  Json Frame(const Page& page, Language in, const HttpRequest& request, const Session* session);
  Json Menu(Language in, std::string_view path, const Session& session);
  Json Warnings(Language in, const Session& session);
  std::string SyncLine(Language in) const;

  // The last member: it ends before what it may still ask is gone.
  std::jthread maker;
};

/// Words without figures, of a page that has no PageCall.
inline std::string Said(Language in, const char* vi, const char* en) {
  return in == Language::kVietnamese ? vi : en;
}

/// What went wrong with a request as a whole.
Page ErrorPage(const Error& error, Language in);

}  // namespace tram::client
