#include "tram/web/http.h"

#include <algorithm>

namespace tram {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> Decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      decoded.push_back(' ');
    } else if (text[i] != '%') {
      decoded.push_back(text[i]);
    } else {
      int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
      int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return MakeError(ErrorCode::kInvalid,
                         "a % in an address or a form needs two hexadecimal digits after it");
      }
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return decoded;
}

bool Unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string_view HttpRequest::Header(std::string_view name) const {
  auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view FirstOf(const HttpFields& fields, std::string_view name) {
  auto found = fields.lower_bound(name);
  if (found == fields.end() || found->first != name) return {};
  return found->second;
}

std::vector<std::string> AllOf(const HttpFields& fields, std::string_view name) {
  std::vector<std::string> values;
  auto [first, last] = fields.equal_range(name);
  std::transform(first, last, std::back_inserter(values), [](auto& field) { return field.second; });
  return values;
}

Status SetTarget(HttpRequest& request, std::string_view target) {
  if (!target.starts_with('/')) {
    return MakeError(ErrorCode::kInvalid, "a request's address begins with /");
  }
  std::size_t mark = target.find('?');
  TRAM_ASSIGN(std::string path, PercentDecode(target.substr(0, mark)));
  if (path.find('\0') != std::string::npos) {
    return MakeError(ErrorCode::kInvalid, "a request's path holds a zero byte");
  }
  HttpFields query;
  if (mark != std::string_view::npos) {
    TRAM_ASSIGN(query, DecodeForm(target.substr(mark + 1)));
  }
  request.target = target;
  request.path = std::move(path);
  request.query = std::move(query);
  return {};
}

void AddHeader(HttpRequest& request, std::string_view name, std::string_view value) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  auto [place, first] = request.headers.try_emplace(std::move(lower), value);
  if (!first) place->second.append(place->first == "cookie" ? "; " : ", ").append(value);
}

Result<std::string> PercentDecode(std::string_view text) { return Decode(text, false); }

std::string PercentEncode(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  for (char c : text) {
    if (Unreserved(c)) {
      encoded.push_back(c);
    } else {
      auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return encoded;
}

Result<HttpFields> DecodeForm(std::string_view text) {
  HttpFields fields;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('&'), text.size());
    std::string_view field = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (field.empty()) continue;
    if (fields.size() == kHttpFieldsMax) {
      return MakeError(ErrorCode::kInvalid,
                       "a form has at most " + std::to_string(kHttpFieldsMax) + " fields");
    }
    std::size_t equals = std::min(field.find('='), field.size());
    TRAM_ASSIGN(std::string name, Decode(field.substr(0, equals), true));
    TRAM_ASSIGN(std::string value, Decode(field.substr(std::min(equals + 1, field.size())), true));
    fields.emplace(std::move(name), std::move(value));
  }
  return fields;
}

HttpResponse TextResponse(int status, std::string text) {
  return {status, "text/plain; charset=utf-8", std::move(text), {}};
}

HttpResponse ErrorResponse(const Error& error) {
  return TextResponse(HttpStatusOf(error.code), error.message + "\n");
}

HttpResponse SeeOther(std::string location) {
  HttpResponse response;
  response.status = 303;
  response.headers.emplace_back("Location", std::move(location));
  return response;
}

}  // namespace tram
