// Others: another site in the same browser, and whoever reads the disk afterwards.
#include <gmock/gmock.h>

#include "tests/e2e/browser/pages_fixture.h"
#include "tests/support/planted_text.h"
#include "tram/web/listener.h"

namespace tram::test {
namespace {

TEST_F(PagesTest, AnotherSiteInTheSameBrowserCanNeitherReadNorPost) {
  SetUpUnit();
  auto evil = Listener::Start({}, [](HttpRequest, Respond respond) {
    HttpResponse page = TextResponse(200, "<!doctype html><title>x</title>");
    page.content_type = "text/html";
    respond(page);
  });
  ASSERT_TRUE(evil) << evil.error().message;
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    browser_->Go("http://" + host + ":" + std::to_string((*evil)->port()) + "/");
    const std::string page = At("/");
    const auto tries = browser_->Run(
        "const page = arguments[0], seen = {};"
        "const note = (name, promise) => promise.then((r) => { seen[name] = r; },"
        "                                             () => { seen[name] = 'refused'; });"
        "const read = (options) => fetch(page, options).then(async (r) => r.status + await "
        "r.text());"
        "window.tramSeen = null;"
        "Promise.all([note('read', read({credentials: 'include'})),"
        "  note('opaque', fetch(page, {mode: 'no-cors', credentials: 'include'})"
        "     .then(async (r) => r.type + await r.text())),"
        "  note('post', fetch(page + 'lock', {method: 'POST', mode: 'no-cors',"
        "     credentials: 'include', body: new URLSearchParams({csrf: 'x'})}).then((r) => "
        "r.type))])"
        ".then(() => { window.tramSeen = seen; });",
        {page});
    browser_->Wait("window.tramSeen !== null");
    const auto seen = browser_->Run("return window.tramSeen");
    EXPECT_EQ(seen["read"], "refused") << host;
    EXPECT_TRUE(seen["opaque"] == "refused" || seen["opaque"] == "opaque") << seen.dump();
    browser_->Run(
        "const frame = document.createElement('iframe'); frame.src = arguments[0];"
        "window.tramFramed = null;"
        "frame.onload = () => { let text = ''; try { text = frame.contentDocument.body.innerText; }"
        "  catch (e) { text = 'refused'; } window.tramFramed = text || 'refused'; };"
        "document.body.append(frame);",
        {page});
    browser_->Wait("window.tramFramed !== null");
    EXPECT_EQ(browser_->Run("return window.tramFramed"), "refused") << host;
  }
  browser_->Go(At("/"));
  EXPECT_TRUE(browser_->Has("form[role=search]")) << "it was not locked by the other site";
}

TEST_F(PagesTest, NothingSealedStaysInTheProfileTheFolderOrTemporaryFiles) {
  SetUpUnit();
  PlantedText planted;
  const std::string name = planted.Plant("name"), note = planted.PlantWords("note"),
                    half = planted.Plant("draft"), searched = planted.Plant("search");
  browser_->Go(At("/new/client"));
  browser_->Type("[name='f.full_name']", name);
  browser_->Run("document.querySelectorAll('details').forEach((d) => { d.open = true; })");
  browser_->Type("[name='f.note']", note);
  browser_->Follow("button[name=go][value=save]");
  EXPECT_NE(browser_->Text().find(name), std::string::npos);
  browser_->Go(At("/list/client"));
  browser_->Type("input[type=search]", searched);
  browser_->Follow("form[role=search] button");
  browser_->Go(At("/new/client"));
  browser_->Type("[name='f.full_name']", half);
  AwaitDraft();
  browser_->Follow("header form[action='/lock'] button");
  browser_->Close();
  for (const std::filesystem::path& place : {browser_->profile(), unit_->folder()}) {
    for (const auto& found : planted.SearchFiles(place)) {
      ADD_FAILURE() << found.where << " as " << found.form;
    }
  }
  browser_.reset();
  unit_->Stop();
  for (const auto& found : planted.SearchFiles(unit_->folder())) {
    ADD_FAILURE() << "after the end: " << found.where << " as " << found.form;
  }
}

}  // namespace
}  // namespace tram::test
