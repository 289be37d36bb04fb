#include "web/figure_page.h"

#include <algorithm>
#include <cctype>

#include "rollup/months.h"
#include "web/office.h"

namespace tram::server {
namespace {

constexpr std::size_t kCountsMax = 4, kRatesMax = 3;
constexpr std::size_t kMonthsOffered = 60;
constexpr int kReadMs = 20;  // of a page; of a piece of what is read later
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::size_t kThousand = 3;  // digits

void ReadOnLater(ServerState& state, Office& office) {
  if (office.reading_figures) return;
  office.reading_figures = office.later([&state, &office] {
    office.reading_figures = false;
    if (!state.EnsureUsable()) return;  // the next page says it
    const Result<bool> more = office.figures.Step(state, kReadMs);
    if (more && *more) ReadOnLater(state, office);
  });
}

struct OfferedMonth {
  Date as_of;
  std::optional<std::int64_t> published_ms;
};

/// Newest first.
Result<std::vector<OfferedMonth>> OfferedMonths(ServerState& state) {
  TRAM_ASSIGN(std::vector<PublishedMonth> published, PublishedMonths(state.store().database()));
  std::vector<OfferedMonth> months;
  for (const Date open : OpenMonths(state.NowMs())) {
    const bool is_published =
        std::any_of(published.begin(), published.end(),
                    [&](const PublishedMonth& month) { return month.as_of == open; });
    if (!is_published) months.push_back({open, std::nullopt});
  }
  for (const PublishedMonth& month : published) months.push_back({month.as_of, month.at_ms});
  if (months.size() > kMonthsOffered) months.resize(kMonthsOffered);
  return months;
}

void AddAge(PageCall& call, const OfferedMonth& month, const BoardProgress& progress, Json& model) {
  const std::string name = MonthWords(MonthNumber(month.as_of));
  model["frozen"] = month.published_ms.has_value();
  model["age"] =
      month.published_ms
          ? call.Words("Số liệu tháng {} đã chốt lúc {} và không thay đổi nữa.",
                       "The figures of {} were closed at {} and stay as they are.", name,
                       TimeText(*month.published_ms))
          : call.Words(
                "Tháng {} chưa chốt: số liệu đến nay ({}), còn thay đổi khi đơn vị gửi thêm.",
                "{} is still open: figures so far ({}); they follow what units send.", name,
                TimeText(call.state.NowMs()));
  if (progress.Whole()) return;
  model["reading"] = call.Words(
      "Máy chủ đang đọc số liệu: mới được {} trên {} đơn vị, nên các tổng dưới đây chưa đủ. Mở lại "
      "trang sau vài giây.",
      "The server is still reading: {} of {} units so far, so the sums below are not whole. Open "
      "the page again in a few seconds.",
      progress.read, progress.units);
}

}  // namespace

std::vector<const Indicator*> Headlines::Both() const {
  std::vector<const Indicator*> both = counts;
  both.insert(both.end(), rates.begin(), rates.end());
  return both;
}

Headlines HeadlinesOf(const Programme& programme) {
  Headlines heads;
  for (const Indicator& indicator : programme.indicators) {
    if (!FigureBoard::Holds(indicator)) continue;
    if (indicator.shape == IndicatorShape::kDays) {
      if (heads.days == nullptr) heads.days = &indicator;
    } else if (indicator.shape == IndicatorShape::kCount) {
      if (heads.counts.size() < kCountsMax) heads.counts.push_back(&indicator);
    } else if (heads.rates.size() < kRatesMax) {
      heads.rates.push_back(&indicator);
    }
  }
  return heads;
}

Result<FigureAsk> AskFigures(PageCall& call, Json& model) {
  TRAM_ASSIGN(const std::vector<OfferedMonth> months, OfferedMonths(call.state));
  const std::string_view wanted = call.Query("month");
  // What was closed last stays the same for everybody who looks; the open month is asked for.
  auto chosen = std::find_if(months.begin(), months.end(), [&](const OfferedMonth& month) {
    return wanted.empty() ? month.published_ms.has_value() : MonthText(month.as_of) == wanted;
  });
  if (wanted.empty() && chosen == months.end()) chosen = months.begin();
  if (chosen == months.end()) {
    return call.Fail(ErrorCode::kInvalid,
                     "Máy chủ không có số liệu của tháng đó: hãy chọn tháng khác",
                     "The server has no figures of that month: choose another one");
  }
  FigureAsk ask;
  ask.query = {chosen->as_of, call.Query("places") == "now" ? PlaceTime::kNow : PlaceTime::kThen};
  ask.month = MonthText(chosen->as_of);
  ask.published = chosen->published_ms.has_value();
  ask.published_ms = chosen->published_ms;
  const bool now = ask.query.places == PlaceTime::kNow;
  ask.link = "month=" + ask.month + "&places=" + (now ? "now" : "then");
  TRAM_ASSIGN(ask.progress, call.office.figures.Prepare(call.state, ask.query.as_of, kReadMs));
  if (!ask.progress.Whole()) ReadOnLater(call.state, call.office);
  ask.heads = HeadlinesOf(*call.state.programme().programme);
  model["now"] = now;
  model["month"] = ask.month;
  model["month_words"] = MonthWords(MonthNumber(ask.query.as_of));
  model["link"] = ask.link;
  model["months"] = Json::array();
  for (const OfferedMonth& month : months) {
    const std::string name = MonthWords(MonthNumber(month.as_of));
    model["months"].push_back(
        {{"value", MonthText(month.as_of)},
         {"label", month.published_ms ? name : call.Words("{} (chưa chốt)", "{} (open)", name)},
         {"chosen", month.as_of == chosen->as_of}});
  }
  AddAge(call, *chosen, ask.progress, model);
  return ask;
}

bool HasMonths(const MonthFigures& figures) {
  return std::any_of(figures.months.begin(), figures.months.end(),
                     [](const auto& counts) { return counts != FigureSum::Counts(); });
}

const FigureSum::Counts& Newest(const MonthFigures& figures) {
  return HasMonths(figures) ? figures.months.back() : figures.whole;
}

std::string CountText(std::int64_t count, Language language) {
  return NumbersText(std::to_string(count), language);
}

std::string DecimalText(double value, Language language) {
  return NumbersText(fmt::format("{:.1f}", value), language);
}

std::string NumbersText(std::string_view text, Language language) {
  const bool vietnamese = language == Language::kVietnamese;
  std::string words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789", at), text.size());
    if (digits == at) {
      words += text[at++];
      continue;
    }
    std::string whole(text.substr(at, digits - at));
    for (std::size_t i = whole.size(); i > kThousand;) {
      i -= kThousand;
      whole.insert(i, 1, vietnamese ? '.' : ',');
    }
    words += whole;
    at = digits;
    if (at + 1 >= text.size() || text[at] != '.' || std::isdigit(text[at + 1]) == 0) continue;
    const std::size_t end = std::min(text.find_first_not_of("0123456789", at + 1), text.size());
    words += (vietnamese ? "," : ".") + std::string(text.substr(at + 1, end - at - 1));
    at = end;
  }
  return words;
}

std::string RateText(const Indicator& rate, const FigureSum::Counts& counts, Language language) {
  if (counts.denominator == 0) return "–";
  const double value =
      static_cast<double>(counts.numerator) / static_cast<double>(counts.denominator);
  constexpr double kPercent = 100;
  return rate.ratio ? DecimalText(value, language) : fmt::format("{:.0f} %", value * kPercent);
}

std::string FigureText(const Indicator& indicator, const FigureSum::Counts& counts,
                       Language language) {
  return indicator.shape == IndicatorShape::kRate ? RateText(indicator, counts, language)
                                                  : CountText(counts.numerator, language);
}

std::string MonthWords(int month) {
  const std::string text = MonthText(EndOfMonthNumber(month));
  return text.substr(5) + "/" + text.substr(0, 4);
}

bool IsSilent(const Unit& unit, std::int64_t now_ms, int days) {
  return !unit.synced_ms || *unit.synced_ms < now_ms - days * kDayMs;
}

bool WorkedOn(const Unit& unit, Date day) { return !unit.closed_on || *unit.closed_on > day; }

}  // namespace tram::server
