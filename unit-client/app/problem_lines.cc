#include "app/problem_lines.h"

#include <algorithm>

namespace tram::client {
namespace {

/// By a part of the engine's line that no other has.
constexpr struct {
  std::string_view part;
  const char *vi, *en;
} kKnown[] = {
    {"this unit is locked", "Đơn vị đang khoá: hãy mở khoá bằng mật khẩu rồi làm lại.",
     "The unit is locked: open it with the passphrase, then do it once more."},
    {"writing the log failed before",
     "Lần ghi trước vào đĩa không xong: hãy tắt chương trình rồi mở lại.",
     "The disk could not be written before: end the program and start it again."},
    {"drawn from a change that is not here",
     "Biểu mẫu này dựa trên một thay đổi chưa có ở máy này: hãy đồng bộ rồi mở lại biểu mẫu.",
     "This form was drawn from a change that is not here: sync, then open it again."},
    {"are too long together",
     "Các mục chữ của hồ sơ này cộng lại quá dài: hãy viết ngắn lại, hoặc ghi thêm một hồ sơ nữa.",
     "The texts of this record are too long together: shorten them, or write a second record."},
    {"bytes is too long", "Có mục chữ quá dài: hãy viết ngắn lại.",
     "A text is too long: shorten it."},
    {"parents; open the form again",
     "Quá nhiều người đã sửa hồ sơ này cùng lúc: hãy mở lại biểu mẫu.",
     "Too many people changed this record at the same time: open the form again."},
    {"has no parent; leave parent out", "Hồ sơ loại này không thuộc về hồ sơ nào khác.",
     "A record of this type belongs to no other."},
    {"belongs to a record of type",
     "Hồ sơ này phải thuộc về một hồ sơ khác: hãy mở hồ sơ đó trước.",
     "This record belongs to another one: open that one first."},
    {"must be of type", "Hồ sơ này không thể thuộc về hồ sơ đã chọn: hãy chọn hồ sơ khác.",
     "This record cannot belong to the one that was chosen: choose another."},
    {"changed since the form was opened",
     "Mục này đã được thay đổi từ lúc mở biểu mẫu: hãy mở lại rồi ghi lại.",
     "This was changed since the form was opened: open it again, then write it once more."},
    {"there is no such field in", "Biểu mẫu có một mục mà bộ biểu mẫu của đơn vị không có.",
     "The form has a field that the unit's programme does not have."},
    {"there is no such set in", "Biểu mẫu có một mục mà bộ biểu mẫu của đơn vị không có.",
     "The form has a field that the unit's programme does not have."},
    {"this person's file was erased", "Hồ sơ của người này đã bị xoá hẳn theo yêu cầu.",
     "This person's file was erased for good."},
    {"this person's seed is not here yet",
     "Chìa khoá của hồ sơ này chưa tới máy này: hãy đồng bộ rồi làm lại.",
     "The key of this record is not here yet: sync, then do it once more."},
    {"the person to whom record", "Chưa biết hồ sơ này thuộc về ai: hãy đồng bộ rồi làm lại.",
     "It is not known here yet whose record this is: sync, then do it once more."},
    {"there is no record ", "Hồ sơ này không có ở máy này: hãy đồng bộ rồi xem lại.",
     "This record is not on this computer: sync, then look again."},
    {"there is no conflict there any more", "Việc này đã được giải quyết rồi: hãy xem lại hồ sơ.",
     "This is settled already: look at the record again."},
    {"only two records of one type can be merged",
     "Chỉ gộp được hai hồ sơ khác nhau của cùng một loại.",
     "Only two different records of one type can be merged."},
    {"the text is not UTF-8", "Có chữ không đọc được: hãy gõ lại.",
     "Some letters cannot be read: type them again."},
    {"the text holds a zero byte", "Có ký tự không dùng được: hãy gõ lại.",
     "There is a character that cannot be kept: type it again."},
};

}  // namespace

std::string ProblemInWords(const Output& out, std::string_view line) {
  for (const auto& known : kKnown) {
    if (line.find(known.part) == line.npos) continue;
    return out.language() == Language::kVietnamese ? known.vi : known.en;
  }
  return std::string(line);
}

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string ProblemsInOneLine(std::string_view text) {
  std::string joined;
  for (const std::string& line : LinesOf(text)) joined += (joined.empty() ? "" : "; ") + line;
  return joined;
}

}  // namespace tram::client
