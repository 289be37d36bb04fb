// Documents for other systems, by token: the same as on the page of data exchange.
#include "web/api.h"
#include "web/exchange_documents.h"

namespace tram::server {
namespace {

Result<Answer> Give(PageCall& call, Result<ExchangeDocument> (*make)(PageCall&)) {
  TRAM_ASSIGN(const ExchangeDocument document, make(call));
  return JsonAnswer(document.json, document.json, document.content_type);
}

Json DataValueSetSchema() {
  const Json text{{"type", "string"}};
  Json value{{"type", "object"}};
  value["properties"] = {
      {"dataElement", text}, {"period", text}, {"orgUnit", text}, {"value", text}};
  value["required"] = {"dataElement", "period", "orgUnit", "value"};
  return {{"type", "object"},
          {"properties", {{"dataValues", {{"type", "array"}, {"items", value}}}}},
          {"required", {"dataValues"}}};
}

Json BundleSchema() {
  const Json entry{{"type", "object"}, {"required", {"resource"}}};
  return {{"type", "object"},
          {"properties",
           {{"resourceType", {{"const", "Bundle"}}},
            {"type", {{"const", "collection"}}},
            {"entry", {{"type", "array"}, {"items", entry}}}}},
          {"required", {"resourceType", "type"}}};
}

std::vector<DataParameter> Parameters() {
  return {
      {"month",
       "2026-10",
       {"tháng; mặc định là tháng đã chốt gần nhất",
        "the month; without it the one that was closed last"}},
      {"places",
       "then",
       {"tỉnh như khi đó hay như hiện nay", "provinces as they were then, or are now"},
       false,
       {"then", "now"}},
      {"part",
       "activity",
       {"hoạt động của tháng, hay kết quả công bố cùng tháng đó (cần phạm vi outcomes)",
        "activity of the month, or outcomes released with it (needs the scope outcomes)"},
       false,
       {"activity", "released"}},
      {"by",
       "unit",
       {"từng đơn vị, từng tỉnh hay cả nước; không ghi: hoạt động từng đơn vị, kết quả của cả nước",
        "by unit, by province or of the country; without it activity by unit, outcomes of the "
        "country"},
       false,
       {"unit", "province", "country"}},
      {"province", "56", {"chỉ tỉnh này và các đơn vị của tỉnh", "of one province only"}}};
}

}  // namespace

std::vector<ApiRoute> ApiExchangeRoutes() {
  ApiRoute dhis2;
  dhis2.pattern = "/api/v1/dhis2/data-value-set";
  dhis2.name = "dhis2_data_value_set";
  dhis2.title = {"Số liệu cho DHIS2", "Data values for DHIS2"};
  dhis2.about = {"Như DHIS2 nhận ở POST /api/dataValueSets, theo bảng đối chiếu của máy chủ.",
                 "As DHIS2 takes it at POST /api/dataValueSets, by the server's mapping."};
  dhis2.parameters = Parameters();
  dhis2.schema = &DataValueSetSchema;
  dhis2.run = [](PageCall& call) { return Give(call, &Dhis2DocumentOf); };
  ApiRoute fhir;
  fhir.pattern = "/api/v1/fhir/measure-reports";
  fhir.name = "fhir_measure_reports";
  fhir.title = {"Báo cáo chỉ số theo FHIR R4", "FHIR R4 measure reports"};
  fhir.about = {"Một Bundle gồm Measure và MeasureReport.",
                "A Bundle of Measure and MeasureReport resources."};
  fhir.parameters = Parameters();
  fhir.content_type = "application/fhir+json";
  fhir.schema = &BundleSchema;
  fhir.run = [](PageCall& call) { return Give(call, &FhirDocumentOf); };
  return {dhis2, fhir};
}

}  // namespace tram::server
