// Every route of the server with every text of scanner.h in every place of a request: no answer
// holds what was sent as anything but text, no statement is made of it, nothing is written by
// reading, and every answer tells a browser what it must.
#include "tests/unit/central_server/scanner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <map>
#include <set>

#include "app/account_desk.h"
#include "auth/request_rate.h"
#include "exports/data_sets.h"
#include "tests/support/paths.h"
#include "tests/unit/central_server/page_tables.h"
#include "tests/unit/central_server/released_year.h"
#include "tests/unit/central_server/route_examples.h"
#include "tests/unit/central_server/visitor.h"
#include "tram/base/os_file.h"
#include "tram/web/kept.h"
#include "tram/web/site.h"

namespace tram::server {
namespace {

constexpr std::size_t kFailuresMax = 4;  // of one target: more says nothing new

/// A route as it is asked: with a path, and a value that serves for all that it reads.
struct Target {
  Route route;
  std::string path;
  HttpFields reads;

  bool posts() const { return route.method == "POST"; }
  bool for_programs() const {
    return route.access == Access::kToken || route.access == Access::kTokenRight;
  }
  std::string Name() const { return std::string(route.method) + " " + path; }
};

std::string AsForm(const HttpFields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    text += (text.empty() ? "" : "&") + PercentEncode(name) + "=" + PercentEncode(value);
  }
  return text;
}

/// `fields` with another value under `name`.
HttpFields With(HttpFields fields, const std::string& name, const std::string& value) {
  fields.erase(name);
  fields.emplace(name, value);
  return fields;
}

class ScannerTest : public ReleasedYearTest {
 protected:
  void SetUp() override {
    ReleasedYearTest::SetUp();
    manager_ = AddAccount("ca.nuoc", Role::kManager);
    admin_ = AddAccount("quan.tri", Role::kAdministrator);
    province_ = AddAccount("can.bo", Role::kProvince, {"56"});
    subject_ = AddAccount("ai.do", Role::kProvince, {"24"});
    Work();  // or the owner's thread does it beside the test
    Start({{kTestHost}, false});
    noon_ms_ = clock_.ms;
    store_before_ = StoreText();
  }

