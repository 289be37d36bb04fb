// What people are told about syncing, and carrying records by file.
#include "tests/unit/unit_client/page_fixture.h"

namespace tram::client {
namespace {

constexpr char kBoundary[] = "----tram7MA4YWxk";

class SyncPagesTest : public PageTest {
 protected:
  Page Get(const std::string& path = "/sync") { return PageOf(Run(SyncRoutes(), "GET", path)); }
  Json State() { return Json::parse(ResponseOf(Run(SyncRoutes(), "GET", "/sync/state")).body); }
  Result<Answer> Upload(const std::string& content) {
    const std::string line = std::string("--") + kBoundary;
    const std::string body =
        line + "\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nx\r\n" + line +
        "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bundle\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\n" +
        content + "\r\n" + line + "--\r\n";
    return Run(SyncRoutes(), "POST", "/bundle/read", {}, body,
               std::string("multipart/form-data; boundary=") + kBoundary);
  }
  std::string Bundle() {
    const HttpResponse response = ResponseOf(Run(SyncRoutes(), "POST", "/bundle/write"));
    EXPECT_EQ(response.content_type, "application/octet-stream");
    EXPECT_TRUE(HeaderOf(response, "Content-Disposition").starts_with("attachment; filename="));
    return response.body;
  }
  /// The same installation once more, as a copied folder is.
  std::unique_ptr<UnitDevice> Copy() {
    device_.reset();
    std::filesystem::copy(folder_, scratch_ / "copy", std::filesystem::copy_options::recursive);
    auto copy = UnitDevice::Open(scratch_ / "copy", SystemClock(), SystemRandom());
    EXPECT_TRUE(copy) << copy.error().message;
    EXPECT_TRUE((*copy)->Unlock(kUnitPassphrase));
    device_ = *Open();
    EXPECT_TRUE(device_->Unlock(kUnitPassphrase));
    return *std::move(copy);
  }
};

TEST_F(SyncPagesTest, WhatTheServerHasNotConfirmedIsNeverSaidToBeSent) {
  Add("client", {{"full_name", "Lê Thị Hoa"}});
  sync_.has_server = true;
  Json state = State();
  EXPECT_GT(state["waiting"], 0);
  EXPECT_EQ(state["confirmed"], false);
  EXPECT_NE(state["waiting_text"].get<std::string>().find("chưa xác nhận"), std::string::npos);
  sync_.running = true;  // nothing left to send, no receipt yet
  state = State();
  EXPECT_EQ(state["confirmed"], false);
  EXPECT_NE(state["running_text"], "");
  const std::string drawn = Drawn(Get(), Language::kVietnamese);
  EXPECT_EQ(drawn.find("đã xác nhận mọi thay đổi"), std::string::npos);
}

TEST_F(SyncPagesTest, ASyncIsAskedForOnceAndThePageComesBack) {
  sync_.has_server = true;
  const HttpResponse done = ResponseOf(Run(SyncRoutes(), "POST", "/sync"));
  EXPECT_EQ(HeaderOf(done, "Location"), "/sync");
  EXPECT_EQ(asked_, 1);
  DrawsInBoth(Get(), "Đồng bộ ngay", "Sync now");
}

TEST_F(SyncPagesTest, AFailureIsSaidInWordsWithTheNextStep) {
  SyncOutcome outcome;
  HttpClient http;
  const OnOwner here = [&](const std::function<void(UnitDevice&)>& task) {
    task(*device_);
    return true;
  };
  RunSync(here, http, SystemClock(), "", {});  // a unit without a server
  const auto last = ReadLastSync(device_->log());
  ASSERT_TRUE(last);
  EXPECT_FALSE(last->whole);
  EXPECT_EQ(last->code, ErrorCode::kInvalid);
  EXPECT_NE(State()["last_text"].get<std::string>().find("không xong"), std::string::npos);
}

TEST_F(SyncPagesTest, ABundleGoesFromOneComputerToAnother) {
  auto copy = Copy();
  const RecordId client = Add("client", {{"full_name", "Lê Thị Hoa"}});
  const std::string bundle = Bundle();
  std::swap(device_, copy);
  const Page page = PageOf(Upload(bundle));
  EXPECT_GT(page.model["read"]["new_ops"], 0);
  EXPECT_TRUE(device_->view().Find(client));
  DrawsInBoth(page, "Đã nhận từ tệp", "Taken from the file");
}

TEST_F(SyncPagesTest, ACopiedInstallationIsSaid) {
  Add("client", {{"full_name", "Trước khi sao chép"}});
  auto copy = Copy();
  const auto texts = [&] { return Get().model["notices"].dump(); };
  EXPECT_EQ(texts().find("sao chép"), std::string::npos);
  Add("client", {{"full_name", "Ở đây"}});
  const std::string bundle = Bundle();
  std::swap(device_, copy);
  Add("client", {{"full_name", "Ở bản sao"}});
  ASSERT_TRUE(PageOf(Upload(bundle)).model.contains("read"));
  EXPECT_NE(texts().find("sao chép"), std::string::npos);
}

TEST_F(SyncPagesTest, AFileThatIsNoBundleIsRefusedInWords) {
  Add("client", {{"full_name", "Lê Thị Hoa"}});
  std::string damaged = Bundle();
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x20);
  const auto before = device_->log().size();
  for (const std::string& content : {std::string("xin chào"), damaged, std::string()}) {
    const Page page = PageOf(Upload(content));
    EXPECT_EQ(page.status, 400);
    EXPECT_NE(page.model["file_error"], "");
    DrawsInBoth(page, "Tệp gói để đọc vào", "Bundle file to read");
  }
  EXPECT_EQ(device_->log().size(), before);
  EXPECT_EQ(
      Run(SyncRoutes(), "POST", "/bundle/read", {}, "a=b", "application/x-www-form-urlencoded")
          .error()
          .code,
      ErrorCode::kInvalid);
}

}  // namespace
}  // namespace tram::client
