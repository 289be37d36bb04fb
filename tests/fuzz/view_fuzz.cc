// What any member could write, as records: ops of every kind into the view, in one go; and one by
// one, backwards, unlocked in the end. Both must end the same.
#include "tests/fuzz/fuzz_ops.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/op_builder.h"
#include "tests/support/small_programme.h"
#include "tram/base/hash.h"
#include "tram/wire/op_codec.h"

namespace tram::fuzz {
namespace {

constexpr std::size_t kOpsMax = 24;

/// Sometimes sealed with the unit's real key: whoever writes for the unit has it.
void SealAsMember(FuzzInput& input, const TestKeys& keys, const KnownIds& ids, Op& op) {
  auto body = DecodeBody(op.format, op.body);
  if (!body) return;
  Bytes plain;
  if (input.Flag()) {
    plain = EncodeSealedEdits(TakeEdits(input, ids));
  } else {
    plain = ToBytes(input.Blob());
    plain.resize(std::max<std::size_t>(plain.size(), 1));
    plain[0] %= kSealFirstByteEnd;
  }
  body->sealed = keys.SealWith(UnitSeed(), ClearPart(op, *body), plain);
  op.body = EncodeBody(*body);
}

std::unique_ptr<UnitView> NewView(TestKeys* keys) {
  static const std::shared_ptr<const Programme> programme = small::SmallProgramme();
  auto view = UnitView::Create(programme, TestUnit());
  Promise(view.has_value(), "the small programme makes a view");
  Promise((*view)->SetUnsealer(keys).has_value(), "a view takes keys");
  return std::move(*view);
}

/// All that a person can see, as one text.
std::string Shown(UnitView& view) {
  const Date today = DateOf(2026, 11, 22);
  std::string shown;
  for (const RecordType& type : view.programme().records) {
    const auto table = view.List(type, "", today);
    Promise(table.has_value(), "every table can be listed");
    for (const auto& row : table->rows) {
      for (const auto& cell : row) shown += cell.value_or("-") + "|";
      shown += "\n";
      const auto id = RecordId::FromHexText(row[0].value_or(""));
      Promise(id && view.Find(*id), "every row is a record");
    }
  }
  for (const Conflict& conflict : view.Conflicts()) shown += conflict.record.Hex() + " conflict\n";
  for (const HeldOp& held : view.Held()) shown += held.id.Hex() + " held\n";
  for (const RecordId& record : view.Waiting()) shown += record.Hex() + " waits\n";
  (void)view.Checks(today);
  (void)view.Figures(today);
  return shown;
}

}  // namespace

void FuzzView(ByteView bytes) {
  FuzzInput input(bytes);
  TestKeys keys(TestUnit());
  KnownIds ids;
  std::vector<ViewEntry> entries;
  while (!input.empty() && entries.size() < kOpsMax) {
    Op op = TakeOp(input, TestDevice(static_cast<std::uint8_t>(input.Below(3))), ids);
    if (input.Below(3) == 0) SealAsMember(input, keys, ids, op);
    const OpId id = OpIdOf(TestUnit(), EncodeOp(op));
    ids.ops.push_back(id);
    entries.push_back({id, std::move(op)});
  }
  const auto whole = NewView(&keys), single = NewView(nullptr);
  Promise(whole->Apply(entries).has_value(), "a view takes any entries");
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    Promise(single->Apply(std::span(&*entry, 1)).has_value(), "a view takes any entry");
  }
  (void)Shown(*single);
  Promise(single->SetUnsealer(&keys).has_value(), "a view takes keys");
  Promise(Shown(*whole) == Shown(*single), "the order in which ops come does not matter");
}

}  // namespace tram::fuzz
