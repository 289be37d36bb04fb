// Uploaded forms: a content type, then a body.
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "tram/web/multipart.h"

namespace tram::fuzz {
namespace {

/// The same parts as a browser would write them; the boundary must not occur in them.
void TryAgain(const std::vector<FormPart>& parts) {
  std::string boundary = "b";
  std::string body;
  for (const FormPart& part : parts) {
    while (part.content.find("--" + boundary) != std::string_view::npos) boundary += "b";
  }
  if (boundary.size() > 60) return;
  for (const FormPart& part : parts) {
    if (part.name.size() + part.file_name.size() > kMultipartHeadBytesMax / 2) return;
    body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" +
            std::string(part.name) + "\"";
    if (part.is_file) body += "; filename=\"" + std::string(part.file_name) + "\"";
    body += "\r\n\r\n" + std::string(part.content) + "\r\n";
  }
  body += "--" + boundary + "--\r\n";
  const auto again = ParseMultipart("multipart/form-data; boundary=" + boundary, body);
  Promise(again.has_value() && again->size() == parts.size(), "what was read can be written again");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Promise((*again)[i].name == parts[i].name && (*again)[i].content == parts[i].content &&
                (*again)[i].is_file == parts[i].is_file &&
                (*again)[i].file_name == parts[i].file_name,
            "and comes back as it was");
  }
}

}  // namespace

void FuzzMultipart(ByteView bytes) {
  FuzzInput input(bytes);
  const std::string type(AsText(input.Blob())), body(AsText(input.Rest()));
  const auto parts = ParseMultipart(type, body);
  if (!parts) return;
  Promise(IsMultipart(type), "only a form with files is read as one");
  Promise(parts->size() <= kMultipartPartsMax, "parts stay below their limit");
  std::size_t fields = 0;
  for (const FormPart& part : *parts) {
    Promise(part.content.data() >= body.data() &&
                part.content.data() + part.content.size() <= body.data() + body.size(),
            "a part lies in the body");
    Promise(!part.name.empty(), "a part has a name");
    fields += part.is_file ? 0 : 1;
    if (part.is_file) Promise(FileOf(*parts, part.name) != nullptr, "every file is found");
  }
  Promise(FieldsOf(*parts).size() == fields, "every field is found");
  TryAgain(*parts);
}

}  // namespace tram::fuzz
