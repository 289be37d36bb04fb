// What a device seals for itself.
#include "tests/unit/session/new_unit.h"

namespace tram {
namespace {

using LocalSealTest = NewUnitTest;

TEST_F(LocalSealTest, OpensForItsPurposeOnlyAndNotWhileLocked) {
  auto device = NewDevice();
  const Bytes plain = ToBytes(AsBytes("Nguyễn Thị Hoa, nửa chừng"));
  const Bytes sealed = *device->SealLocal("drafts", plain);
  EXPECT_EQ(*device->OpenLocal("drafts", sealed), plain);
  EXPECT_EQ(device->OpenLocal("notes", sealed).error().code, ErrorCode::kDenied);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 1;
    EXPECT_FALSE(device->OpenLocal("drafts", changed)) << "byte " << i;
    EXPECT_FALSE(device->OpenLocal("drafts", ByteView(sealed).first(i))) << "cut to " << i;
  }
  EXPECT_EQ(*device->OpenLocal("drafts", *device->SealLocal("drafts", {})), Bytes());
  device->Lock();
  EXPECT_EQ(device->SealLocal("drafts", plain).error().code, ErrorCode::kDenied);
  EXPECT_EQ(device->OpenLocal("drafts", sealed).error().code, ErrorCode::kDenied);
}

TEST_F(LocalSealTest, HidesTheTextAndThatTwoAreEqual) {
  auto device = NewDevice();
  const std::string text = "Nguyễn Thị Hoa";
  const Bytes first = *device->SealLocal("drafts", AsBytes(text));
  const Bytes second = *device->SealLocal("drafts", AsBytes(text));
  EXPECT_EQ(AsText(first).find(text), std::string_view::npos);
  EXPECT_NE(ToBytes(ByteView(first).subspan(16)), ToBytes(ByteView(second).subspan(16)));
}

TEST_F(LocalSealTest, OpensAfterARestart) {
  auto device = NewDevice();
  const Bytes plain = ToBytes(AsBytes("a"));
  const Bytes sealed = *device->SealLocal("drafts", plain);
  device.reset();
  device = *Open();
  EXPECT_FALSE(device->OpenLocal("drafts", sealed));
  ASSERT_TRUE(device->Unlock(kUnitPassphrase));
  EXPECT_EQ(*device->OpenLocal("drafts", sealed), plain);
}

}  // namespace
}  // namespace tram