  void Start(Front::Options options) {
    secure_ = options.secure;
    Serve(std::move(options));
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      TRAM_ASSIGN(const NewLink link, IssueLink(server, subject_, SecondFactor::kKeep, "test"));
      link_ = link.path;
      return {};
    });
  }

  /// Whoever may do the most there.
  const Account& Who(Right right) const {
    if (right == Right::kActivity || right == Right::kOutcomes) return manager_;
    return right == Right::kQuestions ? province_ : admin_;
  }
  void BecomeWhoMay(const Target& target) {
    if (target.for_programs()) {
      // A new token, at the same time of day: it has asked for nothing yet.
      SetTime(noon_ms_);
      AsToken(Who(target.route.right), {std::begin(kRights), std::end(kRights)});
      return;
    }
    if (target.route.access != Access::kAnybody) return Become(Who(target.route.right));
    Become(std::nullopt);
    const auto csrf = Matches(Get("/sign-in").body, "name=\"csrf\" value=\"([^\"]*)\"");
    csrf_ = csrf.empty() ? "" : csrf[0];
  }

  std::vector<Target> Targets() {
    std::map<std::string, Route> routes;
    for (const Route& route : Front::Routes()) {
      routes[std::string(route.method) + " " + std::string(route.pattern)] = route;
    }
    std::vector<Target> targets;
    for (const RouteExample& example : RouteExamples()) {
      const auto route = routes.find(example.route);
      if (route == routes.end()) continue;  // the rights' test says so
      targets.push_back(MadeTarget(route->second, example.path, example.reads));
    }
    for (const DataSet& set : DataSets()) {
      for (const char* address : {"/export/", "/api/v1/data/"}) {
        Target target{routes.at("GET " + std::string(address) + "{}"), address, {}};
        target.route.right = set.right;
        target.path += std::string(set.name) + (target.for_programs() ? "" : ".csv");
        for (const DataParameter& parameter : set.parameters) {
          const bool unit = parameter.name == "unit";
          target.reads.emplace(parameter.name, unit ? units_[0].code : parameter.example);
        }
        if (!target.for_programs() ||
            (set.right != Right::kAccounts && set.right != Right::kQuestions)) {
          targets.push_back(std::move(target));
        }
      }
    }
    const Route language{"POST", "/language", Access::kSignedIn};
    targets.push_back({language, "/language", {{"back", "/units"}, {"to", "en"}}});
    return targets;
  }
  Target MadeTarget(const Route& route, const char* path, const char* reads) {
    const ExamplePlaces places{units_[0].code, "56", std::to_string(subject_.number)};
    std::string made = ExamplePath(path, places);
    Target target{route, made.substr(0, made.find('?')), {}};
    if (target.path.starts_with("/welcome/")) target.path = link_;
    auto fields = DecodeForm(ExamplePath(reads, places));
    EXPECT_TRUE(fields) << reads;
    if (fields) target.reads = std::move(*fields);
    return target;
  }

  /// Nothing: no server takes such an address.
  std::optional<HttpResponse> Ask(const Target& target, const std::string& path,
                                  const HttpFields& fields,
                                  const std::map<std::string, std::string>& headers = {}) {
    HttpRequest request;
    request.method = std::string(target.route.method);
    std::string address = path;
    if (!target.posts() && !fields.empty()) address += "?" + AsForm(fields);
    if (!SetTarget(request, address)) return std::nullopt;
    if (target.posts()) {
      request.headers["origin"] = std::string("http") + (secure_ ? "s" : "") + "://" + kTestHost;
      request.headers["content-type"] = "application/x-www-form-urlencoded";
      HttpFields all = fields;
      for (auto& [name, value] : all) {  // a name that nobody has yet
        if (const auto n = value.find("{n}"); n != value.npos) {
          value.replace(n, 3, std::to_string(requests_));
        }
      }
      all.emplace("csrf", csrf_);
      request.body = AsForm(all);
    }
    for (const auto& [name, value] : headers) request.headers[name] = value;
    ++requests_;
    watch_.Take();
    return target.route.access == Access::kAnybody ? SendAsStranger(std::move(request))
                                                   : Send(std::move(request));
  }
  /// From an address that has to wait after a few tries, so that hardly a password is hashed.
  HttpResponse SendAsStranger(HttpRequest request) {
    request.headers.try_emplace("host", kTestHost);
    if (!cookie_.empty()) request.headers["cookie"] = front_->cookie() + "=" + cookie_;
    request.remote_address = "203.0.113.7";
    std::promise<HttpResponse> promise;
    front_->Handle(std::move(request),
                   [&promise](HttpResponse answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
  }
  /// So long that a program may ask some times more.
  void Rest(const Target& target) {
    if (target.for_programs()) SetTime(clock_.ms + 20 * kMsPerRequest);
  }
  void SetTime(std::int64_t ms) {
    OnOwner([&](ServerState&, RollupWorker&) -> Status {
      clock_.ms = ms;
      return {};
    });
  }

  /// Judges an answer, and the page that it leads to.
  void Judge(const Target& target, const std::string& place, const std::string& payload,
             const std::optional<HttpResponse>& response) {
    if (!response) return;
    const Scanned sent{payload, target.posts(), secure_, csrf_};
    std::vector<std::string> found = Findings(sent, *response);
    for (std::string& of_store : Findings(sent, watch_.Take())) found.push_back(of_store);
    ++statuses_[response->status];
    const std::string to = HeaderOf(*response, "Location");
    if (to.find("?" + std::string(kKeptQuery) + "=") != std::string::npos) {
      const HttpResponse page = Get(to);
      EXPECT_NE(page.status, 303) << target.Name() << ": the page that answers is gone";
      for (std::string& there : Findings(sent, page)) found.push_back("its page: " + there);
    }
    for (const std::string& what : found) {
      if (++failures_[target.Name()] > kFailuresMax) return;
      ADD_FAILURE() << target.Name() << ", " << place << " = " << payload.substr(0, 120) << "\n  "
                    << what;
    }
  }

  /// Each `{}` of the path, each name that is read, one that nobody reads, the same name twice, and
  /// a list.
  void Scan(const Target& target, const std::vector<std::string>& payloads) {
    BecomeWhoMay(target);
    std::vector<std::string> names;
    for (const auto& [name, value] : target.reads) names.push_back(name);
    if (!target.posts()) names.emplace_back(kKeptQuery);
    for (const std::string& payload : payloads) {
      Rest(target);
      for (const std::string& name : names) {
        Judge(target, name, payload, Ask(target, target.path, With(target.reads, name, payload)));
      }
    }
    for (const std::string& payload : FewPayloads()) {
      Rest(target);
      for (const std::string& name : names) {
        HttpFields twice = target.reads;
        twice.emplace(name, payload);
        Judge(target, name + " twice", payload, Ask(target, target.path, twice));
        Judge(target, name + "[]", payload,
              Ask(target, target.path, With(target.reads, name + "[]", payload)));
      }
      Judge(target, "a name", payload,
            Ask(target, target.path, With(target.reads, payload, payload)));
    }
    ScanPath(target, payloads);
  }
  void ScanPath(const Target& target, const std::vector<std::string>& payloads) {
    std::size_t at = 0;
    std::string_view pattern = target.route.pattern;
    for (std::size_t hole = 0; (hole = pattern.find("{}", hole)) != pattern.npos; ++hole) {
      const auto slashes = std::count(pattern.begin(), pattern.begin() + hole, '/');
      at = 0;
      for (std::ptrdiff_t i = 0; i < slashes; ++i) at = target.path.find('/', at) + 1;
      const std::size_t end = std::min(target.path.find('/', at), target.path.size());
      for (const std::string& payload : payloads) {
        Rest(target);
        for (const std::string& sent : {PercentEncode(payload), payload}) {
          if (sent.find_first_of("?#") != sent.npos) continue;  // another address
          const std::string path = target.path.substr(0, at) + sent + target.path.substr(end);
          Judge(target, "path", payload, Ask(target, path, target.reads));
        }
      }
    }
  }

  /// Every table but the trail and what is written with it, as text.
  std::string StoreText() {
    std::string text;
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      SqlDatabase& database = server.store().database();
      TRAM_ASSIGN(SqlStatement tables,
                  database.Prepare(
                      "SELECT name FROM sqlite_master WHERE type = 'table'"
                      " AND name NOT IN ('audit', 'api_token', 'server_setting') ORDER BY name"));
      while (true) {
        TRAM_ASSIGN(const bool more, tables.Step());
        if (!more) return {};
        TRAM_ASSIGN(SqlStatement rows, database.Prepare("SELECT * FROM " + tables.Text(0)));
        text += "\n" + tables.Text(0);
        while (true) {
          TRAM_ASSIGN(const bool row, rows.Step());
          if (!row) break;
          for (int i = 0; i < rows.ColumnCount(); ++i) text += "|" + rows.Text(i);
        }
      }
    });
    return text;
  }
  void ExpectScanned(std::size_t requests) {
    std::cout << requests_ << " requests";
    for (const auto& [status, count] : statuses_) std::cout << ", " << status << ": " << count;
    std::cout << "\n";
    EXPECT_GT(requests_, requests);
  }

  StatementWatch watch_;  // before the store is opened
  Account manager_, admin_, province_, subject_;
  std::string link_, store_before_;
  std::map<int, std::size_t> statuses_;
  std::map<std::string, std::size_t> failures_;  // of each target
  std::size_t requests_ = 0;
  std::int64_t noon_ms_ = 0;
  bool secure_ = false;
};

