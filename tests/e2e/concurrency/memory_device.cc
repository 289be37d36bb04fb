#include "tests/e2e/concurrency/memory_device.h"

#include "tram/crypto/membership.h"
#include "tram/session/enrolment.h"

namespace tram::test {
namespace {

constexpr std::int64_t kHourMs = 3600 * 1000;
constexpr int kRequestsMax = 60;  // of one sync
constexpr int kHttpOk = 200;

}  // namespace

MemoryDevice::MemoryDevice(const MemoryDevice& inviter) : unit_(inviter.unit_) {
  const HybridTime expires{SystemClock().WallMs() + kHourMs};
  member_ = RedeemTicket(unit_, device_.id(),
                         IssueTicket(unit_, expires, inviter.device_.key(), SystemRandom()));
}

void MemoryDevice::Enrol(const std::string& url) {
  EnrolRequest request{device_.id(), code_, std::nullopt, member_};
  if (member_) request.unit = unit_;
  auto answer = http_.Post(url + kEnrolPath, AsBytes(EncodeEnrolRequest(request)));
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->status, kHttpOk) << answer->body;
  auto reply = DecodeEnrolReply(answer->body);
  ASSERT_TRUE(reply) << reply.error().message;
  unit_ = reply->unit;
  device_.Join(reply->unit, reply->server, reply->keys);
}

void MemoryDevice::Visit() {
  device_.Visit(DateOf(2026, 1 + static_cast<int>(visits_ % 9), 5), visits_ % 3 == 0, 30);
  ++visits_;
}

bool MemoryDevice::Sync(const std::string& url) {
  for (int requests = 0; requests < kRequestsMax; ++requests) {
    auto answer = http_.Post(url + kSyncPath, device_.Request());
    EXPECT_TRUE(answer) << answer.error().message;
    if (!answer) return false;
    if (!device_.Take({answer->status, "", answer->body, {}})) break;
  }
  ++syncs_;
  return true;
}

}  // namespace tram::test
