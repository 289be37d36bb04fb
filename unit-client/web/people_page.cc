// Who works here, and who I am: adding people, their passphrases and roles, and which worker's
// record stands behind what one writes. Whatever decides something asks for the passphrase again,
// and what cannot be taken back at once asks whether it is meant.
#include <algorithm>

#include "app/names.h"
#include "app/people.h"
#include "tram/crypto/passphrase.h"
#include "web/page.h"
#include "web/record_words.h"

namespace tram::client {
namespace {

constexpr char kCommittee[] = "committee";
constexpr char kHandOver[] = "hand-over";

std::string RoleText(const PageCall& page, Role role) {
  return role == Role::kClinical
             ? page.Words("chuyên môn", "clinical")
             : page.Words("ban quản lý (chỉ xem báo cáo)", "committee (reports only)");
}

const RecordType* WorkerType(const PageCall& page) {
  for (const RecordType& type : page.device().programme().records) {
    if (type.worker) return &type;
  }
  return nullptr;
}

/// Workers' records to choose from; the chosen one is marked.
Result<Json> Workers(PageCall& page, const std::optional<RecordId>& chosen) {
  Json workers = Json::array();
  const RecordType* type = WorkerType(page);
  if (type == nullptr) return workers;
  for (const RecordId& id : page.device().view().Records(*type)) {
    TRAM_ASSIGN(const TitledRecord title, page.device().view().Title(id, page.call.Today()));
    workers.push_back({{"id", id.Hex()}, {"name", title.title}, {"chosen", chosen == id}});
  }
  return workers;
}

/// What went wrong with which form of the page, so that it is said beside it.
struct Problem {
  std::string form;  // "add", "role", "remove", "hand-over", "passphrase"; "" where nothing did
  std::string name;  // of "role" and "remove": whose form
  std::string text;
};

/// The forms about one person, and whether something was wrong with one of them.
Json PersonModel(const PageCall& page, const Person& person, std::size_t number,
                 const Problem& problem) {
  const bool me = person.name == page.session.person().name;
  const bool his = problem.name == person.name;
  const bool clinical = person.role == Role::kClinical;
  const bool decided = !person.keeper && !me && page.session.clinical();
  return {{"name", person.name},
          {"number", std::to_string(number)},
          {"role", RoleText(page, person.role)},
          {"clinical", clinical},
          {"keeper", person.keeper},
          {"me", me},
          {"decided", decided},
          {"role_problem", his && problem.form == "role" ? problem.text : ""},
          {"remove_problem", his && problem.form == "remove" ? problem.text : ""}};
}

/// Where in the page the form stands that something was wrong with.
std::string PlaceOf(const Problem& problem, const Json& people) {
  for (const Json& person : people) {
    if (person["name"] != problem.name || problem.name.empty()) continue;
    return problem.form + "-" + person["number"].get<std::string>();
  }
  return problem.form;
}

Result<Answer> PeoplePage(PageCall& call, const Problem& problem) {
  Page page;
  page.template_name = "people";
  page.title = call.Words("Người dùng máy này", "People of this computer");
  page.status = problem.text.empty() ? 200 : 400;
  TRAM_ASSIGN(const std::vector<Person> all, AllPeople(call.device().log()));
  Json people = Json::array(), heirs = Json::array();
  bool keeper = false;
  for (const Person& person : all) {
    people.push_back(PersonModel(call, person, people.size() + 1, problem));
    const bool me = person.name == call.session.person().name;
    keeper |= me && person.keeper;
    if (!person.keeper && person.role == Role::kClinical) {
      heirs.push_back({{"name", person.name}, {"chosen", person.name == call.Posted("to")}});
    }
  }
  const auto of = [&](const char* form) { return problem.form == form ? problem.text : ""; };
  page.model = {{"problem", problem.text},
                {"place", PlaceOf(problem, people)},
                {"done", call.Query("done") == "1"},
                {"people", std::move(people)},
                {"clinical", call.session.clinical()},
                {"hand_over", keeper && !heirs.empty()},
                {"nobody_to_hand_over_to", keeper && heirs.empty()},
                {"heirs", std::move(heirs)},
                {"hand_over_problem", of(kHandOver)},
                {"add_problem", of("add")},
                {"passphrase_problem", of("passphrase")},
                {"name", problem.form == "add" ? std::string(call.Posted("name")) : ""},
                {"committee", problem.form == "add" && call.Posted("role") == kCommittee}};
  return Answer(std::move(page));
}

Result<Answer> ShowPeople(PageCall& call) {
  // Drawn anew in another language: with what was typed.
  const bool adds = call.request.path == "/people/add";
  return PeoplePage(call, {adds ? "add" : "", "", ""});
}

/// What is wrong, in the person's language; the engine's words where they say more.
std::string ProblemText(const PageCall& page, const Error& error) {
  switch (error.code) {
    case ErrorCode::kDenied:
      return page.Words("Mật khẩu của bạn không đúng.", "Your passphrase is not right.");
    case ErrorCode::kExists:
      return page.Words("Tên này đã có người dùng.", "This name is taken.");
    case ErrorCode::kNotFound:
      return page.Words("Không còn ai tên này ở máy này.", "Nobody of this name is here any more.");
    default:
      return error.message;
  }
}

SignIn Me(const PageCall& page) {
  return {page.session.person().name, page.Posted("my_passphrase")};
}

/// What is wrong with a new passphrase before anybody is asked; "" where nothing is.
std::string NewPassphraseProblem(const PageCall& page) {
  if (page.Posted("passphrase") != page.Posted("again")) {
    return page.Words("Hai lần gõ mật khẩu không giống nhau.", "The two passphrases differ.");
  }
  if (CheckPassphrase(page.Posted("passphrase"))) return "";
  return page.Words("Mật khẩu phải có ít nhất 8 ký tự.", "A passphrase has at least 8 characters.");
}

std::string NotSure(const PageCall& page) {
  if (page.Posted("sure") == "1") return "";
  return page.Words("Hãy đánh dấu vào ô “Tôi hiểu” rồi làm lại.",
                    "Tick “I understand”, then do it once more.");
}

/// Runs `change` unless wrong passphrases were tried too often lately.
template <class Change>
Result<Answer> Decide(PageCall& call, Problem problem, Change change) {
  if (problem.text.empty()) {
    const std::string key = SignInKey(call.session.person().name);
    const std::int64_t now_ms = call.call.clock.SteadyMs();
    const Status done = call.sessions.passphrase_tries().Try(key, now_ms, change);
    if (done) return Answer(SeeOther("/people?done=1"));
    problem.text = problem.form == kHandOver && done.error().code == ErrorCode::kDenied
                       ? call.Words("Một trong hai mật khẩu không đúng.",
                                    "One of the two passphrases is not right.")
                       : ProblemText(call, done.error());
  }
  return PeoplePage(call, problem);
}

Result<Answer> AddOne(PageCall& call) {
  const std::string name(call.Posted("name")), passphrase(call.Posted("passphrase"));
  const Role role = call.Posted("role") == kCommittee ? Role::kCommittee : Role::kClinical;
  return Decide(call, {"add", "", NewPassphraseProblem(call)}, [&]() -> Status {
    auto added = AddPerson(call.device(), call.call.random, Me(call), {name, passphrase}, role,
                           std::nullopt);
    return added ? Status() : Status(added.error());
  });
}

/// "" unless this person keeps the device's passphrase: then nobody may change what he is.
std::string IsKeeper(const PageCall& page, const std::string& name) {
  const auto person = FindPerson(page.device().log(), name);
  if (!person || !person->keeper) return "";
  return page.Words(
      "{} giữ mật khẩu của máy, nên luôn còn một người mở được hồ sơ. Người đó phải bàn giao việc "
      "giữ mật khẩu cho người khác trước.",
      "{} keeps the computer's passphrase, so that somebody can always open the records. That has "
      "to be handed over to somebody else first.",
      name);
}

Result<Answer> RemoveOne(PageCall& call) {
  const std::string name(call.Posted("name"));
  return Decide(call, {"remove", name, IsKeeper(call, name)}, [&]() -> Status {
    TRAM_TRY(RemovePerson(call.device(), Me(call), name));
    call.sessions.EndPerson(name);
    return {};
  });
}

/// Another role, or a new passphrase for who forgot his. What the person opened before ends: an
/// open session would keep the old role, and a PIN the unit key.
Result<Answer> ChangeRole(PageCall& call) {
  const std::string name(call.Posted("name")), passphrase(call.Posted("passphrase"));
  const Role role = call.Posted("role") == kCommittee ? Role::kCommittee : Role::kClinical;
  Problem problem{"role", name, IsKeeper(call, name)};
  if (problem.text.empty()) problem.text = NotSure(call);
  if (problem.text.empty()) problem.text = NewPassphraseProblem(call);
  return Decide(call, std::move(problem), [&]() -> Status {
    TRAM_TRY(SetRole(call.device(), call.call.random, Me(call), name, role, passphrase));
    call.sessions.EndPerson(name);
    return {};
  });
}

Result<Answer> GiveToAnother(PageCall& call) {
  const std::string to(call.Posted("to"));
  Problem problem{kHandOver, "", NotSure(call)};
  if (to.empty()) problem.text = call.Words("Hãy chọn người nhận.", "Choose who takes it over.");
  return Decide(call, std::move(problem), [&]() -> Status {
    const Status given =
        HandOver(call.device(), call.call.random, Me(call), {to, call.Posted("passphrase")});
    if (given || given.error().code != ErrorCode::kInvalid) return given;
    return call.call.out.Fail(ErrorCode::kInvalid,
                              "Chỉ người đang giữ mật khẩu bàn giao được, và chỉ cho người làm "
                              "chuyên môn.",
                              "Only who keeps the passphrase can hand it over, and only to "
                              "somebody who works with clients.");
  });
}

Result<Answer> ChangePassphrase(PageCall& call) {
  const std::string next(call.Posted("passphrase"));
  return Decide(call, {"passphrase", "", NewPassphraseProblem(call)}, [&]() -> Status {
    TRAM_TRY(ChangeOwnPassphrase(call.device(), call.call.random, Me(call), next));
    call.sessions.EndPerson(call.session.person().name, &call.session);
    return {};
  });
}

Result<Answer> WhoAmI(PageCall& call) {
  Page page;
  page.template_name = "me";
  page.title = call.Words("Bạn là cán bộ nào?", "Which worker are you?");
  const RecordType* type = WorkerType(call);
  // One that was just made is likely, and never sure.
  const auto made = RecordId::FromHexText(call.Query("new"));
  const bool ask = made && call.device().view().Find(*made);
  TRAM_ASSIGN(Json workers, Workers(call, ask ? *made : call.session.person().worker));
  page.model = {{"asked", ask ? Json(TitleOf(call, *made)) : Json(nullptr)},
                {"type", type == nullptr ? Json(nullptr) : Json(type->name)},
                {"none", workers.empty()},
                {"workers", std::move(workers)}};
  return Answer(std::move(page));
}

Result<Answer> ChooseWorker(PageCall& call) {
  TRAM_ASSIGN(const RecordId worker, RecordId::FromHexText(call.Posted("worker")));
  const std::string name = call.session.person().name;
  TRAM_TRY(SetWorker(call.device(), name, worker));
  TRAM_ASSIGN(const Person person, FindPerson(call.device().log(), name));
  call.sessions.Update(person);
  return Answer(SeeOther("/"));
}

constexpr Route kRoutes[] = {
    {"GET", "/people", Access::kSignedIn, ShowPeople},
    {"POST", "/people/add", Access::kClinical, AddOne},
    {"POST", "/people/remove", Access::kClinical, RemoveOne},
    {"POST", "/people/role", Access::kClinical, ChangeRole},
    {"POST", "/people/hand-over", Access::kClinical, GiveToAnother},
    {"POST", "/people/passphrase", Access::kSignedIn, ChangePassphrase},
    {"GET", "/me", Access::kClinical, WhoAmI},
    {"POST", "/me", Access::kClinical, ChooseWorker},
};

}  // namespace

std::span<const Route> PeopleRoutes() { return kRoutes; }

}  // namespace tram::client
