// A unit without a network: its records go by a stick, and only the server's answer confirms them.
#include <gmock/gmock.h>

#include "tests/e2e/browser/pages_fixture.h"
#include "tram/base/bytes.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

using testing::HasSubstr;

// What the page's own form gives, and a file into the page's own form, without the file dialogs.
constexpr char kWrite[] =
    "return (async () => {"
    "  const form = document.querySelector(\"form[action='/bundle/write']\");"
    "  const got = await fetch(form.action, {method: 'POST',"
    "    body: new URLSearchParams(new FormData(form))});"
    "  return [...new Uint8Array(await got.arrayBuffer())]"
    "    .map((byte) => byte.toString(16).padStart(2, '0')).join(''); })()";
constexpr char kChoose[] =
    "const bytes = new Uint8Array(arguments[0].match(/../g).map((two) => parseInt(two, 16)));"
    "const chosen = new DataTransfer();"
    "chosen.items.add(new File([bytes], 'answer.bundle'));"
    "document.getElementById('file').files = chosen.files; return true";

TEST_F(PagesTest, WithoutANetworkAStickCarriesTheDayAndBringsTheAnswer) {
  SetUpUnit();
  server_->Stop();
  browser_->Go(At("/new/client"));
  browser_->Type("[name='f.full_name']", "Đỗ Minh Hà");
  browser_->Follow("button[name=go][value=save]");
  browser_->Go(At("/sync"));
  EXPECT_THAT(browser_->Text(), HasSubstr("mà máy chủ chưa xác nhận"));
  auto bundle = FromHex(browser_->Run(kWrite).get<std::string>());
  ASSERT_TRUE(bundle && bundle->size() > 100) << "no bundle was written";
  const auto file = scratch_ / "day.bundle", answer = scratch_ / "answer.bundle";
  ASSERT_TRUE(WriteFileAtomically(file, *bundle));
  browser_->Reload();
  EXPECT_THAT(browser_->Text(), HasSubstr("mà máy chủ chưa xác nhận"))
      << "written is not sent, and sent is not confirmed";
  const RunResult read =
      server_->Run({"bundle", "read", file.string(), "--answer", answer.string()});
  ASSERT_EQ(read.exit, 0) << read.err;
  const auto bytes = ReadFile(answer, 1 << 20);
  ASSERT_TRUE(bytes) << bytes.error().message;
  browser_->Run(kChoose, {ToHex(AsBytes(*bytes))});
  browser_->Follow("form[action='/bundle/read'] button");
  EXPECT_THAT(browser_->Text(), HasSubstr("Máy chủ đã trả lời gói của máy này"));
  EXPECT_THAT(browser_->Text(), HasSubstr("Máy chủ đã xác nhận mọi thay đổi"));
  Shoot("stick-answered");

  browser_->Go(At("/sync"));
  browser_->Run(kChoose, {"00ff"});
  browser_->Follow("form[action='/bundle/read'] button");
  EXPECT_THAT(browser_->Text(), HasSubstr("Tệp này không phải gói đồng bộ"));
}

}  // namespace
}  // namespace tram::test
