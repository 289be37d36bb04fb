// What the tests of questions share: the pages' server with a small programme that has a question,
// checks and a worklist, and a unit whose device is the health worker's own (session code, view and
// keys), synced with the server by the messages of both.
#pragma once

#include "app/province_desk.h"
#include "tests/unit/central_server/pages_fixture.h"
#include "tram/session/unit_device.h"

namespace tram::server {

// The programme's numbers.
inline constexpr std::uint32_t kVisit = 16, kVisitDate = 16, kVisitUsed = 17, kVisitDays = 18,
                               kVisitNote = 19;
inline constexpr std::uint32_t kAgain = 17, kAgainOn = 16, kAgainScore = 17;
inline constexpr std::uint32_t kAsked = 29, kAskedAbout = 16, kAskedText = 17, kAskedReply = 18,
                               kAskedWords = 19, kAskedState = 20;
/// Checks of the programme.
inline constexpr char kDaysWithoutUse[] = "days_without_use";  // reads used and days of a visit
inline constexpr char kAgainBefore[] = "again_before";  // `on`, and the date of the visit above

class QuestionsTest : public PagesTest {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// A device of a unit, enrolled, unlocked. Before Serve.
  std::unique_ptr<UnitDevice> NewDevice(const Unit& unit);
  /// As `unit-client sync`: until nothing is left on either side.
  void Sync(UnitDevice& device);
  RecordId Save(UnitDevice& device, const std::string& type,
                std::map<std::uint32_t, Value> values = {},
                const std::optional<RecordId>& parent = std::nullopt);
  void Change(UnitDevice& device, const RecordId& record, std::map<std::uint32_t, Value> values);
  /// A visit with days of use that says it had none: what kDaysWithoutUse finds.
  RecordId WrongVisit(UnitDevice& device);
  /// What the device's worklist of questions shows.
  std::vector<RecordId> ToAnswer(UnitDevice& device);
  static Value ValueOf(const RecordView& record, std::uint32_t field);

  /// The worker's steps until nothing is left, also where the owner's thread has it.
  void WorkAll();
  std::vector<std::string> AuditLines();
  /// The address of a record on the pages.
  static std::string At(const Unit& unit, const std::string& check, const RecordId& record);

  Unit unit_;  // KH-01, of province 56
  test::ScratchFolder device_folder_;
  std::unique_ptr<UnitDevice> device_;  // of unit_

 private:
  int devices_ = 0;
};

}  // namespace tram::server
