#include "wire/op_columns.h"

#include <algorithm>

#include "tram/base/limits.h"

namespace tram::wire {
namespace {

// The columns. Their numbers, and what each takes as known, are the format.
enum Column : std::uint64_t {
  kOpaque = 1,
  kFormat,
  kType,
  kPlace,  // a type, creating or changing: known wherever a column differs by it
  kHasRecord,
  kRecord,
  kParentCount,
  kParentIsRecord,
  kParent,
  kTime,
  kHasNonce,
  kHasAuthor,
  kSameAuthor,
  kAuthor,
  kField,
  kKind,
  kValue,
  kScale,
  kText,
  kLetter,
  kHasSealed,
  kSealedSize,
  kSealedRest,
  kHasSeed,
  kBodySize,
  kIdBase,
  kIdBack,
};

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::size_t kNonceBytes = 8;
constexpr int kByteBits = 8;
constexpr int kKindBits = 4;
constexpr int kScaleBits = 5;
constexpr int kRestBits = 3;                // sealed parts are padded to eight bytes
constexpr std::size_t kPlacesLearned = 15;  // letters of a text are told apart by their place

// How a Value travels: its place in the variant; these numbers are the format.
enum Kind : std::uint32_t {
  kNull,
  kBool,
  kInt,
  kDecimal,
  kDate,
  kString,
  kCode,
  kAdd,
  kRemove,
  kRef,
  kKindCount
};
static_assert(std::variant_size_v<Value> == kKindCount);

std::int64_t DayOf(HybridTime time) {
  const std::int64_t day = time.ms / kDayMs;
  return time.ms % kDayMs < 0 ? day - 1 : day;
}

}  // namespace

OpCoder::OpCoder(OpColumns& columns, IdCoder& ids, Bytes& coded, Bytes& raw)
    : columns_(columns), ids_(ids), bits_(columns.models, coded), raw_to_(&raw) {}

OpCoder::OpCoder(OpColumns& columns, IdCoder& ids, ByteView coded, ByteView raw)
    : columns_(columns), ids_(ids), bits_(columns.models, coded), raw_from_(raw) {}

void OpCoder::Put(const ColumnOp& op) {
  ColumnOp copy = op;
  CodeOp(copy);
}

std::optional<ColumnOp> OpCoder::Take(const DeviceId& device) {
  unresolved_ = false;
  spent_ = 0;
  ColumnOp op;
  op.op.device = device;
  CodeOp(op);
  if (unresolved_) return std::nullopt;
  const std::size_t bytes = CanonicalBytes(op.op);
  if (bytes > kOpBytesMax) Refuse("it is larger than an op may be");
  return op;
}

void OpCoder::Finish() {
  bits_.Finish();
  if (!raw_from_.empty()) Refuse("bytes follow after its end");
}

void OpCoder::Spend(std::size_t bytes) {
  if (!bits_.reads()) return;
  spent_ += bytes;
  columns_.canonical_bytes += bytes;
  if (spent_ > kOpBytesMax) Refuse("it is larger than an op may be");
  if (columns_.canonical_bytes > kMessageOpsBytesMax)
    Refuse("it unpacks to more than a message may hold");
}

template <class Number>
void OpCoder::CodeNumber(Number& number, Context context) {
  const std::uint64_t value = bits_.Number(context, number);
  if (value > std::numeric_limits<Number>::max()) Refuse("a number is beyond its limit");
  number = static_cast<Number>(value);
}

void OpCoder::CodeRaw(Bytes& bytes, std::size_t size) {
  if (raw_to_ != nullptr) return Extend(*raw_to_, bytes);
  if (size > raw_from_.size()) Refuse("the bytes end too early");
  bytes = ToBytes(raw_from_.first(size));
  raw_from_ = raw_from_.subspan(size);
}

void OpCoder::CodeId(OpId& id, Context place) {
  IdCoder::Reference reference;
  if (!bits_.reads()) {
    if (auto known = ids_.Refer(id)) reference = *known;
  }
  // What kind of base first: 0 none, 1 an op of this message, then the n-th leaf.
  const bool in_message = reference.base != 0 && !ids_.HasDistance(reference.base);
  std::uint64_t base = reference.base == 0 ? 0 : in_message ? 1 : 2 + reference.base / 2;
  base = bits_.Number(ContextOf(kIdBase, place), base);
  if (base == 0) {
    Bytes full = ToBytes(id.view());
    CodeRaw(full, OpId::kSize);
    id = OpId::From(full);
    return;
  }
  const Context back = ContextOf(kIdBack, place, base == 1 ? 0 : 1);
  if (base == 1) {
    reference.base = 2 * bits_.Number(back, reference.base / 2);
  } else {
    reference.base = 2 * (base - 2) + 1;
    reference.distance = bits_.Number(back, reference.distance);
  }
  if (!bits_.reads()) return;
  if (auto held = ids_.Resolve(reference)) {
    id = *held;
  } else {
    unresolved_ = true;
  }
}

void OpCoder::CodeOp(ColumnOp& column_op) {
  Op& op = column_op.op;
  Spend(DeviceId::kSize);
  std::optional<OpBody> body;
  if (!bits_.reads()) {
    if (Result<OpBody> known = DecodeBody(op.format, op.body)) body = std::move(*known);
  }
  if (bits_.Bit(ContextOf(kOpaque), !body)) {
    CodeOpaque(op);
  } else {
    if (!body) body.emplace();
    CodeBody(op, *body);
  }
  if (op.record) return;
  if (!bits_.Bit(ContextOf(kHasSeed, columns_.type), column_op.seed.has_value())) return;
  Bytes seed = column_op.seed ? ToBytes(column_op.seed->view()) : Bytes();
  CodeRaw(seed, Seed::kSize);
  column_op.seed = Seed::From(seed);
}

void OpCoder::CodeBody(Op& op, OpBody& body) {
  CodeNumber(body.type, ContextOf(kType, columns_.type));
  columns_.type = body.type;
  const bool changes = bits_.Bit(ContextOf(kHasRecord, body.type), op.record.has_value());
  if (changes && !op.record) op.record.emplace();
  const Context place = ContextOf(kPlace, body.type, changes ? 1 : 0);
  CodeEnvelope(op, place);
  CodeAuthor(body.author, place);
  if (bits_.Bit(ContextOf(kHasNonce, place), body.nonce.has_value())) {
    if (!body.nonce) body.nonce.emplace();
    CodeNonce(*body.nonce);
  }
  CodeEdits(body.edits, place);
  if (bits_.Bit(ContextOf(kHasSealed, place), body.sealed.has_value())) {
    if (!body.sealed) body.sealed.emplace();
    CodeSealed(*body.sealed, place);
  }
  if (!bits_.reads() || unresolved_) return;
  if (Status good = CheckEdits(body.edits); !good) Refuse(good.error().message);
  op.body = EncodeBody(body);
}

void OpCoder::CodeOpaque(Op& op) {
  CodeNumber(op.format, ContextOf(kFormat));
  const bool changes = bits_.Bit(ContextOf(kHasRecord), op.record.has_value());
  if (changes && !op.record) op.record.emplace();
  CodeEnvelope(op, ContextOf(kOpaque, changes ? 1 : 0));
  std::uint64_t size = op.body.size();
  CodeNumber(size, ContextOf(kBodySize));
  CodeRaw(op.body, static_cast<std::size_t>(size));
}

void OpCoder::CodeEnvelope(Op& op, Context place) {
  if (op.record) {
    OpId creating = CreatingOp(*op.record);
    CodeId(creating, ContextOf(kRecord, place));
    op.record = RecordOf(creating);
  }
  CodeParents(op, place);
  op.time.ms =
      Plus(bits_.Signed(ContextOf(kTime), Minus(op.time.ms, columns_.time.ms)), columns_.time.ms);
  columns_.time = op.time;
}

void OpCoder::CodeParents(Op& op, Context place) {
  std::uint64_t count = op.parents.size();
  CodeNumber(count, ContextOf(kParentCount, place));
  if (count > kParentsMax) Refuse("an op has too many parents");
  Spend(static_cast<std::size_t>(count) * OpId::kSize);
  // The op that created the record goes first: changes of new records have it.
  std::vector<OpId> parents = op.parents;
  if (count > 0 && op.record) {
    const OpId creating = CreatingOp(*op.record);
    auto found = std::find(parents.begin(), parents.end(), creating);
    if (bits_.Bit(ContextOf(kParentIsRecord, place), found != parents.end())) {
      if (found != parents.end()) parents.erase(found);
      if (bits_.reads()) op.parents.push_back(creating);
      --count;
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    OpId parent = bits_.reads() ? OpId() : parents[i];
    CodeId(parent, ContextOf(kParent, place));
    if (bits_.reads()) op.parents.push_back(parent);
  }
  if (!bits_.reads() || unresolved_) return;
  std::sort(op.parents.begin(), op.parents.end());
  if (std::adjacent_find(op.parents.begin(), op.parents.end()) != op.parents.end()) {
    Refuse("it names a parent twice");
  }
}

void OpCoder::CodeAuthor(std::optional<RecordId>& author, Context place) {
  if (!bits_.Bit(ContextOf(kHasAuthor, place), author.has_value())) return;
  if (!author) author.emplace();
  OpId id = CreatingOp(*author);
  if (bits_.Bit(ContextOf(kSameAuthor), columns_.author == id)) {
    if (bits_.reads() && !columns_.author) unresolved_ = true;
    if (columns_.author) id = *columns_.author;
  } else {
    const bool before = unresolved_;
    unresolved_ = false;
    CodeId(id, ContextOf(kAuthor));
    columns_.author = unresolved_ ? std::optional<OpId>() : id;
    unresolved_ |= before;
  }
  author = RecordOf(id);
}

void OpCoder::CodeNonce(std::uint64_t& nonce) {
  Bytes bytes;
  CanonicalOutput(bytes).PutFixed64(nonce);
  CodeRaw(bytes, kNonceBytes);
  nonce = CanonicalInput(bytes).TakeFixed64();
}

void OpCoder::CodeEdits(std::vector<Edit>& edits, Context place) {
  // The distance to the next edit's field plus one; 0 ends the list.
  std::uint32_t field = 0;
  for (std::size_t i = 0;; ++i) {
    const bool more = i < edits.size();
    std::uint64_t step = !bits_.reads() && more ? std::uint64_t{edits[i].field - field} + 1 : 0;
    step = bits_.Number(ContextOf(kField, place, field), step);
    if (step == 0) return;
    if (step - 1 > std::numeric_limits<std::uint32_t>::max() - field) {
      Refuse("a field number is out of range");
    }
    if (i >= kEditsMax) Refuse("an op has too many edits");
    Spend(1);
    field += static_cast<std::uint32_t>(step - 1);
    if (bits_.reads()) edits.push_back({field, {}});
    CodeValue(edits[i].value, ContextOf(kValue, place, field));
  }
}

void OpCoder::CodeValue(Value& value, Context place) {
  const auto kind =
      bits_.Tree(ContextOf(kKind, place), kKindBits, static_cast<std::uint32_t>(value.index()));
  const Context column = ContextOf(kValue, place, kind);
  auto code = [&]<class Number>(Number start) {
    if (!bits_.reads()) start = std::get<Number>(value);
    CodeNumber(start.number, column);
    value = start;
  };
  switch (kind) {
    case kNull:
      value = std::monostate{};
      return;
    case kBool:
      value = bits_.Bit(column, !bits_.reads() && std::get<bool>(value));
      return;
    case kInt:
      value = bits_.Signed(column, bits_.reads() ? 0 : std::get<std::int64_t>(value));
      return;
    case kDecimal: {
      Decimal decimal = bits_.reads() ? Decimal() : std::get<Decimal>(value);
      decimal.scale = static_cast<std::uint8_t>(
          bits_.Tree(ContextOf(kScale, column), kScaleBits, decimal.scale));
      decimal.mantissa = bits_.Signed(column, decimal.mantissa);
      value = decimal;
      return;
    }
    case kDate: {
      const std::int64_t day = DayOf(columns_.time);
      const std::int64_t days = bits_.reads() ? 0 : std::get<Date>(value).days;
      const std::int64_t read = Plus(bits_.Signed(column, Minus(days, day)), day);
      if (read < kDateDaysMin || read > kDateDaysMax)
        Refuse("a date is outside the years 1 to 9999");
      value = Date{static_cast<std::int32_t>(read)};
      return;
    }
    case kString: {
      std::string text = bits_.reads() ? std::string() : std::get<std::string>(value);
      CodeText(text, place);
      value = std::move(text);
      return;
    }
    case kCode:
      return code(Code{});
    case kAdd:
      return code(AddCode{});
    case kRemove:
      return code(RemoveCode{});
    case kRef: {
      OpId id = bits_.reads() ? OpId() : CreatingOp(std::get<RecordId>(value));
      CodeId(id, column);
      Spend(OpId::kSize);
      value = RecordOf(id);
      return;
    }
    default:
      Refuse("a value has an unknown kind");
  }
}

void OpCoder::CodeText(std::string& text, Context place) {
  std::uint64_t size = text.size();
  CodeNumber(size, ContextOf(kText, place));
  if (size > kTextBytesMax) Refuse("a text is too long");
  Spend(static_cast<std::size_t>(size));
  std::uint32_t before = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t letter = bits_.reads() ? 0 : static_cast<std::uint8_t>(text[i]);
    before = bits_.Tree(ContextOf(kLetter, place, std::min(i, kPlacesLearned), before), kByteBits,
                        letter);
    if (bits_.reads()) text.push_back(static_cast<char>(before));
  }
}

void OpCoder::CodeSealed(Bytes& sealed, Context place) {
  const std::uint64_t eights =
      bits_.Number(ContextOf(kSealedSize, place), sealed.size() >> kRestBits);
  const std::uint32_t rest =
      bits_.Tree(ContextOf(kSealedRest), kRestBits, static_cast<std::uint32_t>(sealed.size() & 7));
  if (eights > kOpBytesMax >> kRestBits) Refuse("a sealed part is too large");
  CodeRaw(sealed, static_cast<std::size_t>(eights << kRestBits) + rest);
}

}  // namespace tram::wire