TEST_F(ScannerTest, EveryNameThatAPageReadsIsScanned) {
  std::set<std::string> known;
  std::map<std::string, std::set<std::string>> of_route;
  for (const Target& target : Targets()) {
    for (const auto& [name, value] : target.reads) {
      known.insert(name);
      of_route[std::string(target.route.method) + " " + std::string(target.route.pattern)].insert(
          name);
    }
  }
  // Of the sources.
  std::size_t reads = 0;
  for (const char* folder : {"central-server/web", "central-server/exports"}) {
    for (const auto& file : std::filesystem::directory_iterator(test::InSource(folder))) {
      if (file.path().extension() != ".cc") continue;
      const auto text = ReadFile(file.path(), 1 << 20);
      ASSERT_TRUE(text) << file.path();
      for (const std::string& name :
           Matches(*text, "(?:Query|Posted|AllOf)\\((?:[a-z_.]+, )?\"([a-z_]+)\"\\)")) {
        ++reads;
        EXPECT_TRUE(known.contains(name))
            << file.path() << " reads " << name << ": give it to an example in route_examples.cc";
      }
    }
  }
  EXPECT_GT(reads, 60u);
  // Of the forms of the pages.
  std::size_t fields = 0;
  for (const Target& target : Targets()) {
    if (target.posts() || target.for_programs()) continue;
    BecomeWhoMay(target);
    for (const HtmlForm& form : FormsOf(Get(target.path).body)) {
      const std::string method = form.method == "post" ? "POST" : "GET";
      const Target* to = nullptr;
      const std::vector<Target> targets = Targets();
      for (const Target& any : targets) {
        if (any.route.method == method && MatchPath(any.route.pattern, form.action)) to = &any;
      }
      if (to == nullptr) {
        ADD_FAILURE() << target.path << " has a form for " << form.action;
        continue;
      }
      const auto& names = of_route[method + " " + std::string(to->route.pattern)];
      for (const std::string& name : form.fields) {
        ++fields;
        EXPECT_TRUE(name == "csrf" || names.contains(name))
            << target.path << ": the field " << name << " of the form for " << form.action;
      }
    }
  }
  EXPECT_GT(fields, 150u);
}

