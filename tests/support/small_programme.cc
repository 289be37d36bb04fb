#include "tests/support/small_programme.h"

#include "tram/model/op.h"

namespace tram::small {
namespace {

Field NewField(std::uint32_t number, const char* name, FieldType type, bool clear) {
  Field field;
  field.number = number;
  field.name = name;
  field.type = type;
  field.clear = clear;
  field.group = number;
  field.label = {name, name};
  return field;
}

Field Coded(std::uint32_t number, const char* name, FieldType type, bool clear, const char* codes) {
  Field field = NewField(number, name, type, clear);
  field.codes = codes;
  return field;
}

RecordType NewType(std::uint32_t number, const char* name, const char* parent) {
  RecordType type;
  type.number = number;
  type.name = name;
  type.parent = parent;
  type.label = type.label_many = {name, name};
  return type;
}

RecordType Client() {
  RecordType type = NewType(kClient, "client", "");
  type.person = true;
  Field birth_year = NewField(kBirthYear, "birth_year", FieldType::kInt, false);
  birth_year.min = 1900;
  birth_year.max = 2100;
  Field code = NewField(kCode, "code", FieldType::kText, true);
  code.max = 6;
  code.default_value = "'C' || 1";
  type.fields = {code, NewField(kFullName, "full_name", FieldType::kText, false),
                 Coded(kSex, "sex", FieldType::kCode, true, "sex"), birth_year};
  return type;
}

RecordType Episode() {
  RecordType type = NewType(kEpisode, "episode", "client");
  Field intake = NewField(kIntake, "intake_date", FieldType::kDate, true);
  intake.required = true;
  intake.default_value = ":as_of";
  Field end = NewField(kEnd, "end_date", FieldType::kDate, true);
  end.valid_if = "end_date >= intake_date -- the day itself is allowed";
  end.help = {"ngày kết thúc trước ngày vào", "the end is before the intake"};
  Field score = NewField(kScore, "score", FieldType::kDecimal, true);
  score.scale = 1;
  score.min = 0;
  score.max = 10;
  type.fields = {intake, end, Coded(kDrugs, "drugs", FieldType::kSet, false, "drug"), score};
  return type;
}

RecordType Session() {
  RecordType type = NewType(kSession, "session", "episode");
  Field date = NewField(kDate, "date", FieldType::kDate, true);
  date.required = true;
  date.valid_if = "date >= (SELECT intake_date FROM episode WHERE id = session.parent)";
  Field use = Coded(kUse, "use", FieldType::kCode, true, "use");
  Field use_date = NewField(kUseDate, "use_date", FieldType::kDate, true);
  use_date.group = kUse;
  use_date.required = true;
  use_date.visible_if = "use <> 'none'";
  use_date.valid_if = "use_date <= :as_of";
  Field note = NewField(kNote, "note", FieldType::kText, false);
  Field remark = NewField(kRemark, "remark", FieldType::kText, true);
  remark.group = kNote;
  Field by = NewField(kBy, "held_by", FieldType::kRef, true);
  by.refers_to = "worker";
  type.fields = {date,
                 Coded(kKind, "kind", FieldType::kCode, true, "kind"),
                 use,
                 use_date,
                 note,
                 Coded(kTopics, "topics", FieldType::kSet, true, "topic"),
                 NewField(kFamily, "family_present", FieldType::kBool, true),
                 remark,
                 by};
  return type;
}

CodeList List(const char* name, std::vector<CodeValue> values) {
  for (CodeValue& value : values) value.label = {value.name, value.name};
  return {name, std::move(values)};
}

CodeValue Value(std::uint32_t number, const char* name, bool retired = false) {
  return {number, name, {}, retired};
}

}  // namespace

std::shared_ptr<const Programme> SmallProgramme() {
  auto programme = std::make_shared<Programme>();
  programme->name = "small";
  programme->version = 1;
  programme->code_lists = {
      List("sex", {Value(1, "female"), Value(2, "male"), Value(3, "other", true)}),
      List("drug", {Value(1, "heroin"), Value(2, "ketamine"), Value(3, "cannabis")}),
      List("kind", {Value(1, "individual"), Value(2, "group")}),
      List("use", {Value(1, "none"), Value(2, "lapse"), Value(3, "relapse")}),
      List("topic", {Value(1, "work"), Value(2, "family"), Value(3, "health")})};
  RecordType worker = NewType(kWorker, "worker", "");
  worker.worker = true;
  worker.fields = {NewField(kDisplayName, "display_name", FieldType::kText, false)};
  programme->records = {Client(), Episode(), Session(), worker};
  programme->checks = {{"end_before_intake",
                        "episode",
                        "SELECT id FROM episode WHERE end_date < intake_date",
                        false,
                        true,
                        {"kết thúc trước khi vào", "ends before it begins"}},
                       {"future_date",
                        "session",
                        "SELECT id FROM session WHERE date > :as_of",
                        false,
                        true,
                        {"ngày trong tương lai", "a date in the future"}},
                       {"same_name",
                        "client",
                        "SELECT a.id FROM client a JOIN client b ON a.id <> b.id "
                        "AND fold(a.full_name) = fold(b.full_name)",
                        true,
                        false,
                        {"hai hồ sơ cùng tên", "two records of one name"}}};
  Indicator sessions;
  sessions.name = "sessions";
  sessions.kind = IndicatorKind::kActivity;
  sessions.sql =
      "SELECT month_of(date), 'all', '', count(*), sum(conflict) FROM session "
      "WHERE date <= :as_of GROUP BY month_of(date)";
  sessions.by_person = true;
  programme->derived = {{"cohort",
                         "SELECT parent AS client, min(intake_date) AS t0 FROM episode "
                         "WHERE intake_date <= :as_of AND parent IS NOT NULL GROUP BY parent",
                         {"client"}}};
  Indicator first;
  first.name = "first_by_sex";
  first.by_person = true;
  first.sql =
      "SELECT month_of(t0), 'sex=' || coalesce(sex, ''), '', count(*), 0 "
      "FROM cohort JOIN client ON client.id = cohort.client GROUP BY 1, 2";
  Indicator findings;
  findings.name = "findings";
  findings.by_person = true;
  findings.sql = "SELECT '', 'all', name, count(*), 0 FROM finding GROUP BY name";
  programme->indicators = {sessions, first, findings};
  return programme;
}

}  // namespace tram::small
