#include "web/exchange_documents.h"

#include "exchange/measure_reports.h"
#include "web/figure_page.h"
#include "web/office.h"

namespace tram::server {
namespace {

std::string FileName(const char* format, const ExchangeQuery& query) {
  return std::string("tram-") + format + "-" + MonthText(query.board.as_of) + "-" +
         std::string(NameOf(query.part)) + "-" + std::string(NameOf(query.by)) +
         (query.province.empty() ? "" : "-" + query.province) + ".json";
}

/// Errors: denied | invalid | those of the figures.
Result<ExchangeFigures> Figures(PageCall& call) {
  Json unused;
  TRAM_ASSIGN(const ExchangeQuery query, AskExchange(call, unused));
  return FiguresFor(call, query);
}

}  // namespace

Result<ExchangeQuery> AskExchange(PageCall& call, Json& model) {
  TRAM_ASSIGN(const FigureAsk ask, AskFigures(call, model));
  ExchangeQuery query;
  query.board = ask.query;
  const auto part =
      call.Query("part").empty() ? query.part : ExchangePartByName(call.Query("part"));
  const auto by = call.Query("by").empty() ? query.by : ExchangeByByName(call.Query("by"));
  if (!part || !by) {
    return call.Fail(ErrorCode::kInvalid, "Không có cách chọn này: hãy chọn trong danh sách",
                     "There is no such choice: choose one of the list");
  }
  query.part = *part;
  query.by = *by;
  // The numbers of persons of every unit take a while: they are asked for.
  if (query.part == ExchangePart::kReleased && call.Query("by").empty()) {
    query.by = ExchangeBy::kCountry;
  }
  query.province = call.Query("province");
  TRAM_TRY(Authorise(*call.viewer, RightOf(query.part)));
  const FigureBoard& board = call.office.figures;
  if (!query.province.empty() &&
      board.places().ProvinceAt(query.province, board.DayOf(query.board)) == nullptr) {
    return call.Fail(ErrorCode::kNotFound, "ngày đó không có tỉnh mang mã này",
                     "no province had this code on that day");
  }
  return query;
}

Result<ExchangeFigures> FiguresFor(PageCall& call, const ExchangeQuery& query) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, RightOf(query.part)));
  return CollectExchange(call.state, call.office.figures, permit, query);
}

Result<ExchangeDocument> Dhis2DocumentOf(PageCall& call) {
  TRAM_ASSIGN(const ExchangeFigures figures, Figures(call));
  TRAM_ASSIGN(const std::optional<Dhis2Mapping> mapping, UsedMapping(call.state, call.language));
  if (!mapping) {
    return call.Fail(ErrorCode::kNotFound,
                     "máy chủ chưa có bảng đối chiếu DHIS2: người quản trị gửi bảng lên ở trang "
                     "Đối chiếu với DHIS2",
                     "the server has no mapping for DHIS2 yet: an administrator sends one on the "
                     "page Mapping for DHIS2");
  }
  TRAM_ASSIGN(DataValueSet set, MakeDataValueSet(figures, *mapping, call.language));
  return ExchangeDocument{std::move(set.document), FileName("dhis2", figures.query),
                          "application/json",
                          "export of DHIS2 data values, " + figures.query.Text() + ": " +
                              std::to_string(set.values) + " values"};
}

Result<ExchangeDocument> FhirDocumentOf(PageCall& call) {
  TRAM_ASSIGN(const ExchangeFigures figures, Figures(call));
  TRAM_ASSIGN(FhirJson bundle, MakeMeasureReports(figures, call.language));
  return ExchangeDocument{std::move(bundle), FileName("fhir", figures.query),
                          "application/fhir+json",
                          "export of FHIR measure reports, " + figures.query.Text() + ": " +
                              std::to_string(figures.reports.size()) + " reports"};
}

}  // namespace tram::server
