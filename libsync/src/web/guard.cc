#include "tram/web/guard.h"

#include <algorithm>

#include "tram/base/assert.h"

namespace tram {
namespace {

constexpr std::string_view kTlsScheme = "https://", kPlainScheme = "http://";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

Error Refused(std::string why) { return MakeError(ErrorCode::kDenied, std::move(why)); }

/// The origin among `hosts` that the request was sent to; "" where it was sent to none of them.
std::string AskedOrigin(const HttpRequest& request, std::span<const std::string> hosts) {
  for (std::string_view host : hosts) {
    const bool tls = host.starts_with(kTlsScheme);
    if (tls) host.remove_prefix(kTlsScheme.size());
    if (SameName(request.Header("host"), host)) {
      return std::string(tls ? kTlsScheme : kPlainScheme).append(host);
    }
  }
  return "";
}

/// Of what changes nothing: typed, ours, or a link that somebody followed, which shows a page of
/// its own and tells the other site nothing.
bool MayBeRead(const HttpRequest& request) {
  const std::string_view site = request.Header("sec-fetch-site");
  if (site.empty() || site == "same-origin" || site == "none") return true;
  return request.Header("sec-fetch-mode") == "navigate" &&
         request.Header("sec-fetch-dest") == "document";
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// What may stand in a cookie's name or value as it is: the signs of our tokens.
bool PlainText(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (Lower(c) >= 'a' && Lower(c) <= 'z') || c == '_' || c == '-';
  });
}

}  // namespace

Status CheckOrigin(const HttpRequest& request, std::span<const std::string> hosts) {
  const std::string asked = AskedOrigin(request, hosts);
  if (asked.empty()) {
    return Refused("these pages have another address; open the one that the program shows");
  }
  if (request.method == "GET" || request.method == "HEAD") {
    if (MayBeRead(request)) return {};
    return Refused("another site asked for this page; open it yourself");
  }
  const std::string_view origin = request.Header("origin");
  const std::string_view site = request.Header("sec-fetch-site");
  if (origin.empty() && site.empty()) {
    return Refused("it is not known which page sent this; use an up-to-date browser");
  }
  // "none" is what a person did with the browser itself: a form sent again on reload.
  const bool ours = (origin.empty() || SameName(origin, asked)) &&
                    (site.empty() || site == "same-origin" || site == "none");
  return ours ? Status() : Refused("another site's page sent this; nothing was changed");
}

void AddPageHeaders(HttpResponse& response) {
  constexpr std::pair<const char*, const char*> kHeaders[] = {
      {"Cache-Control", "no-store"},
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
       "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},  // browsers that do not know frame-ancestors
      // Nobody else is told where somebody was. Not "no-referrer": under it browsers send forms,
      // our own too, with "Origin: null" (Fetch, "append a request Origin header").
      {"Referrer-Policy", "same-origin"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Permissions-Policy",
       "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), "
       "clipboard-write=(), display-capture=(), encrypted-media=(), fullscreen=(), "
       "geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), "
       "microphone=(), midi=(), payment=(), picture-in-picture=(), "
       "publickey-credentials-get=(), screen-wake-lock=(), serial=(), storage-access=(), usb=(), "
       "xr-spatial-tracking=()"}};
  for (const auto& [name, value] : kHeaders) response.headers.emplace_back(name, value);
}

void AddAssetHeaders(HttpResponse& response) {
  constexpr std::pair<const char*, const char*> kHeaders[] = {
      {"Cache-Control", "public, max-age=31536000, immutable"},
      {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},  // a picture's
      {"X-Content-Type-Options", "nosniff"},
      {"Cross-Origin-Resource-Policy", "same-origin"}};
  for (const auto& [name, value] : kHeaders) response.headers.emplace_back(name, value);
}

std::string Cookie(const HttpRequest& request, std::string_view name) {
  std::string_view rest = request.Header("cookie");
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view pair = Trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = pair.find('=');
    if (equals != pair.npos && pair.substr(0, equals) == name) {
      return std::string(pair.substr(equals + 1));
    }
  }
  return "";
}

void SetCookie(HttpResponse& response, std::string_view name, std::string_view value, bool secure) {
  TRAM_ASSERT(!name.empty() && PlainText(name) && PlainText(value));
  std::string cookie =
      std::string(name).append("=").append(value) + "; Path=/; HttpOnly; SameSite=Strict";
  if (value.empty()) cookie += "; Max-Age=0";
  if (secure) cookie += "; Secure";
  response.headers.emplace_back("Set-Cookie", std::move(cookie));
}

bool SameSecret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  volatile unsigned char differing = 0;  // volatile: or the compiler might stop at the first one
  for (std::size_t i = 0; i < a.size(); ++i) {
    differing = differing | static_cast<unsigned char>(a[i] ^ b[i]);
  }
  return differing == 0;
}

}  // namespace tram
