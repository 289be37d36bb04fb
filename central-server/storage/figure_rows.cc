#include "storage/figure_rows.h"

#include <zstd.h>

#include <charconv>

namespace tram::server {
namespace {

constexpr int kLevel = 3;
constexpr std::size_t kColumns = 5;
// ASCII's separators: no text of a row has control characters (UnitView refuses them).
constexpr char kUnitEnd = '\x1f';
constexpr char kRowEnd = '\x1e';
constexpr char kSame[] = "\x1d";

Error Damaged() {
  return MakeError(ErrorCode::kCorrupt,
                   "stored figures cannot be read: restore a backup, or let the month be computed "
                   "again");
}

Result<std::int64_t> Number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return Damaged();
  return number;
}

/// The text up to `end`, which is taken off as well; nothing where there is none.
std::optional<std::string_view> Cut(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at + 1);
  return part;
}

}  // namespace

Bytes PackFigureRows(const std::vector<IndicatorRow>& rows) {
  std::string text;
  const IndicatorRow* before = nullptr;
  for (const IndicatorRow& row : rows) {
    // A period and a stratum that are those of the row before are left out.
    const bool same_period = before != nullptr && before->period == row.period;
    const bool same_stratum = same_period && before->stratum == row.stratum;
    text += same_period ? kSame : row.period;
    text += kUnitEnd;
    text += same_stratum ? kSame : row.stratum;
    text += kUnitEnd;
    text += row.bin;
    text += kUnitEnd;
    text += std::to_string(row.numerator);
    text += kUnitEnd;
    text += std::to_string(row.denominator);
    text += kRowEnd;
    before = &row;
  }
  Bytes blob(ZSTD_compressBound(text.size()));
  const std::size_t size =
      ZSTD_compress(blob.data(), blob.size(), text.data(), text.size(), kLevel);
  TRAM_ASSERT(ZSTD_isError(size) == 0);
  blob.resize(size);
  return blob;
}

Result<std::vector<IndicatorRow>> UnpackFigureRows(ByteView blob) {
  const unsigned long long size = ZSTD_getFrameContentSize(blob.data(), blob.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN ||
      size > kFigureBytesMax) {
    return Damaged();
  }
  std::string text(static_cast<std::size_t>(size), '\0');
  if (ZSTD_decompress(text.data(), text.size(), blob.data(), blob.size()) != size) {
    return Damaged();
  }
  std::vector<IndicatorRow> rows;
  for (std::string_view left = text; !left.empty();) {
    std::string_view parts[kColumns];
    for (std::size_t i = 0; i < kColumns; ++i) {
      const std::optional<std::string_view> part = Cut(left, i + 1 < kColumns ? kUnitEnd : kRowEnd);
      if (!part) return Damaged();
      parts[i] = *part;
    }
    const bool repeats = parts[0] == kSame || parts[1] == kSame;
    if (repeats && rows.empty()) return Damaged();
    IndicatorRow row;
    row.period = parts[0] == kSame ? rows.back().period : std::string(parts[0]);
    row.stratum = parts[1] == kSame ? rows.back().stratum : std::string(parts[1]);
    row.bin = parts[2];
    TRAM_ASSIGN(row.numerator, Number(parts[3]));
    TRAM_ASSIGN(row.denominator, Number(parts[4]));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace tram::server
