#include "web/qr.h"

#include <qrencode.h>

#include <memory>

namespace tram::server {
namespace {

constexpr int kEdge = 4;  // ISO/IEC 18004: the quiet zone

/// A row's runs of dark squares, each as a rectangle.
void AppendRow(std::string& path, const unsigned char* row, int width, int y) {
  for (int x = 0; x < width;) {
    int end = x;
    while (end < width && (row[end] & 1) != 0) ++end;
    if (end > x) {
      path += fmt::format("M{} {}h{}v1h-{}z", x + kEdge, y + kEdge, end - x, end - x);
    }
    x = end + 1;
  }
}

}  // namespace

Result<QrCode> DrawQr(std::string_view text) {
  const bool fits =
      !text.empty() && text.size() <= kQrBytesMax && text.find('\0') == std::string_view::npos;
  if (!fits) {
    return MakeError(ErrorCode::kInvalid, fmt::format("a QR code holds 1 to {} bytes of text, "
                                                      "without a zero byte",
                                                      kQrBytesMax));
  }
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString8bit(std::string(text).c_str(), 0, QR_ECLEVEL_M), &QRcode_free);
  if (code == nullptr) return MakeError(ErrorCode::kIo, "no memory for a QR code");
  QrCode drawn{code->width + 2 * kEdge, ""};
  for (int y = 0; y < code->width; ++y) {
    AppendRow(drawn.path, code->data + y * code->width, code->width, y);
  }
  return drawn;
}

Json QrModel(const QrCode& code, std::string_view label) {
  return {{"size", code.size}, {"path", code.path}, {"label", label}};
}

}  // namespace tram::server
