// What people type: dates, months, numbers, codes, sets, spoken codes, hexadecimal and base64.
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/small_programme.h"
#include "tram/base/dates.h"
#include "tram/crypto/passphrase.h"

namespace tram::fuzz {
namespace {

void TryDates(std::string_view text) {
  for (const auto& date : {ParseIsoDate(text), ParsePersonDate(text), ParseMonth(text)}) {
    if (!date) continue;
    Promise(date->days >= kDateDaysMin && date->days <= kDateDaysMax, "a date is within its years");
    const auto again = ParseIsoDate(IsoDate(*date));
    Promise(again && *again == *date, "a date comes back as it was");
    Promise(MonthEnd(*date) >= *date && ParseMonth(MonthText(*date)).value() <= *date,
            "a month holds its days");
  }
}

void TryMoments(ByteView bytes) {
  const auto ms = static_cast<std::int64_t>(FuzzInput(bytes).Number());
  const auto date = ParseIsoDate(LocalTimeText(ms).substr(0, 10));
  Promise(date && *date == LocalDate(ms), "a moment's text begins with its day");
}

void TryValues(std::string_view text) {
  static const std::shared_ptr<const Programme> programme = small::SmallProgramme();
  for (const RecordType& type : programme->records) {
    for (const Field& field : type.fields) {
      if (field.type == FieldType::kSet) {
        (void)ParseSet(*programme, field, text);
        continue;
      }
      const auto value = ParseValue(*programme, field, text);
      if (!value) continue;
      const auto again = ParseValue(*programme, field, FieldText(*programme, field, *value));
      Promise(again && *again == *value, "a value comes back as it was");
    }
  }
  const auto decimal = ParseDecimal(text);
  if (!decimal) return;
  const auto again = ParseDecimal(DecimalText(*decimal));
  Promise(again && *again == *decimal, "a decimal comes back as it was");
}

void TryCodes(std::string_view text) {
  if (const auto bytes = FromHex(text)) {
    Promise(FromHex(ToHex(*bytes)).value() == *bytes, "hexadecimal comes back as it was");
  }
  if (const auto bytes = FromBase64(text)) {
    Promise(ToBase64(*bytes) == text, "base64 has one form");
  }
  if (const auto normal = NormalSpokenCode(text)) {
    Promise(NormalSpokenCode(*normal).value_or("") == *normal, "a normal code stays as it is");
  }
  (void)CheckPassphrase(text);
}

}  // namespace

void FuzzValues(ByteView bytes) {
  TryDates(AsText(bytes));
  TryMoments(bytes);
  TryValues(AsText(bytes));
  TryCodes(AsText(bytes));
}

}  // namespace tram::fuzz
