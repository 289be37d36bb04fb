// A unit as it is after a year of work, for tests of all its pages: people at every stage of their
// treatment, one record of each type, and one of everything that waits for somebody's decision.
// Threads: one test.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/browser/pages_fixture.h"
#include "tram/base/dates.h"

namespace tram::test {

class FilledUnitTest : public PagesTest {
 protected:
  void SetUp() override;
  /// Nobody has signed in yet, and the browser shows how one begins.
  virtual void AtFirstStart() {}

  /// Adds a record on the unit's own computer and returns its id.
  std::string Add(const std::string& type, const std::vector<std::string>& values);
  /// The day so many months ago, as files have it.
  std::string MonthsAgo(int months) const { return IsoDate(AddMonths(today_, -months)); }
  std::string RecordCalled(const std::string& name);
  /// What the second computer and this one have recorded reaches the other.
  void SyncBoth();
  /// Names of the programme's record types.
  static std::vector<std::string> RecordTypes();

  Date today_;
  std::unique_ptr<RealDevice> own_, second_;
  std::map<std::string, std::string> record_of_;  // one of each type
  std::string in_treatment_;
  std::string twin_, other_twin_;  // perhaps one person
  std::string merged_, waiting_, deleted_, deleted_and_changed_, in_conflict_;
  std::string settled_;  // whose finding was looked at

 private:
  void AddPeople();
  void AddPerson(int number, const std::string& name);
  void AddOthers();
  void AskAsProvince(const std::string& about);
  void LookAtFindings();
  void DisagreeWithSecond();
  /// A change whose predecessor is on no computer that is at work: its record waits for it.
  void WaitForSomething();
  void HoldSomething();
};

}  // namespace tram::test
