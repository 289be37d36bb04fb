// The door of the interface for programs: where a request comes from, whose token it bears, how
// often it comes, and whether it may; then the route's answer. What is known to be wrong without
// asking anything is answered where it arrives, so that a flood of it holds nobody up; a token that
// nobody has costs one look into an index.
//
// Every answer to a token that serves is in the audit trail before it is given.
#include <algorithm>

#include "app/token_desk.h"
#include "tram/web/guard.h"
#include "web/api.h"
#include "web/api_problem.h"
#include "web/front_state.h"

namespace tram::server {
namespace {

constexpr std::string_view kBearer = "bearer ";
constexpr std::size_t kTargetBytesInTrail = 200;

std::string Said(Language in, const char* vi, const char* en) {
  return in == Language::kVietnamese ? vi : en;
}

Language ApiLanguage(const HttpRequest& request) {
  return FirstOf(request.query, "lang") == "en" ? Language::kEnglish : Language::kVietnamese;
}

/// "" where the request bears none. The scheme in any case (RFC 9110, section 11.1).
std::string_view SecretOf(const HttpRequest& request) {
  const std::string_view header = request.Header("authorization");
  const bool bearer =
      header.size() > kBearer.size() &&
      std::equal(kBearer.begin(), kBearer.end(), header.begin(),
                 [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
  return bearer ? header.substr(kBearer.size()) : std::string_view();
}

/// What needs no look at the server's data. Nothing: it may be asked for.
std::optional<HttpResponse> RefusedEarly(const HttpRequest& request,
                                         std::span<const std::string> hosts, Language in) {
  if (Changes(request)) return ProblemResponse(Problem::kMethod, "", in);
  if (!CheckOrigin(request, hosts)) {
    return ProblemResponse(
        Problem::kNotPermitted,
        Said(in, "máy chủ này có địa chỉ khác, hoặc một trang của nơi khác đã hỏi thay bạn",
             "this server has another address, or another site's page asked in your place"),
        in);
  }
  const std::string_view secret = SecretOf(request);
  if (secret.empty()) return ProblemResponse(Problem::kNoToken, "", in);
  if (!LooksLikeToken(secret)) return ProblemResponse(Problem::kBadToken, "", in);
  return std::nullopt;
}

/// What went wrong with the server's own data: never the request's fault.
HttpResponse Failed(const Error& error, Language in) {
  const bool later = error.code == ErrorCode::kOverloaded;
  return ProblemResponse(later ? Problem::kLater : Problem::kFailed, error.message, in);
}

HttpResponse TooMany(std::int64_t wait_ms, Language in) {
  const std::string seconds = std::to_string((wait_ms + 999) / 1000);
  HttpResponse response = ProblemResponse(
      Problem::kTooMany,
      Said(in, "hỏi quá dày: hãy đợi ", "this token asks too often: wait ") + seconds +
          Said(in, " giây rồi hỏi lại",
               seconds == "1" ? " second, then ask again" : " seconds, then ask again"),
      in);
  response.headers.emplace_back("Retry-After", seconds);
  return response;
}

/// One line of letters that are safe in a list, however it was sent.
std::string TargetText(const std::string& target) {
  std::string text = target.substr(0, kTargetBytesInTrail);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c <= ' ' || c > '~'; }, '?');
  return text + (target.size() > kTargetBytesInTrail ? "..." : "");
}

/// 304 where the caller has it already (RFC 9110, section 13.1.2; compared weakly).
void AnswerIfChanged(const HttpRequest& request, HttpResponse& response) {
  const auto tag = std::find_if(response.headers.begin(), response.headers.end(),
                                [](const auto& header) { return header.first == "ETag"; });
  if (tag == response.headers.end()) return;
  const std::string_view has = request.Header("if-none-match");
  const std::string opaque = tag->second.substr(tag->second.find('"'));
  if (has != "*" && has.find(opaque) == has.npos) return;
  response.status = 304;
  response.content_type.clear();
  response.body.clear();
}

}  // namespace

void Front::State::HandleApi(HttpRequest request, const Respond& respond) {
  const Language in = ApiLanguage(request);
  if (auto refused = RefusedEarly(request, options.hosts, in)) {
    return Send(std::move(*refused), respond);
  }
  const bool posted = owner.Post([self = shared_from_this(), request = std::move(request), respond,
                                  in] { self->Send(self->AnswerApi(request, in), respond); });
  if (!posted) Send(ProblemResponse(Problem::kLater, "", in), respond);
}

std::variant<Viewer, HttpResponse> Front::State::WhoBears(const HttpRequest& request, Language in) {
  AuditTrail& trail = server.store().audit();
  const std::int64_t now = server.NowMs();
  const auto refuse = [&](const std::string& note, const std::string& detail) -> HttpResponse {
    if (const auto what = refused_tokens.Note(note, server.clock().SteadyMs())) {
      if (Status noted = trail.Append(now, "api", *what); !noted) {
        return Failed(noted.error(), in);
      }
    }
    return ProblemResponse(Problem::kBadToken, detail, in);
  };
  const auto token = TokenOf(server, SecretOf(request));
  if (!token) return Failed(token.error(), in);
  if (!*token) return refuse("token refused: one that nobody has", "");
  const auto account = server.store().accounts().Find((*token)->account);
  if (!account) return Failed(account.error(), in);
  const std::string name = (*account ? (*account)->name : "?") + "/" + (*token)->label;
  if (!*account || (*account)->disabled) {
    return refuse(
        "token refused: " + name + ", account disabled",
        Said(in, "tài khoản của khoá này đang bị khoá", "the account of this token is disabled"));
  }
  if ((*token)->revoked_ms) {
    return refuse("token refused: " + name + ", revoked",
                  Said(in, "khoá này đã bị thu hồi: hãy tạo khoá mới",
                       "this token is revoked: make another one"));
  }
  if (!(*token)->Serves(now)) {
    return refuse(
        "token refused: " + name + ", expired",
        Said(in, "khoá này đã hết hạn: hãy tạo khoá mới", "this token expired: make another one"));
  }
  return ViewerOf(**account, **token);
}

HttpResponse Front::State::AnswerApi(const HttpRequest& request, Language in) {
  try {
    if (Status usable = server.EnsureUsable(); !usable) return Failed(usable.error(), in);
    auto who = WhoBears(request, in);
    if (auto* refused = std::get_if<HttpResponse>(&who)) return std::move(*refused);
    const Viewer& viewer = std::get<Viewer>(who);
    const TokenNumber token = viewer.token->number;
    if (const std::int64_t wait = request_rate.Take(token, server.clock().SteadyMs()); wait > 0) {
      return TooMany(wait, in);
    }
    HttpResponse response = RunApi(request, viewer, in);
    AnswerIfChanged(request, response);
    const auto write = [&]() -> Status {
      TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(server.store().database()));
      TRAM_TRY(server.store().tokens().Seen(token, server.NowMs()));
      TRAM_TRY(server.store().audit().Append(
          server.NowMs(), "token:" + viewer.name + "/" + viewer.token->label,
          "api " + std::to_string(response.status) + " " + TargetText(request.target)));
      return transaction.Commit();
    };
    if (Status written = write(); !written) return Failed(written.error(), in);
    return response;
  } catch (const std::exception& problem) {  // of a library: a request is an edge
    return ProblemResponse(Problem::kFailed, problem.what(), in);
  }
}

HttpResponse Front::State::RunApi(const HttpRequest& request, const Viewer& viewer, Language in) {
  for (const ApiRoute& route : ApiRoutes()) {
    const auto parts = MatchPath(route.pattern, request.path);
    if (!parts) continue;
    const HttpFields form;
    PageCall call{server, office, request, form, *parts, nullptr, &viewer, in, nullptr};
    const auto run = [&]() -> Result<Answer> {
      if (route.access == Access::kTokenRight) TRAM_TRY(AuthoriseApi(call, route.right));
      if (!route.of_data_sets) TRAM_TRY(CheckParameters(call, WithLanguage(route.parameters)));
      return route.run(call);
    };
    Result<Answer> answer = run();
    if (!answer) return ProblemOf(answer.error(), in);
    if (auto* response = std::get_if<HttpResponse>(&*answer)) return std::move(*response);
    return ProblemResponse(Problem::kFailed, "", in);  // our own bug: a page, for a program
  }
  return ProblemResponse(Problem::kNotFound, "", in);
}

}  // namespace tram::server
