// What a page gets and what it gives. A page is a function over the unit's device: no socket, no
// thread of its own; the same function answers a browser, a test and a command.
//
// A page that reads answers with a template and its model; one that changes something answers with
// a redirection, so that reloading sends nothing again. What goes wrong with the request as a whole
// is an Error (the error page says it, under the code's status); what is wrong in a form is drawn
// beside its field by the page itself.
// Threads: the thread that owns the device.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/sync_loop.h"
#include "app/verb.h"
#include "tram/web/http.h"
#include "web/sessions.h"

namespace tram::client {

/// What pages ask of the program that holds the device.
struct Services {
  std::function<SyncState()> sync_state;
  std::function<void()> ask_sync;  // begins one now, in the background
};

struct PageCall {
  Call& call;  // device, clock, random; `out` has the person's language
  const HttpRequest& request;
  /// Of a POST, or of one before, where a page is drawn anew in another language; else empty.
  const HttpFields& form;
  std::span<const std::string> parts;  // what stood for each `{}` of the route
  Session& session;
  Sessions& sessions;  // everybody's
  const Services& services;

  UnitDevice& device() const { return call.device; }
  Language language() const { return call.out.language(); }
  const std::string& In(const Label& label) const { return call.out.In(label); }
  template <class... Args>
  std::string Words(fmt::format_string<Args...> vi, fmt::format_string<Args...> en,
                    Args&&... args) const {
    return call.out.Words(vi, en, std::forward<Args>(args)...);
  }
  std::string_view Query(std::string_view name) const { return FirstOf(request.query, name); }
  std::string_view Posted(std::string_view name) const { return FirstOf(form, name); }
};

struct Page {
  std::string template_name;  // of templates/, without ".html"
  /// Of the browser's tab. The browser writes it, and the address, into its history on the disk:
  /// neither may hold anything that is sealed.
  std::string title = {};
  Json model = Json::object();  // "page" is taken by what stands around every page
  int status = 200;
  std::string heading = {};  // what the page says on top; "" is `title`
  /// Where an answer to something posted is asked for anew, in another language: a page on which
  /// nothing was typed. "": the page of the posted form, with what was typed.
  std::string anew = {};
};

/// A page that waits for its browser: tram/web/kept.h.
struct KeptPage {
  Page page;
  Language language = Language::kVietnamese;  // of the words in it
  HttpFields typed;                           // what was posted, but passphrases and PINs
};

using Answer = std::variant<Page, HttpResponse>;

enum class Access {
  kSignedIn,  // the committee too: nothing of a person
  kClinical,  // the device is unlocked
};

struct Route {
  std::string_view method;   // "GET" (answers HEAD too) or "POST"
  std::string_view pattern;  // "/record/{}/edit": `{}` stands for one segment
  Access access = Access::kClinical;
  Result<Answer> (*run)(PageCall& call) = nullptr;
};

/// Errors: not_found (no such record here).
Result<RecordId> RecordInPath(const PageCall& call, std::size_t part);
/// "/record/<id>" and what follows it.
std::string RecordPath(const RecordId& record, std::string_view rest = "");
/// As typed and read by people: "22/11/2026", "22/11/2026 14:05" (local time).
std::string DateText(Date date);
std::string TimeText(std::int64_t wall_ms);

// Each file of pages names its routes; front.cc joins them.
std::span<const Route> TodayRoutes();
std::span<const Route> ListRoutes();
std::span<const Route> RecordRoutes();
std::span<const Route> FormRoutes();
std::span<const Route> HistoryRoutes();
std::span<const Route> ConflictRoutes();
std::span<const Route> SyncRoutes();
std::span<const Route> ReportRoutes();
std::span<const Route> PeopleRoutes();
std::span<const Route> HelpRoutes();

/// The heading of the help page that is about this template; "" where none is.
std::string_view HelpHeading(std::string_view template_name);

}  // namespace tram::client
