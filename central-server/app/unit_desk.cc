#include "app/unit_desk.h"

#include <fmt/format.h>

#include "app/unit_import.h"

namespace tram::server {

Error UnitDesk::Wrong(const char* vi, const char* en, const std::string& about,
                      const std::string& more) {
  return MakeError(ErrorCode::kInvalid,
                   fmt::format(fmt::runtime(in_ == Language::kVietnamese ? vi : en), about, more));
}

Status UnitDesk::NoFaults() const {
  if (faults_.empty()) return {};
  return MakeError(ErrorCode::kInvalid, faults_.front().text);
}

Status UnitDesk::Audit(const std::string& what) {
  return state_.store().audit().Append(state_.NowMs(), who_, what);
}

Result<Unit> UnitDesk::Known(const char* field, std::string_view code) {
  Result<Unit> unit = state_.store().units().ByCode(code);
  if (unit || unit.error().code != ErrorCode::kNotFound || in_ == Language::kEnglish) {
    return Note(field, std::move(unit));
  }
  return Note(field,
              Result<Unit>(MakeError(ErrorCode::kNotFound,
                                     fmt::format("không có đơn vị nào mang mã “{}”", code))));
}

Result<Date> UnitDesk::ReadDate(const char* field, const std::string& text) {
  Result<Date> date = ParsePersonDate(text);
  if (date || in_ == Language::kEnglish) return Note(field, std::move(date));
  return Note(field, Result<Date>(Wrong("“{}” không phải là một ngày: gõ ngày/tháng/năm, ví dụ "
                                        "01/07/2025",
                                        "", text, "")));
}

Status UnitDesk::CheckSuccessor(const Unit& unit, const Unit& successor, Date on) {
  // This one has to be open then, and its own merges, now or later, must not lead back.
  for (Unit at = successor;;) {
    if (at.number == unit.number) {
      return Wrong(
          "không thể nhập đơn vị {0} vào chính nó, hoặc vào một đơn vị sau này lại nhập "
          "vào {0}",
          "unit {0} cannot be merged into itself, or into a unit that goes on as {0}", unit.code,
          "");
    }
    if (!at.merged_into) break;
    TRAM_ASSIGN(at, state_.store().units().ByNumber(*at.merged_into));
  }
  if (!successor.closed_on || *successor.closed_on > on) return {};
  return Wrong("đơn vị {} đã đóng từ {}: hãy chọn đơn vị đang làm công việc này",
               "unit {} is closed since {}: name the unit that does the work now", successor.code,
               IsoDate(*successor.closed_on));
}

Result<Unit> UnitDesk::Add(const Addition& addition) {
  faults_.clear();
  (void)Note("code", CheckUnitCode(addition.code, in_));
  (void)Note("name", CheckUnitName(addition.name, in_));
  (void)Note("commune", CheckCommuneCode(addition.commune, in_));
  const Result<Date> from =
      addition.from.empty() ? state_.Today() : ReadDate("from", addition.from);
  const Membership membership{addition.province, from.value_or(Date()), std::nullopt};
  if (from) (void)Note("province", CheckMembership(state_.store().places(), membership, in_));
  TRAM_TRY(NoFaults());
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state_.store().database()));
  Result<Unit> unit = AddUnit(state_, addition.code, addition.name, addition.commune, membership);
  if (!unit && unit.error().code == ErrorCode::kExists && in_ == Language::kVietnamese) {
    unit = MakeError(ErrorCode::kExists, "đã có đơn vị mang mã " + addition.code);
  }
  if (!unit && unit.error().code == ErrorCode::kExists) return Note("code", std::move(unit));
  if (!unit) return unit;
  TRAM_TRY(Audit("unit add " + unit->code));
  TRAM_TRY(transaction.Commit());
  return unit;
}

Result<Unit> UnitDesk::Rename(const std::string& code, const std::string& name,
                              const std::string& commune) {
  faults_.clear();
  TRAM_ASSIGN(const Unit unit, Known("code", code));
  const Result<std::string> good = Note("name", CheckUnitName(name, in_));
  (void)Note("commune", CheckCommuneCode(commune, in_));
  TRAM_TRY(NoFaults());
  if (unit.name == *good && unit.commune == commune) return unit;
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state_.store().database()));
  TRAM_TRY(state_.store().units().Rename(unit.number, *good, commune));
  TRAM_TRY(Audit("unit rename " + unit.code + ": " + unit.name + " (" + unit.commune + ") to " +
                 *good + " (" + commune + ")"));
  TRAM_TRY(transaction.Commit());
  return state_.store().units().ByNumber(unit.number);
}

Result<Unit> UnitDesk::Move(const std::string& code, const std::string& province,
                            const std::string& from) {
  faults_.clear();
  Membership membership{province, {}, std::nullopt};
  TRAM_ASSIGN(membership.from, ReadDate("from", from));
  TRAM_TRY(Note("province", CheckMembership(state_.store().places(), membership, in_)));
  TRAM_ASSIGN(const Unit unit, Known("code", code));
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state_.store().database()));
  TRAM_TRY(state_.store().units().SetMembership(unit.number, membership));
  TRAM_TRY(
      Audit("unit move " + unit.code + " to " + province + " from " + IsoDate(membership.from)));
  TRAM_TRY(transaction.Commit());
  return unit;
}

Result<Unit> UnitDesk::Close(const std::string& code, const std::string& on,
                             const std::string& into) {
  faults_.clear();
  TRAM_ASSIGN(const Date day, ReadDate("on", on));
  TRAM_ASSIGN(const Unit unit, Known("code", code));
  std::optional<UnitNumber> number;
  if (!into.empty()) {
    TRAM_ASSIGN(const Unit successor, Known("into", into));
    TRAM_TRY(Note("into", CheckSuccessor(unit, successor, day)));
    number = successor.number;
  }
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state_.store().database()));
  TRAM_TRY(state_.store().units().Close(unit.number, day, number));
  TRAM_TRY(Audit("unit " + unit.code + (number ? " goes on as " + into : " is closed") + " from " +
                 IsoDate(day)));
  TRAM_TRY(transaction.Commit());
  return state_.store().units().ByNumber(unit.number);
}

Result<Unit> UnitDesk::Reopen(const std::string& code) {
  faults_.clear();
  TRAM_ASSIGN(const Unit unit, Known("code", code));
  if (!unit.closed_on) {
    return Wrong("đơn vị {} đang mở", "unit {} is not closed", unit.code, "");
  }
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state_.store().database()));
  TRAM_TRY(state_.store().units().Reopen(unit.number));
  TRAM_TRY(Audit("unit reopen " + unit.code));
  TRAM_TRY(transaction.Commit());
  return state_.store().units().ByNumber(unit.number);
}

}  // namespace tram::server