TEST_F(ScannerTest, WhatIsAskedOfAPageStaysText) {
  for (const Target& target : Targets()) {
    if (target.posts() || target.for_programs()) continue;
    const bool file = target.path.starts_with("/export/");  // its programs' twin has them all
    Scan(target, file ? FewPayloads() : Payloads());
  }
  EXPECT_EQ(StoreText(), store_before_) << "reading changed something";
  ExpectScanned(5000);
}

TEST_F(ScannerTest, WhatAProgramAsksStaysText) {
  for (const Target& target : Targets()) {
    if (!target.for_programs()) continue;
    Scan(target, Payloads());
  }
  EXPECT_EQ(StoreText(), store_before_) << "reading changed something";
  ExpectScanned(2000);
}

TEST_F(ScannerTest, WhatIsTypedIntoAFormStaysTextAndWhatIsStoredToo) {
  for (const Target& target : Targets()) {
    if (!target.posts() || target.reads.contains("file")) continue;
    Scan(target, Payloads());
  }
  EXPECT_NE(StoreText(), store_before_) << "nothing that was sent got as far as the store";
  for (const char* stored : {"<script>zq7x", "' onmouseover='zq7x", "=zq7x()", "{{page.csrf}}"}) {
    EXPECT_NE(StoreText().find(stored), std::string::npos) << stored;
  }
  // All of it is shown now, and stands in the files.
  for (const Target& target : Targets()) {
    if (target.posts()) continue;
    BecomeWhoMay(target);
    Judge(target, "stored", "\"><img src=zq7x onerror=zq7x>", Ask(target, target.path, {}));
  }
  ExpectScanned(3000);
}

TEST_F(ScannerTest, AFileIsReadAsTextWhateverItIsCalled) {
  Become(admin_);
  std::size_t sent = 0;
  for (const Target& target : Targets()) {
    if (!target.reads.contains("file")) continue;
    for (const std::string& payload : Payloads()) {
      const std::string name = payload.substr(0, payload.find_first_of("\r\n\""));
      const std::string lines = "code,name,province,commune\n" + payload + "," + payload +
                                ",56,\nU50,\"" + payload + "\",56,\n";
      for (const std::string& content : {payload, lines}) {
        watch_.Take();
        HttpResponse response = PostFile(target.path, name, content);
        Judge(target, "file", payload, response);
        if (response.status == 303) Judge(target, "file's page", payload, Follow(response));
        const std::string kept = HeaderOf(response, "Location");
        if (kept.starts_with("/admin/units/import/")) {
          Judge(target, "rejected", payload, Get(kept + "/rejected.csv"));
        }
        ++sent;
      }
    }
  }
  EXPECT_GT(sent, 400u);
}

