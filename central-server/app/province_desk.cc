#include "app/province_desk.h"

#include <algorithm>

#include "tram/session/province_record.h"

namespace tram::server {
namespace {

Result<QuestionForm> FormOf(const UnitView& view) {
  if (std::optional<QuestionForm> form = QuestionFormOf(view.programme())) return *form;
  return MakeError(ErrorCode::kNotFound, "the programme has no questions of the province");
}

}  // namespace

Result<UnitView*> ProvinceDesk::ViewOf(const Unit& unit) {
  return state_.units().ViewOf(unit.id, state_.programme().programme);
}

Result<OpId> ProvinceDesk::Write(const Unit& unit, const MakeOp& make, const std::string& who,
                                 const std::string& what) {
  TRAM_ASSIGN(OpenUnit * open, state_.units().Open(unit.id));
  Result<OpId> written = [&]() -> Result<OpId> {
    TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state_.store().database()));
    TRAM_ASSIGN(ServerFeed feed, ServerFeed::Of(state_, *open->log));
    TRAM_ASSIGN(const Op op, make(feed));
    const OpId id = feed.Append(op);
    TRAM_TRY(open->log->Commit());
    const RecordId record = op.record.value_or(RecordOf(id));
    TRAM_TRY(state_.store().audit().Append(state_.NowMs(), who, what + ": " + record.Hex()));
    TRAM_TRY(transaction.Commit());
    return id;
  }();
  if (!written) state_.units().Drop(unit.id);
  return written;
}

Result<RecordId> ProvinceDesk::Ask(const Unit& unit, const RecordId& about, const std::string& text,
                                   const std::string& check, const std::string& who) {
  TRAM_ASSIGN(const UnitView* view, ViewOf(unit));
  TRAM_ASSIGN(const QuestionForm form, FormOf(*view));
  TRAM_ASSIGN(const std::vector<Question> questions, QuestionsIn(*view, form));
  std::size_t open = 0;
  for (const Question& question : questions) {
    if (question.standing == QuestionStanding::kClosed) continue;
    ++open;
    if (question.about == about) {
      return MakeError(ErrorCode::kExists, "there is an open question about this record");
    }
  }
  if (open >= kOpenQuestionsMax) {
    return MakeError(ErrorCode::kOverloaded, "too many questions of this unit are open");
  }
  const auto make = [&](ServerFeed& feed) {
    const ProvinceRecord record{form.type,
                                std::nullopt,
                                {{form.about->number, about},
                                 {form.text->number, text},
                                 {form.state->number, Code{form.open}}}};
    return CreatingOpOf(record, feed.device(), feed.Next({}), feed.NewNonce());
  };
  TRAM_ASSIGN(const OpId op, Write(unit, make, who,
                                   "question asked of unit " + unit.code + " about " + about.Hex() +
                                       ", found by " + check));
  return RecordOf(op);
}

Status ProvinceDesk::Close(const Unit& unit, const RecordId& id, const std::string& who) {
  TRAM_ASSIGN(const UnitView* view, ViewOf(unit));
  TRAM_ASSIGN(const QuestionForm form, FormOf(*view));
  TRAM_ASSIGN(const Question question, FindQuestion(*view, form, id));
  if (question.standing == QuestionStanding::kClosed) {
    return MakeError(ErrorCode::kExists, "this question is closed already");
  }
  const auto state = std::find_if(
      question.record.fields.begin(), question.record.fields.end(),
      [&](const FieldView& field) { return field.field->number == form.state->number; });
  const std::vector<OpId>& parents = state->parents;
  std::vector<HybridTime> times;
  for (const OpId& parent : parents) times.push_back(view->TimeOf(parent));
  const auto make = [&](ServerFeed& feed) {
    return ChangingOpOf({form.type, std::nullopt, {{form.state->number, Code{form.closed}}}}, id,
                        parents, feed.device(), feed.Next(times));
  };
  TRAM_ASSIGN(const OpId op, Write(unit, make, who, "question closed of unit " + unit.code));
  static_cast<void>(op);
  return {};
}

}  // namespace tram::server
