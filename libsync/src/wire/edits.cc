#include "wire/edits.h"

#include "tram/base/limits.h"
#include "tram/wire/syllable_text.h"
#include "wire/syllable_coder.h"

namespace tram {
namespace wire {
namespace {

// Frozen: these numbers are in signed bytes. Four bits: at most 15.
enum class Kind : std::uint8_t {
  kNull = 0,
  kFalse = 1,
  kTrue = 2,
  kInt = 3,
  kDecimal = 4,
  kDate = 5,
  kText = 6,
  kCode = 7,
  kAddCode = 8,
  kRemoveCode = 9,
  kRef = 10,
  kLastText = 11,  // in sealed blobs only: the text of the last edit, up to the end
};
// A tag is the kind and, in the upper four bits, how far the field is from the previous edit's;
// this one means that the rest of the distance follows.
constexpr std::uint32_t kFarField = 15;
constexpr std::uint32_t kNumberMax = std::numeric_limits<std::uint32_t>::max();
// A sealed list counts from here, where a programme's fields begin. Where its first field is not
// beyond, its tag says 0 and the field follows.
constexpr std::uint32_t kSealedFieldOrigin = kFieldFirstOwn - 1;

Kind KindOf(const Value& value) {
  struct Visitor {
    Kind operator()(std::monostate) const { return Kind::kNull; }
    Kind operator()(bool yes) const { return yes ? Kind::kTrue : Kind::kFalse; }
    Kind operator()(std::int64_t) const { return Kind::kInt; }
    Kind operator()(const Decimal&) const { return Kind::kDecimal; }
    Kind operator()(const Date&) const { return Kind::kDate; }
    Kind operator()(const std::string&) const { return Kind::kText; }
    Kind operator()(const Code&) const { return Kind::kCode; }
    Kind operator()(const AddCode&) const { return Kind::kAddCode; }
    Kind operator()(const RemoveCode&) const { return Kind::kRemoveCode; }
    Kind operator()(const RecordId&) const { return Kind::kRef; }
  };
  return std::visit(Visitor{}, value);
}

/// The element that a set edit adds or removes; nothing for other values.
std::optional<std::uint32_t> ElementOf(const Value& value) {
  if (const auto* add = std::get_if<AddCode>(&value)) return add->number;
  if (const auto* remove = std::get_if<RemoveCode>(&value)) return remove->number;
  return std::nullopt;
}

/// Whether `next` may stand behind `previous`: a later field, or a later element of the same set.
bool InOrder(const Edit& previous, const Edit& next) {
  if (previous.field != next.field) return previous.field < next.field;
  auto before = ElementOf(previous.value);
  auto after = ElementOf(next.value);
  return before && after && *before < *after;
}

struct PutPayload {
  CanonicalOutput& output;
  const EditForm& form;
  bool last_text;
  void operator()(std::monostate) const {}
  void operator()(bool) const {}
  void operator()(std::int64_t value) const { output.PutZigZag(value); }
  void operator()(const Decimal& value) const {
    output.PutZigZag(value.mantissa);
    output.PutByte(value.scale);
  }
  void operator()(const Date& value) const { output.PutZigZag(value.days - form.day); }
  void operator()(const std::string& value) const {
    const bool syllables = form.sealed == TextCodec::kSyllables;
    const Bytes bytes = syllables ? EncodeSyllables(value) : ToBytes(AsBytes(value));
    last_text ? output.PutRaw(bytes) : output.PutBlob(bytes);
  }
  void operator()(const Code& value) const { output.PutVarint(value.number); }
  void operator()(const AddCode& value) const { output.PutVarint(value.number); }
  void operator()(const RemoveCode& value) const { output.PutVarint(value.number); }
  void operator()(const RecordId& value) const {
    if (form.ids == nullptr) return output.PutRaw(value.view());
    PutReference(output, CreatingOp(value), *form.ids);
  }
};

Date TakeDate(CanonicalInput& input, const EditForm& form) {
  // Unsigned, because what a peer says may overflow; the sum is then out of range below.
  const auto days = static_cast<std::int64_t>(static_cast<std::uint64_t>(input.TakeZigZag()) +
                                              static_cast<std::uint64_t>(form.day));
  if (days < kDateDaysMin || days > kDateDaysMax) Refuse("a date is outside the years 1 to 9999");
  return Date{static_cast<std::int32_t>(days)};
}

Decimal TakeDecimal(CanonicalInput& input) {
  Decimal decimal;
  decimal.mantissa = input.TakeZigZag();
  decimal.scale = input.TakeByte();
  if (decimal.scale > kDecimalScaleMax) Refuse("a decimal has too many places");
  return decimal;
}

std::string TakeText(CanonicalInput& input, const EditForm& form, bool last) {
  const bool syllables = form.sealed == TextCodec::kSyllables;
  const ByteView bytes = last        ? input.TakeRaw(input.rest().size())
                         : syllables ? input.TakeBlob(kOpBytesMax)
                                     : input.TakeBlob(kTextBytesMax);
  if (syllables) return TakeSyllables(bytes);
  if (bytes.size() > kTextBytesMax) Refuse("a text is too long");
  if (!IsText(bytes)) Refuse("a text is not UTF-8");
  return std::string(AsText(bytes));
}

Value TakeValue(CanonicalInput& input, Kind kind, const EditForm& form) {
  auto number = [&] { return static_cast<std::uint32_t>(input.TakeVarint(kNumberMax)); };
  switch (kind) {
    case Kind::kNull:
      return std::monostate{};
    case Kind::kFalse:
      return false;
    case Kind::kTrue:
      return true;
    case Kind::kInt:
      return input.TakeZigZag();
    case Kind::kDecimal:
      return TakeDecimal(input);
    case Kind::kDate:
      return TakeDate(input, form);
    case Kind::kText:
      return TakeText(input, form, false);
    case Kind::kCode:
      return Code{number()};
    case Kind::kAddCode:
      return AddCode{number()};
    case Kind::kRemoveCode:
      return RemoveCode{number()};
    case Kind::kRef:
      if (form.ids != nullptr) return RecordOf(TakeReference(input, *form.ids));
      return RecordId::From(input.TakeRaw(RecordId::kSize));
    case Kind::kLastText:
      if (form.sealed) return TakeText(input, form, true);
      break;
  }
  Refuse("a value has an unknown kind");
}

}  // namespace

void save(CanonicalOutput& output, const Edits& edits) {
  const bool sealed = edits.form.sealed.has_value();
  if (!sealed) output.PutVarint(edits.edits.size());
  std::uint32_t previous = sealed ? kSealedFieldOrigin : 0;
  for (std::size_t i = 0; i < edits.edits.size(); ++i) {
    const Edit& edit = edits.edits[i];
    const bool before_origin = i == 0 && edit.field <= previous;
    const std::uint32_t distance = before_origin ? 0 : edit.field - previous;
    previous = edit.field;
    const bool last_text =
        sealed && i + 1 == edits.edits.size() && std::holds_alternative<std::string>(edit.value);
    const auto kind = static_cast<std::uint32_t>(last_text ? Kind::kLastText : KindOf(edit.value));
    output.PutByte(static_cast<std::uint8_t>(std::min(distance, kFarField) << 4 | kind));
    if (distance >= kFarField) output.PutVarint(distance - kFarField);
    if (before_origin) output.PutVarint(edit.field);
    std::visit(PutPayload{output, edits.form, last_text}, edit.value);
  }
}

void load(CanonicalInput& input, Edits& edits) {
  CanonicalInput::Nested nested(input);
  const bool sealed = edits.form.sealed.has_value();
  const std::size_t count = sealed ? kEditsMax : input.TakeCount(kEditsMax, 1);
  edits.edits.clear();
  if (!sealed) edits.edits.reserve(count);
  std::uint64_t field = sealed ? kSealedFieldOrigin : 0;
  for (std::size_t i = 0; i < count && !(sealed && input.rest().empty()); ++i) {
    const std::uint8_t tag = input.TakeByte();
    field += tag >> 4;
    if (tag >> 4 == kFarField) field += input.TakeVarint(kNumberMax);
    if (sealed && i == 0 && tag >> 4 == 0) field = input.TakeVarint(kSealedFieldOrigin);
    if (field == 0 || field > kNumberMax) Refuse("a field number is out of range");
    edits.edits.push_back({static_cast<std::uint32_t>(field),
                           TakeValue(input, static_cast<Kind>(tag & 15), edits.form)});
    if (i > 0 && !InOrder(edits.edits[i - 1], edits.edits[i])) {
      Refuse("its edits are not sorted, or set a field twice");
    }
  }
}

void PutReference(CanonicalOutput& output, const OpId& id, IdCoder& ids) {
  std::optional<IdCoder::Reference> reference = ids.Refer(id);
  if (!reference) {
    output.PutByte(0);
    output.PutRaw(id.view());
    return;
  }
  TRAM_ASSERT(reference->base != 0);
  output.PutVarint(reference->base);
  if (ids.HasDistance(reference->base)) output.PutVarint(reference->distance);
}

OpId TakeReference(CanonicalInput& input, IdCoder& ids) {
  constexpr auto kAny = std::numeric_limits<std::uint64_t>::max();
  IdCoder::Reference reference;
  reference.base = input.TakeVarint(kAny);
  if (reference.base == 0) return OpId::From(input.TakeRaw(OpId::kSize));
  if (ids.HasDistance(reference.base)) reference.distance = input.TakeVarint(kAny);
  std::optional<OpId> id = ids.Resolve(reference);
  if (!id) throw DecodeFailure{ErrorCode::kNotFound, "a reference to an op does not resolve"};
  return *id;
}

}  // namespace wire

Status CheckEdits(const std::vector<Edit>& edits) {
  auto refuse = [](std::string message) {
    return MakeError(ErrorCode::kInvalid, std::move(message));
  };
  if (edits.size() > kEditsMax) {
    return refuse("more than " + std::to_string(kEditsMax) + " changes at once: save in parts");
  }
  for (std::size_t i = 0; i < edits.size(); ++i) {
    const std::string field = "field " + std::to_string(edits[i].field);
    if (edits[i].field == 0) return refuse("0 is no field number: fields count from 1");
    if (i > 0 && !wire::InOrder(edits[i - 1], edits[i])) {
      return refuse(field + " is set twice or not in order: sort the edits, one for each field");
    }
    if (const auto* text = std::get_if<std::string>(&edits[i].value)) {
      if (text->size() > kTextBytesMax) {
        return refuse(field + " is longer than " + std::to_string(kTextBytesMax) +
                      " bytes: shorten the text");
      }
      if (!wire::IsText(AsBytes(*text))) return refuse(field + " is not UTF-8 text: type it again");
    }
    if (const auto* decimal = std::get_if<Decimal>(&edits[i].value);
        decimal != nullptr && decimal->scale > kDecimalScaleMax) {
      return refuse(field + " has more than 18 places: round it");
    }
    if (const auto* date = std::get_if<Date>(&edits[i].value);
        date != nullptr && (date->days < kDateDaysMin || date->days > kDateDaysMax)) {
      return refuse(field + " is outside the years 1 to 9999: correct the date");
    }
  }
  return {};
}

}  // namespace tram
