#include "tram/session/province_record.h"

#include "tram/wire/op_codec.h"

namespace tram {
namespace {

Result<OpBody> BodyOf(const ProvinceRecord& record) {
  const RecordType& type = *record.type;
  if (!type.of_province) {
    return MakeError(ErrorCode::kInvalid, type.name + " is not written by the province");
  }
  OpBody body;
  body.type = type.number;
  if (record.parent) body.edits.push_back({kFieldParent, *record.parent});
  for (const auto& [number, value] : record.values) {
    const Field* field = type.ByNumber(number);
    if (field == nullptr || !field->clear || field->answer || field->type == FieldType::kSet) {
      return MakeError(ErrorCode::kInvalid, type.name + ": the province does not write the field " +
                                                std::to_string(number));
    }
    if (!IsNull(value)) body.edits.push_back({number, value});
  }
  return body;
}

}  // namespace

Result<Op> CreatingOpOf(const ProvinceRecord& record, const DeviceId& writer, HybridTime time,
                        std::uint64_t nonce) {
  TRAM_ASSIGN(OpBody body, BodyOf(record));
  body.nonce = nonce;
  Op op;
  op.device = writer;
  op.time = time;
  op.body = EncodeBody(body);
  return op;
}

Result<Op> ChangingOpOf(const ProvinceRecord& record, const RecordId& id, std::vector<OpId> parents,
                        const DeviceId& writer, HybridTime time) {
  TRAM_ASSIGN(const OpBody body, BodyOf(record));
  Op op;
  op.device = writer;
  op.record = id;
  op.parents = std::move(parents);
  op.time = time;
  op.body = EncodeBody(body);
  return op;
}

}  // namespace tram
