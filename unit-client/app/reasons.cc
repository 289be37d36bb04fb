#include "app/reasons.h"

#include "tram/programme/province.h"
#include "tram/wire/op_codec.h"

namespace tram::client {

HeldWhy WhyHeld(UnitDevice& device, const HeldOp& held) {
  const std::optional<EntryNumber> entry = device.log().FindOp(held.id);
  TRAM_ASSERT(entry);  // the view shows what is in the log
  const Op op = device.log().ReadOp(*entry);
  if (op.format > kOpFormat) return HeldWhy::kNewerFormat;
  const Result<OpBody> body = DecodeBody(op.format, op.body);
  if (!body) return HeldWhy::kUnreadable;
  const RecordType* type = device.programme().ByNumber(body->type);
  if (type == nullptr) return HeldWhy::kUnknownType;
  if (op.device == device.replica().server() && !ProvinceMayWrite(*type, *body)) {
    return HeldWhy::kOfServer;
  }
  const bool record_shown = device.view().Find(op.record.value_or(RecordOf(held.id))).has_value();
  return record_shown ? HeldWhy::kOfAnotherType : HeldWhy::kRecordIsHeld;
}

std::string HeldWords(const Output& out, HeldWhy why) {
  switch (why) {
    case HeldWhy::kNewerFormat:
      return out.Words(
          "Một bản mới hơn của chương trình đã ghi phần này. Hãy cập nhật chương trình trên máy "
          "này; phần này sẽ tự hiện ra.",
          "A newer version of the program wrote this. Update the program on this computer; it then "
          "shows by itself.");
    case HeldWhy::kUnreadable:
      return out.Words(
          "Bản chương trình này không đọc được phần này. Hãy cập nhật chương trình; nếu vẫn vậy, "
          "hãy báo cho tỉnh.",
          "This version of the program cannot read this. Update the program; if that does not "
          "help, tell the province.");
    case HeldWhy::kUnknownType:
      return out.Words(
          "Phần này thuộc một loại hồ sơ mà máy này chưa biết. Hãy nhận bộ biểu mẫu mới nhất từ "
          "tỉnh (lệnh programme use); phần này sẽ tự hiện ra.",
          "This is of a record type that this computer does not know yet. Take the newest forms "
          "from the province (command programme use); it then shows by itself.");
    case HeldWhy::kRecordIsHeld:
      return out.Words(
          "Hồ sơ mà phần này thuộc về cũng đang bị giữ lại. Khi hồ sơ đó hiện ra thì phần này cũng "
          "hiện; không cần làm gì thêm.",
          "The record that this belongs to is held itself. When that one shows, this does too; "
          "there is nothing else to do.");
    case HeldWhy::kOfAnotherType:
      return out.Words(
          "Phần này không hợp với loại của hồ sơ, nên không được tính. Máy đã ghi phần này có thể "
          "bị hỏng; hãy báo cho tỉnh.",
          "This does not fit its record's type and is not counted. The computer that wrote it may "
          "be broken; tell the province.");
    case HeldWhy::kOfServer:
      return out.Words(
          "Máy chủ của tỉnh đã ghi phần này, nhưng tỉnh chỉ được gửi câu hỏi, nên phần này không "
          "được tính. Hãy nhận bộ biểu mẫu mới nhất; nếu vẫn vậy, hãy báo cho tỉnh.",
          "The province's server wrote this, and the province may send questions only: it is not "
          "counted. Take the newest forms; if that does not help, tell the province.");
  }
  return out.Words("không rõ lý do; hãy báo cho tỉnh", "for an unknown reason; tell the province");
}

std::string RefusalWords(const Output& out, RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kGap:
      return out.Words(
          "Phần đứng trước chưa đến. Hãy đồng bộ lại máy đã ghi phần này, hoặc nhận thêm gói USB "
          "của máy đó.",
          "What comes before it is not here yet. Sync the computer that wrote it once more, or "
          "take another bundle of it.");
    case RefusalReason::kUnresolved:
      return out.Words(
          "Phần này nhắc đến điều chưa đến. Hãy đồng bộ lại; chương trình sẽ tự gửi đủ.",
          "It refers to something that is not here yet. Sync again; what is missing is sent by "
          "itself.");
    case RefusalReason::kBadHash:
      return out.Words(
          "Nội dung bị hỏng hoặc bị đổi trên đường đi. Hãy đồng bộ lại; nếu vẫn vậy, hãy báo cho "
          "tỉnh.",
          "It was damaged or changed on the way. Sync again; if that does not help, tell the "
          "province.");
    case RefusalReason::kBadSignature:
      return out.Words(
          "Chữ ký sai: bị hỏng hoặc bị đổi trên đường đi. Hãy đồng bộ lại; nếu vẫn vậy, hãy báo "
          "cho tỉnh.",
          "Its signature is wrong: it was damaged or changed on the way. Sync again; if that does "
          "not help, tell the province.");
    case RefusalReason::kUnknownDevice:
      return out.Words(
          "Máy đã ghi phần này không thuộc đơn vị. Nếu đó là máy của đơn vị, hãy đồng bộ máy đó "
          "với máy chủ trước; nếu không, hãy báo cho tỉnh.",
          "The computer that wrote it does not belong to this unit. If it is yours, sync that one "
          "with the server first; if not, tell the province.");
    case RefusalReason::kNotPermitted:
      return out.Words("Người ghi không được ghi mục này. Hãy báo cho tỉnh.",
                       "Its writer may not write this. Tell the province.");
    case RefusalReason::kLimit:
      return out.Words(
          "Phần này lớn hơn mức được nhận. Hãy cập nhật chương trình trên các máy; nếu vẫn vậy, "
          "hãy "
          "báo cho tỉnh.",
          "It is larger than what is taken. Update the program on the computers; if that does not "
          "help, tell the province.");
  }
  return out.Words("Không rõ lý do. Hãy báo cho tỉnh.",
                   "For an unknown reason. Tell the province.");
}

}  // namespace tram::client
