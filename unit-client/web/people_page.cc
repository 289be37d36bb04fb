// Who works here, and who I am: adding people, their passphrases and roles, and which worker's
// record stands behind what one writes. Whatever decides something asks for the passphrase again.
#include <algorithm>

#include "app/names.h"
#include "app/people.h"
#include "tram/crypto/passphrase.h"
#include "web/page.h"

namespace tram::client {
namespace {

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

Result<Answer> PeoplePage(PageCall& call, const std::string& problem) {
  Page page;
  page.template_name = "people";
  page.title = call.Words("Người dùng máy này", "People of this computer");
  page.status = problem.empty() ? 200 : 400;
  TRAM_ASSIGN(const std::vector<Person> all, AllPeople(call.device().log()));
  Json people = Json::array();
  for (const Person& person : all) {
    const bool me = person.name == call.session.person().name;
    people.push_back({{"name", person.name},
                      {"role", RoleText(call, person.role)},
                      {"keeper", person.keeper},
                      {"me", me},
                      {"removable", !person.keeper && !me && call.session.clinical()}});
  }
  page.model = {{"problem", problem},
                {"done", call.Query("done") == "1"},
                {"people", std::move(people)},
                {"clinical", call.session.clinical()},
                {"name", std::string(call.Posted("name"))}};
  return Answer(std::move(page));
}

Result<Answer> ShowPeople(PageCall& call) { return PeoplePage(call, ""); }

/// What is wrong, in the person's language; the engine's words where they say more.
std::string ProblemText(const PageCall& page, const Error& error) {
  switch (error.code) {
    case ErrorCode::kDenied:
      return page.Words("Mật khẩu của bạn không đúng.", "Your passphrase is not right.");
    case ErrorCode::kExists:
      return page.Words("Tên này đã có người dùng.", "This name is taken.");
    default:
      return error.message;
  }
}

SignIn Me(const PageCall& page) {
  return {page.session.person().name, page.Posted("my_passphrase")};
}

/// Runs `change` unless wrong passphrases were tried too often lately.
template <class Change>
Result<Answer> Decide(PageCall& call, Change change) {
  const Status done = call.sessions.passphrase_tries().Try(SignInKey(call.session.person().name),
                                                           call.call.clock.SteadyMs(), change);
  if (!done) return PeoplePage(call, ProblemText(call, done.error()));
  return Answer(SeeOther("/people?done=1"));
}

Result<Answer> AddOne(PageCall& call) {
  const std::string passphrase(call.Posted("passphrase"));
  if (passphrase != call.Posted("again")) {
    return PeoplePage(
        call, call.Words("Hai lần gõ mật khẩu không giống nhau.", "The two passphrases differ."));
  }
  const std::string name(call.Posted("name"));
  const Role role = call.Posted("role") == "committee" ? Role::kCommittee : Role::kClinical;
  return Decide(call, [&]() -> Status {
    auto added = AddPerson(call.device(), call.call.random, Me(call), {name, passphrase}, role,
                           std::nullopt);
    return added ? Status() : Status(added.error());
  });
}

Result<Answer> RemoveOne(PageCall& call) {
  const std::string name(call.Posted("name"));
  return Decide(call, [&]() -> Status {
    TRAM_TRY(RemovePerson(call.device(), Me(call), name));
    call.sessions.EndPerson(name);
    return {};
  });
}

Result<Answer> ChangePassphrase(PageCall& call) {
  const std::string next(call.Posted("passphrase"));
  if (next != call.Posted("again")) {
    return PeoplePage(
        call, call.Words("Hai lần gõ mật khẩu không giống nhau.", "The two passphrases differ."));
  }
  return Decide(call, [&]() -> Status {
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
  TRAM_ASSIGN(Json workers, Workers(call, call.session.person().worker));
  page.model = {{"type", type == nullptr ? Json(nullptr) : Json(type->name)},
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
    {"POST", "/people/passphrase", Access::kSignedIn, ChangePassphrase},
    {"GET", "/me", Access::kClinical, WhoAmI},
    {"POST", "/me", Access::kClinical, ChooseWorker},
};

}  // namespace

std::span<const Route> PeopleRoutes() { return kRoutes; }

}  // namespace tram::client
