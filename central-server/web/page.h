// What a page gets and what it gives. A page is a function over the server's state: no socket, no
// thread of its own; the same function answers a browser and a test.
//
// A page that reads answers with a template and its model; one that changes something answers with
// a redirection, so that reloading sends nothing again. What goes wrong with the request as a whole
// is an Error (the error page says it, under the code's status); what is wrong in a form is drawn
// beside its field by the page itself. Where a password is to be checked or hashed, a page answers
// SecretWork and is called once more with its result.
// Threads: the owner's (app/owner.h).
#pragma once

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/rights.h"
#include "auth/secret_work.h"
#include "auth/sessions.h"
#include "storage/server_state.h"
#include "tram/web/http.h"

namespace tram::server {

/// Keys stay in the order in which they were set.
using Json = nlohmann::ordered_json;

/// What pages share beside the server's state.
struct Office;

struct PageCall {
  ServerState& state;
  Office& office;
  const HttpRequest& request;
  const HttpFields& form;              // of a POST; else empty
  std::span<const std::string> parts;  // what stood for each `{}` of the route
  Session* session;                    // nothing: nobody is signed in
  const Viewer* viewer;                // whose it is; nothing with it
  Language language;
  const SecretResult* secret = nullptr;  // of the SecretWork that this page answered before

  const std::string& In(const Label& label) const { return label.In(language); }
  template <class... Args>
  std::string Words(fmt::format_string<Args...> vi, fmt::format_string<Args...> en,
                    Args&&... args) const {
    return fmt::format(language == Language::kVietnamese ? vi : en, std::forward<Args>(args)...);
  }
  template <class... Args>
  Error Fail(ErrorCode code, fmt::format_string<Args...> vi, fmt::format_string<Args...> en,
             Args&&... args) const {
    return MakeError(code, Words(vi, en, std::forward<Args>(args)...));
  }
  std::string_view Query(std::string_view name) const { return FirstOf(request.query, name); }
  std::string_view Posted(std::string_view name) const { return FirstOf(form, name); }
  /// For the audit trail: "account:NAME"; of a program "token:NAME/LABEL".
  std::string Who() const {
    if (viewer == nullptr) return "page";
    if (viewer->token) return "token:" + viewer->name + "/" + viewer->token->label;
    return "account:" + viewer->name;
  }
  Status Audit(const std::string& what) const {
    return state.store().audit().Append(state.NowMs(), Who(), what);
  }
};

struct Page {
  std::string template_name;  // of templates/, without ".html"
  std::string title = {};
  Json model = Json::object();  // "page" is taken by what stands around every page
  int status = 200;
};

using Answer = std::variant<Page, HttpResponse, SecretWork>;

/// Who may ask for a page at all. What he sees there is for his Permit to say.
enum class Access {
  kAnybody,   // also who is not signed in
  kSignedIn,  // whatever his role
  kRight,     // Route::right
  // Of the interface for programs (web/api.h), by a token alone, never by a session.
  kToken,       // whatever it may read
  kTokenRight,  // Route::right
};

struct Route {
  std::string_view method;   // "GET" (answers HEAD too) or "POST"
  std::string_view pattern;  // "/unit/{}/code": `{}` stands for one segment
  Access access = Access::kRight;
  Right right = Right::kActivity;
  Result<Answer> (*run)(PageCall& call) = nullptr;
};

/// As typed and read by people: "22/11/2026", "22/11/2026 14:05" (local time).
std::string DateText(Date date);
std::string TimeText(std::int64_t wall_ms);

// Each file of pages names its routes; front.cc joins them.
std::span<const Route> SignInRoutes();
std::span<const Route> MeRoutes();
std::span<const Route> TokenRoutes();
std::span<const Route> ApiPageRoutes();
std::span<const Route> AccountRoutes();
std::span<const Route> OverviewRoutes();
std::span<const Route> UnitListRoutes();
std::span<const Route> UnitPageRoutes();
std::span<const Route> SuccessRoutes();
std::span<const Route> OutcomeRoutes();
std::span<const Route> CurveRoutes();
std::span<const Route> QuestionRoutes();
std::span<const Route> ExchangeRoutes();
std::span<const Route> AdminUnitsRoutes();
std::span<const Route> AdminImportRoutes();
std::span<const Route> CodeRoutes();
std::span<const Route> DevicesRoutes();
std::span<const Route> ProgrammesRoutes();
std::span<const Route> AuditRoutes();
std::span<const Route> ExportRoutes();

}  // namespace tram::server
