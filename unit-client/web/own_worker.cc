#include "web/own_worker.h"

#include "web/record_words.h"

namespace tram::client {
namespace {

/// Another worker is called the same: a name alone then says nothing.
bool NameIsTaken(const PageCall& page, const RecordType& type, const RecordId& record,
                 const std::string& key) {
  for (const RecordId& other : page.device().view().Records(type)) {
    if (other != record && SignInKey(TitleOf(page, other)) == key) return true;
  }
  return false;
}

}  // namespace

Result<std::optional<std::string>> AfterNewWorker(PageCall& page, const Saved& saved) {
  TRAM_ASSIGN(const RecordView record, page.device().view().Find(saved.record));
  if (!record.type->worker) return std::optional<std::string>();
  const std::string key = SignInKey(TitleOf(page, saved.record));
  TRAM_ASSIGN(const std::vector<Person> people, AllPeople(page.device().log()));
  for (Person person : people) {
    if (person.worker || person.role != Role::kClinical || SignInKey(person.name) != key) continue;
    if (NameIsTaken(page, *record.type, saved.record, key)) break;
    TRAM_TRY(SetWorker(page.device(), person.name, saved.record));
    person.worker = saved.record;
    page.sessions.Update(person);
    return std::optional(SavedPath(page, saved) + "&" + kLinkedQuery + "=1");
  }
  if (page.session.person().worker) return std::optional<std::string>();
  return std::optional("/me?new=" + saved.record.Hex() + "&saved=" + saved.op.Hex());
}

}  // namespace tram::client
