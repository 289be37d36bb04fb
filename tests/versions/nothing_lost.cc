#include "tests/versions/nothing_lost.h"

#include <algorithm>

#include "tram/wire/op_codec.h"

namespace tram::versions {
namespace {

struct ReadOp {
  OpId id;
  RecordId record;
  std::vector<OpId> parents;
  std::vector<Edit> edits;  // clear and sealed ones
};

/// The person under whom a record is sealed, found from the ops alone.
std::optional<RecordId> RootOf(UnitDevice& device, const RecordId& record) {
  return Must(device.view().RootOf(record));
}

std::vector<ReadOp> ReadAll(UnitDevice& device, const SecretKey& unit_key) {
  std::vector<ReadOp> ops;
  OpLog& log = device.log();
  for (EntryNumber number = 1; number <= log.size(); ++number) {
    const Op op = log.ReadOp(number);
    const OpId id = log.entry(number).op;
    const OpBody body = Must(DecodeBody(op.format, op.body));
    ReadOp read{id, op.record.value_or(RecordOf(id)), op.parents, body.edits};
    if (body.sealed) {
      const std::optional<RecordId> root = RootOf(device, read.record);
      const KeyEntry* seed = root ? log.FindKey(KeyEntry::Kind::kSeed, root->view()) : nullptr;
      const SecretKey key =
          DeriveClientKey(unit_key, seed == nullptr ? UnitSeed() : Seed::From(seed->value));
      const Bytes plain = Must(Unseal(key, log.unit(), ClearPart(op, body), *body.sealed));
      for (Edit& edit : Must(DecodeSealedEdits(plain))) read.edits.push_back(std::move(edit));
    }
    ops.push_back(std::move(read));
  }
  return ops;
}

bool Answers(const ReadOp& later, const ReadOp& op, const Edit& edit) {
  if (later.record != op.record ||
      !std::binary_search(later.parents.begin(), later.parents.end(), op.id)) {
    return false;
  }
  const auto* added = std::get_if<AddCode>(&edit.value);
  return std::any_of(later.edits.begin(), later.edits.end(), [&](const Edit& other) {
    if (other.field != edit.field) return false;
    return added == nullptr || other.value == Value(RemoveCode{added->number});
  });
}

bool Shows(const RecordView& record, const Edit& edit) {
  for (const FieldView& view : record.fields) {
    if (view.field->number != edit.field) continue;
    if (const auto* added = std::get_if<AddCode>(&edit.value)) {
      return std::count(view.elements.begin(), view.elements.end(), added->number) > 0;
    }
    return std::any_of(view.candidates.begin(), view.candidates.end(),
                       [&](const CandidateView& candidate) {
                         const auto value = candidate.values.find(edit.field);
                         return value != candidate.values.end() && value->second == edit.value;
                       });
  }
  return false;
}

}  // namespace

std::vector<std::string> LostValues(UnitDevice& device, const SecretKey& unit_key) {
  const std::vector<ReadOp> ops = ReadAll(device, unit_key);
  std::vector<std::string> lost;
  for (const ReadOp& op : ops) {
    const RecordView record = Must(device.view().Find(op.record));
    for (const Edit& edit : op.edits) {
      if (edit.field < kFieldFirstOwn || IsNull(edit.value) ||
          std::holds_alternative<RemoveCode>(edit.value)) {
        continue;
      }
      const bool answered = std::any_of(
          ops.begin(), ops.end(), [&](const ReadOp& later) { return Answers(later, op, edit); });
      if (answered || Shows(record, edit)) continue;
      lost.push_back(record.type->name + " " + record.id.Hex().substr(0, 8) + ", field " +
                     std::to_string(edit.field) + ": " + ValueText(edit.value));
    }
  }
  return lost;
}

}  // namespace tram::versions
