// QR codes on pages, drawn by libqrencode and shown as SVG by the partial qr.html: the squares are
// one path, so nothing in it needs to go into a page unescaped.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "tram/base/result.h"
#include "web/page.h"

namespace tram::server {

inline constexpr std::size_t kQrBytesMax = 400;  // beyond it the squares are too small on paper

struct QrCode {
  int size = 0;      // squares in a row, with the white edge that readers need
  std::string path;  // the dark ones, as SVG path data: digits, spaces and the letters M, h, v, z
};
/// Level M: an eighth of it may be dirty. Errors: invalid (empty, with a zero byte, or longer than
/// kQrBytesMax).
Result<QrCode> DrawQr(std::string_view text);

/// For `{{#qr}}{{>qr}}{{/qr}}`; `label` says to who cannot see it what it holds.
Json QrModel(const QrCode& code, std::string_view label);

}  // namespace tram::server