TEST_F(ScannerTest, NoHeaderIsTakenForMoreThanItIs) {
  const std::string cookie = front_->cookie();
  for (const Target& target : Targets()) {
    BecomeWhoMay(target);
    const std::string own = cookie_, token = token_;
    for (const std::string& payload : FewPayloads()) {
      if (payload.find_first_of("\r\n") != payload.npos) continue;  // no such line arrives
      Rest(target);
      for (const char* name : {"accept-language", "if-none-match", "user-agent", "referer",
                               "x-forwarded-for", "x-forwarded-host", "range", "accept"}) {
        Judge(target, name, payload, Ask(target, target.path, target.reads, {{name, payload}}));
      }
      const auto host = Ask(target, target.path, target.reads, {{"host", payload}});
      Judge(target, "host", payload, host);
      EXPECT_TRUE(host && (host->status == 403 || host->status == 401 || host->status == 405))
          << target.Name() << ": under another name";
      cookie_ = payload;
      Judge(target, "session", payload, Ask(target, target.path, target.reads));
      cookie_ = own + "; tramlanguage=" + payload + "; " + cookie + "-step=" + payload + "; " +
                cookie + "-known-1=" + payload;
      Judge(target, "cookies", payload, Ask(target, target.path, target.reads));
      cookie_ = own;
      if (!target.for_programs()) continue;
      token_ = payload;
      const auto refused = Ask(target, target.path, target.reads);
      Judge(target, "token", payload, refused);
      EXPECT_TRUE(refused && refused->status == 401) << target.Name();
      token_ = token;
    }
    if (target.path == "/sign-out") Become(std::nullopt);
  }
  ExpectScanned(5000);
}

TEST_F(ScannerTest, WhoSignsInStaysOnThisServer) {
  const std::vector<Target> targets = Targets();
  const auto sign_in = std::find_if(targets.begin(), targets.end(),
                                    [](const Target& any) { return any.path == "/sign-in"; });
  ASSERT_NE(sign_in, targets.end());
  ASSERT_FALSE(sign_in->posts());
  Become(manager_);  // who is signed in is sent on at once
  for (const std::string& payload : Payloads()) {
    watch_.Take();
    const HttpResponse sent = Get("/sign-in?back=" + PercentEncode(payload));
    EXPECT_EQ(sent.status, 303) << payload;
    Judge(*sign_in, "back", payload, sent);
  }
  for (const char* back : {"//zq7x.example/", "/zq7x\r\nSet-Cookie: zq7x=1", "https://zq7x"}) {
    Visitor visitor(*front_, "203.0.113.8");
    visitor.Get("/sign-in");
    const HttpResponse entered = visitor.Post(
        "/sign-in", {{"name", "ca.nuoc"}, {"password", kTestPassword}, {"back", back}});
    EXPECT_EQ(HeaderOf(entered, "Location"), "/") << back;
    EXPECT_FALSE(visitor.cookies.empty());
  }
}

TEST_F(ScannerTest, AConditionOfSqlIsNeitherTrueNorFalse) {
  std::size_t pairs = 0;
  for (const Target& target : Targets()) {
    if (target.posts() && !target.path.starts_with("/sign-in")) continue;
    if (target.route.pattern.ends_with("{}") && target.path.find("audit") != target.path.npos) {
      continue;  // such an answer holds that it was asked for, and how
    }
    BecomeWhoMay(target);
    const auto compare = [&](const std::string& place, const auto& ask) {
      for (const auto& [truth, lie] : TruePairs()) {
        Rest(target);
        const std::optional<HttpResponse> one = ask(truth), other = ask(lie);
        ++pairs;
        if (!one || !other) continue;
        EXPECT_EQ(one->status, other->status) << target.Name() << " " << place << " " << truth;
        EXPECT_TRUE(SameButForPair(one->body, other->body))
            << target.Name() << " " << place << " " << truth;
      }
    };
    for (const auto& [name, value] : target.reads) {
      const std::string read = name;
      for (const std::string& before : {std::string(), value}) {
        compare(name, [&](const std::string& text) {
          return Ask(target, target.path, With(target.reads, read, before + text));
        });
      }
    }
    if (target.route.pattern.find("{}") == target.route.pattern.npos) continue;
    compare("path", [&](const std::string& text) {
      return Ask(target, target.path + PercentEncode(text), target.reads);
    });
  }
  EXPECT_GT(pairs, 1500u);
}

