// Guard: what keeps other sites, other names of this computer and other readers of its disk away
// from pages.
//
// Sources: the OWASP cheat sheets on cross-site request forgery and DNS rebinding; Fetch Metadata
// (W3C); Content Security Policy 3.
// Threads: pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tram/base/result.h"
#include "tram/web/http.h"

namespace tram {

/// Whether `request` was made for one of `hosts` ("127.0.0.1:7780", as in a Host header: served in
/// plain text; "https://127.0.0.1:7780": under TLS), by a page of that origin where it changes
/// something. A request that changes something and says neither Origin nor Sec-Fetch-Site is
/// refused. What changes nothing (GET, HEAD) may be a link on another site, or typed; another
/// site's script, image or frame is refused too. Errors: denied.
Status CheckOrigin(const HttpRequest& request, std::span<const std::string> hosts);

/// For everything that is no asset: never stored, never framed, nothing loaded from elsewhere, no
/// inline script or style.
void AddPageHeaders(HttpResponse& response);
/// For an asset whose address holds its hash: kept for a year.
void AddAssetHeaders(HttpResponse& response);

/// "" where the request has no such cookie.
std::string Cookie(const HttpRequest& request, std::string_view name);
/// HttpOnly, SameSite=Strict, for all paths, until the browser closes; `secure` under TLS. An empty
/// value removes it.
void SetCookie(HttpResponse& response, std::string_view name, std::string_view value, bool secure);

/// In a time that does not depend on where they differ.
bool SameSecret(std::string_view a, std::string_view b);

}  // namespace tram
