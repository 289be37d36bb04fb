// What is typed wrongly for the server's program: every verb, while a server runs and while none
// does. Each is refused as design says (2: wrong usage, 1: refused, in one line), and nothing
// changes.
#include "tests/e2e/whole_path/bad_input_fixture.h"
#include "tests/support/paths.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const std::vector<BadCall> kServerCalls = {
    {2, {}},
    {2, {""}},
    {2, {"frobnicate"}},
    {2, {"--frobnicate", "verify"}},
    {2, {"init", "extra"}},
    {2, {"serve", "extra"}},
    {2, {"serve", "--listen", "nowhere"}},
    {2, {"serve", "--listen", "127.0.0.1:99999"}},
    {2, {"serve", "--tls-cert", kText}},
    {2, {"unit"}},
    {2, {"unit", "frobnicate"}},
    {2, {"unit", "add"}},
    {2, {"unit", "add", "V", "Name"}},
    {2, {"unit", "move"}},
    {2, {"unit", "move", "U", "56"}},
    {2, {"unit", "import"}},
    {2, {"unit", "list", "extra"}},
    {2, {"device"}},
    {2, {"device", "code"}},
    {2, {"device", "code", "U", "--hours", "many"}},
    {2, {"programme"}},
    {2, {"programme", "add"}},
    {2, {"report", "--by", "street"}},
    {2, {"report", "--places", "later"}},
    {2, {"report", "--per", "week"}},
    {2, {"report", "extra"}},
    {2, {"export", "extra"}},
    {2, {"bundle"}},
    {2, {"bundle", "read"}},
    {2, {"bundle", "write", "U"}},
    {2, {"verify", "extra"}},
    {2, {"backup"}},
    {2, {"restore"}},
    {2, {"restore", kText, "extra"}},
    {1, {"init"}},
    {1, {"restore", kText}},
    {1, {"unit", "add", "", "Name", "--province", "56"}},
    {1, {"unit", "add", "U", "Name", "--province", "56"}},
    {1, {"unit", "add", "V W", "Name", "--province", "56"}},
    {1, {"unit", "add", Long(), "Name", "--province", "56"}},
    {1, {"unit", "add", "V", "", "--province", "56"}},
    {1, {"unit", "add", "V", Long(), "--province", "56"}},
    {1, {"unit", "add", "V", "two\nlines", "--province", "56"}},
    {2, {"unit", "add", "V", "\xff\xfe", "--province", "56"}},
    {1, {"unit", "add", "V", "Name", "--province", "zz"}},
    {1, {"unit", "add", "V", "Name", "--province", "two\nlines"}},
    {2, {"unit", "add", "V", "Name", "--province", "\xff"}},
    {1, {"unit", "add", "V", "Name", "--province", Long()}},
    {1, {"unit", "add", "V", "Name", "--province", "56", "--commune", "x"}},
    {1, {"unit", "add", "V", "Name", "--province", "56", "--from", "long ago"}},
    {1, {"unit", "move", "NOPE", "56", "--from", "2025-01-01"}},
    {1, {"unit", "move", "U", "zz", "--from", "2025-01-01"}},
    {1, {"unit", "move", "U", "56", "--from", "2025-02-30"}},
    {1, {"unit", "import", kMissing}},
    {1, {"unit", "import", "no\nsuch file"}},
    {1, {"unit", "import", kFolder}},
    {1, {"unit", "import", kBinary}},
    {1, {"unit", "import", kEmpty}},
    {1, {"unit", "import", kText}},
    {1, {"device", "code", "NOPE"}},
    {1, {"device", "code", ""}},
    {1, {"device", "code", "U"}},
    {1, {"device", "code", "U", "--hours", "0"}},
    {1, {"device", "code", "U", "--hours", "-5"}},
    {1, {"programme", "add", kMissing}},
    {1, {"programme", "add", kFolder}},
    {1, {"programme", "add", kBinary}},
    {1, {"programme", "add", kEmpty}},
    {1, {"programme", "add", kText}},
    {1, {"report", "--from", "yesterday"}},
    {1, {"report", "--from", "2026-03", "--to", "2026-02"}},
    {1, {"report", "--stratum", Long()}},
    {1, {"report", "--as-of", "2999-01"}},
    {1, {"report", "--as-of", "2026-13"}},
    {1, {"report", "--indicator", "bogus"}},
    {1, {"report", "--indicator", Long()}},
    {1, {"export", "--indicator", "bogus"}},
    {1, {"export", "--out", kFolder}},
    {1, {"export", "--out", kNowhere}},
    {1, {"export", "--out", kPipe}},
    {1, {"export", "--out", kOwnDatabase}},
    {1, {"bundle", "read", kMissing}},
    {1, {"bundle", "read", kFolder}},
    {1, {"bundle", "read", kBinary}},
    {1, {"bundle", "read", kEmpty}},
    {1, {"bundle", "read", kText}},
    {1, {"bundle", "write", "NOPE", kMissing}},
    {1, {"bundle", "write", "U", kFolder}},
    {1, {"bundle", "write", "U", kNowhere}},
    {1, {"bundle", "write", "U", kOwnDatabase}},
    {1, {"backup", kFolder}},
    {1, {"backup", kNowhere}},
    {1, {"backup", kText}},
    {1, {"backup", kOwnDatabase}},
    {1, {"backup", ""}},
    {1, {"bundle", "read", kText, "--answer", kOwnDatabase}},
    {1, {"programme", "add", kProgramme, "--signed", kOwnDatabase}},
    {1, {"programme", "add", kProgramme, "--signed", kNowhere}},
};

TEST_F(BadInputTest, EveryVerbOfTheServersProgram) {
  const json before = StateOfServer();
  const fs::path database = server_.folder() / "server.db";
  ASSERT_TRUE(fs::exists(database));
  auto run = [&](const std::vector<std::string>& arguments) { return server_.Run(arguments); };
  ExpectAllOrderly(kServerCalls, database, true, run);  // through the running server
  ASSERT_TRUE(server_.Running());
  EXPECT_EQ(StateOfServer(), before);
  a_.Sync();
  EXPECT_EQ(server_.Stop(), 0);
  ExpectAllOrderly(kServerCalls, database, false, run);
  EXPECT_EQ(StateOfServer(), before);

  auto elsewhere = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {test::kCentralServer, "--data", Path("other")});
    return RunProgram(arguments);
  };
  ExpectAllOrderly({{1, {"serve"}},
                    {1, {"verify"}},
                    {1, {"unit", "list"}},
                    {1, {"init", "--programme", kMissing}},
                    {1, {"init", "--programme", kBinary}},
                    {1, {"init", "--programme", kFolder}},
                    {1, {"restore", kMissing}},
                    {1, {"restore", kFolder}},
                    {1, {"restore", kBinary}},
                    {1, {"restore", (a_.folder() / "unit.db").string()}}},
                   "", false, elsewhere);
  EXPECT_FALSE(fs::exists(scratch_ / "other" / "server.db"));
  ExpectAllOrderly({{1, {"serve", "--tls-cert", kText, "--tls-key", kText}},
                    {1, {"serve", "--listen", "203.0.113.1:80"}},
                    {1, {"serve", "--listen", "not an address:80"}}},
                   "", false, run);
}

}  // namespace
}  // namespace tram::test
