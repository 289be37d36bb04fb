#include "web/admin_parts.h"

#include <algorithm>
#include <charconv>

#include "tram/web/multipart.h"

namespace tram::server {
namespace {

constexpr std::size_t kKeyBytes = 16;

}  // namespace

Json FormFields::Field(const char* name, const Label& label, const Look& look) const {
  Json field = {{"id", form_ + "-" + name},
                {"name", name},
                {"label", call_.In(label)},
                {"help", look.help},
                {"must", look.must},
                {"narrow", look.narrow},
                {"error", ""},
                {"choice", false},
                {"value", ""},
                {"options", Json::array()},
                {"described", false}};
  for (const UnitFault& fault : faults_) {
    if (fault.field == name) field["error"] = fault.text;
  }
  field["described"] = !look.help.empty() || field["error"] != "";
  return field;
}

FormFields& FormFields::Text(const char* name, const Label& label, std::string_view value,
                             const Look& look) {
  Json field = Field(name, label, look);
  field["value"] = value;
  fields_.push_back(std::move(field));
  return *this;
}

FormFields& FormFields::Choice(const char* name, const Label& label, Json options,
                               std::string_view chosen, const Look& look) {
  Json field = Field(name, label, look);
  field["choice"] = true;
  for (Json& option : options) option["chosen"] = option["value"] == chosen;
  field["options"] = std::move(options);
  fields_.push_back(std::move(field));
  return *this;
}

Json FormFields::Problems() const {
  Json problems = Json::array();
  for (const UnitFault& fault : faults_) {
    problems.push_back({{"href", "#" + form_ + "-" + fault.field}, {"text", fault.text}});
  }
  return problems;
}

ListPage PageOf(const PageCall& call, std::size_t count, std::size_t rows_per_page,
                const std::string& address) {
  const std::size_t pages = std::max<std::size_t>(1, (count + rows_per_page - 1) / rows_per_page);
  std::size_t number = 1;
  const std::string_view wanted = call.Query("page");
  std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  number = std::clamp<std::size_t>(number, 1, pages);
  ListPage page;
  page.first = (number - 1) * rows_per_page;
  page.end = std::min(count, page.first + rows_per_page);
  const auto at = [&](std::size_t other) {
    return address + (address.find('?') == address.npos ? "?" : "&") +
           "page=" + std::to_string(other);
  };
  page.links = {{"before", number > 1 ? at(number - 1) : ""},
                {"after", number < pages ? at(number + 1) : ""},
                {"said", call.Words("{} đến {} trong {}", "{} to {} of {}",
                                    count == 0 ? 0 : page.first + 1, page.end, count)}};
  return page;
}

Result<SentFile> TakeSentFile(const PageCall& call, std::string_view field) {
  const std::string_view type = call.request.Header("content-type");
  if (IsMultipart(type)) {
    TRAM_ASSIGN(const std::vector<FormPart> parts, ParseMultipart(type, call.request.body));
    const FormPart* file = FileOf(parts, field);
    if (file != nullptr && !file->content.empty()) {
      return SentFile{std::string(file->file_name), std::string(file->content)};
    }
  }
  return call.Fail(ErrorCode::kInvalid, "Hãy chọn một tệp rồi gửi lại.",
                   "Choose a file, then send it again.");
}

std::string NewKey(const PageCall& call) {
  Bytes key(kKeyBytes);
  call.state.random().Fill(key);
  return ToHex(key);
}

std::string KeptUnder(const PageCall& call, std::string_view key) {
  return call.session->token() + ":" + std::string(key);
}

HttpResponse CsvFile(std::string csv, const std::string& name) {
  HttpResponse response;
  response.content_type = "text/csv; charset=utf-8";
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
  response.body = "\xef\xbb\xbf" + std::move(csv);
  return response;
}

std::string ProvinceText(const PageCall& call, const Place* place) {
  if (place == nullptr) return call.Words("không thuộc tỉnh nào", "in no province");
  return place->code + " " + place->name;
}

}  // namespace tram::server