TEST_F(ScannerTest, EveryAnswerOfEveryRouteTellsABrowserWhatItMayDo) {
  for (const bool secure : {false, true}) {
    const std::string host = secure ? "https://" + std::string(kTestHost) : kTestHost;
    Start({{host}, secure});
    token_.clear();
    std::size_t answers = 0;
    for (const Target& target : Targets()) {
      for (const bool known : {true, false}) {
        BecomeWhoMay(target);
        if (!known) cookie_ = token_ = "";
        for (const std::string& path : {target.path, target.path + "/none"}) {
          for (const HttpFields& fields : {target.reads, HttpFields()}) {
            const auto answer = Ask(target, path, fields);
            ASSERT_TRUE(answer);
            for (const std::string& what : HeaderFindings(*answer, secure)) {
              ADD_FAILURE() << target.Name() << " " << answer->status << ": " << what;
            }
            ++answers;
          }
        }
      }
    }
    EXPECT_GT(answers, 800u);
  }
}

// ---- the scanner itself: what it must find ----

HttpResponse PageOf(const std::string& body) {
  HttpResponse response;
  response.content_type = "text/html; charset=utf-8";
  response.body = body;
  return response;
}

std::string AllFindings(const std::string& payload, const HttpResponse& response) {
  std::string all;
  for (const std::string& what : Findings({payload, false, false, "c0ffee"}, response)) {
    all += what + "\n";
  }
  return all;
}

TEST(ScannerItselfTest, FindsWhatAServerMustNotDo) {
  const auto found = [](const std::string& payload, const HttpResponse& response,
                        const std::string& what) {
    return AllFindings(payload, response).find(what) != std::string::npos;
  };
  EXPECT_TRUE(found("<b>zq7x", PageOf("<p><b>zq7x"), "unescaped"));
  EXPECT_FALSE(found("<b>zq7x", PageOf("<p>&lt;b&gt;zq7x"), "unescaped"));
  EXPECT_TRUE(found("x", PageOf("<a href=\"javascript:zq7x\">"), "leads to"));
  EXPECT_TRUE(found("x", PageOf("<a href=\"//zq7x.example\">"), "leads to"));
  EXPECT_FALSE(found("x", PageOf("<a href=\"/units?q=1\">"), "leads to"));
  EXPECT_TRUE(found("{{page.csrf}}zq7x", PageOf("c0ffeezq7x"), "template"));
  EXPECT_TRUE(found("x", PageOf("near \"zq7x\": syntax error"), "the answer says"));
  EXPECT_TRUE(found("x", PageOf("<p>"), "no default-src"));
  HttpResponse away = SeeOther("//zq7x.example/");
  EXPECT_TRUE(found("x", away, "another place"));
  away.headers = {{"Location", "/a\r\nSet-Cookie: zq7x=1"}};
  EXPECT_TRUE(found("x", away, "a line break"));
  HttpResponse file = PageOf(
      "\xef\xbb\xbf"
      "a,b\r\n=zq7x(),2\r\n");
  file.content_type = "text/csv; charset=utf-8";
  EXPECT_TRUE(found("x", file, "formula =zq7x()"));
  file.content_type = "application/json";
  EXPECT_TRUE(found("x", file, "does not parse"));
  StatementWatch::Seen seen;
  seen.marked = {"SELECT * FROM unit WHERE code = 'zq7x'"};
  seen.writes = {"DELETE FROM unit"};
  EXPECT_EQ(Findings(Scanned{}, seen).size(), 2u);
}

}  // namespace
}  // namespace tram::server
