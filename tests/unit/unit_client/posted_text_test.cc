// What was posted and not taken: a browser keeps what it posted to a page that it shows, with what
// was typed, in its files. So no POST is answered by a page, whatever is wrong with it; and what
// was typed is there all the same, on the page that the browser is sent to.
#include <regex>
#include <set>

#include "app/names.h"
#include "tests/support/paths.h"
#include "tests/unit/unit_client/front_fixture.h"
#include "tram/base/embedded.h"
#include "web/record_words.h"

namespace tram {

std::span<const EmbeddedFile> PageTemplates();  // tram_embed

}  // namespace tram

namespace tram::client {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kMarker[] = "zqxmarkedwordzqx";
using Fields = std::vector<std::pair<std::string, std::string>>;

/// Every input of every template in which somebody types.
std::set<std::string> TextInputs() {
  static const std::regex input("<input[^>]*>|<textarea[^>]*>");
  static const std::regex name("\\sname=\"([a-z_]+)\""), type("\\stype=\"([a-z]+)\"");
  const std::set<std::string> typed = {"text", "search", "password"};
  std::set<std::string> names;
  for (const EmbeddedFile& file : PageTemplates()) {
    const std::string html(file.bytes);
    for (std::sregex_iterator it(html.begin(), html.end(), input), end; it != end; ++it) {
      const std::string tag = it->str();
      std::smatch match;
      if (std::regex_search(tag, match, type) && !typed.contains(match[1])) continue;
      if (std::regex_search(tag, match, name)) names.insert(match[1]);
    }
  }
  return names;
}

class PostedTextTest : public FrontTest {
 protected:
  std::string UnitToml() const override {
    return *ReadFile(test::InSource("libsync/programmes/treatment.toml"), kProgrammeBytesMax);
  }
  void SetUp() override {
    FrontTest::SetUp();
    ASSERT_EQ(SignIn(kLan, kUnitPassphrase, "8264").status, 303);
    csrf_ = CsrfOf(Get("/people"));
    client_ = Save({{"full_name", "Lê Thị Hoa"}, {"birth_year", "1990"}}).record;
    other_ = Save({{"full_name", "Lê Thị Hòa"}, {"birth_year", "1991"}}).record;
    const auto parents = FieldNow("birth_year").parents;
    for (const char* year : {"1992", "1993"}) Save({{"birth_year", year}}, client_, parents);
    const auto before = device_->view().Find(other_)->deletion_parents;
    Save({{"phone", "0912"}}, other_);
    ASSERT_TRUE(device_->Delete(other_, "nhầm", before));
    ASSERT_TRUE(device_->view().Find(other_)->deletion_conflict);
  }
  const RecordType& ClientType() { return *device_->programme().ByName("client"); }
  FieldView FieldNow(const std::string& name) {
    const RecordView record = *device_->view().Find(client_);
    return *FindFieldView(record, ClientType().ByName(name)->number);
  }
  Saved Save(const std::map<std::string, std::string>& values,
             const std::optional<RecordId>& record = std::nullopt,
             const std::optional<std::vector<OpId>>& parents = std::nullopt) {
    RecordForm form;
    form.type = &ClientType();
    form.record = record;
    form.parents = parents;
    for (const auto& [name, text] : values) {
      const Field* field = form.type->ByName(name);
      form.values[field->number] = *ParseValue(device_->programme(), *field, text);
    }
    const auto saved = device_->Save(form);
    EXPECT_TRUE(saved) << saved.error().message;
    return *saved;
  }
  std::string At(const RecordId& record, const std::string& rest) const {
    return RecordPath(record, rest);
  }
  std::string YearConflict() {
    return At(client_, "/conflict/" + std::to_string(ClientType().ByName("birth_year")->group));
  }
  /// A path that leads to something for each route.
  std::string PathOf(const Route& route) {
    std::string path(route.pattern);
    const auto fill = [&](const std::string& with) {
      const std::size_t at = path.find("{}");
      if (at != path.npos) path.replace(at, 2, with);
    };
    if (path.starts_with("/record/")) {
      fill(client_.Hex());
      fill(std::to_string(ClientType().ByName("birth_year")->group));
    } else if (path.starts_with("/undo/")) {
      fill(CreatingOp(client_).Hex());
    } else {
      fill("client");
    }
    return path;
  }
  /// The answer itself holds nothing typed and is no page; where it leads to.
  std::string Checked(const std::string& path, const HttpResponse& answer) {
    EXPECT_THAT(answer.content_type, Not(HasSubstr("html"))) << path;
    EXPECT_THAT(answer.body, Not(HasSubstr(kMarker))) << path;
    for (const auto& [name, value] : answer.headers) {
      EXPECT_THAT(value, Not(HasSubstr(kMarker))) << path << ": " << name;
    }
    EXPECT_LT(answer.status, 400) << path << answer.body;
    return HeaderOf(answer, "Location");
  }
  Fields WithToken(Fields fields) const {
    fields.emplace_back("csrf", csrf_);
    return fields;
  }

  std::string csrf_;
  RecordId client_, other_;
};

TEST_F(PostedTextTest, NoRouteAnswersWhatIsPostedWithAPage) {
  const std::set<std::string> inputs = TextInputs();
  for (const char* known : {"q", "reason", "name", "passphrase", "pin"}) {
    ASSERT_TRUE(inputs.contains(known)) << known << ": the templates are not read right";
  }
  Fields fields;
  for (const std::string& name : inputs) fields.emplace_back(name, kMarker);
  for (const Field& field : ClientType().fields) {
    fields.emplace_back("f." + field.name, kMarker);
    fields.emplace_back("was." + field.name, "");
  }
  fields.emplace_back("choice", "own");
  std::vector<std::string> paths = {"/sign-in", "/unlock", "/setup"};
  for (const Route& route : Front::Routes()) {
    if (route.method == "POST") paths.push_back(PathOf(route));
  }
  ASSERT_GT(paths.size(), 15u);
  for (const std::string& path : paths) {
    Checked(path, Post(path, WithToken(fields)));
    Fields wrong_token = fields;
    wrong_token.emplace_back("csrf", std::string(csrf_.size(), '0'));
    const EntryNumber before = device_->log().size();
    EXPECT_EQ(Get(Checked(path, Post(path, wrong_token))).status, 403) << path;
    EXPECT_EQ(device_->log().size(), before) << path;
    Checked(path, Post(path, {{"csrf", csrf_}}));
  }
}

TEST_F(PostedTextTest, WhatWasTypedStandsOnThePageThatFollows) {
  const std::string name_was = "Lê Thị Hoa", long_text(70'000, 'x');
  const std::string marked = kMarker, year_seen = OpsText(FieldNow("birth_year").parents);
  const std::vector<std::pair<std::string, Fields>> refused = {
      {"/new/client", {{"f.birth_year", marked}, {"was.birth_year", ""}}},
      {"/new/client", {{"f.note", marked + long_text}, {"was.note", ""}}},  // no draft holds it
      {At(client_, "/edit"), {{"f.phone", marked + long_text}, {"was.phone", ""}}},
      {At(client_, "/edit"),  // drawn from a change that is not here: of no single field
       {{"f.full_name", marked},
        {"was.full_name", name_was},
        {"from.full_name", std::string(OpId::kSize * 2, 'a')}}},
      {At(client_, "/delete"), {{"reason", marked + long_text}}},
      {YearConflict(), {{"choice", "own"}, {"seen", year_seen}, {"f.birth_year", marked}}},
      {YearConflict(), {{"choice", "own"}, {"seen", "old"}, {"f.birth_year", marked}}},
      {YearConflict(), {{"seen", year_seen}, {"f.birth_year", marked}}},
      {At(other_, "/conflict/deletion"), {{"reason", marked}}},
      {"/people/add", {{"name", marked}, {"passphrase", marked + "1"}, {"again", marked}}},
      {"/list/client", {{"q", marked}}},
  };
  for (const auto& [path, fields] : refused) {
    const EntryNumber before = device_->log().size();
    const std::string to = Checked(path, Post(path, WithToken(fields)));
    const HttpResponse page = Get(to);
    EXPECT_THAT(page.body, HasSubstr(kMarker)) << path << " to " << to;
    EXPECT_THAT(page.body, HasSubstr("<form")) << path;
    EXPECT_EQ(Get(to).body, page.body) << "loading it again";
    EXPECT_EQ(device_->log().size(), before) << path;
  }
}

TEST_F(PostedTextTest, APassphraseIsNeverAnsweredByAPage) {
  cookies_.clear();
  const std::string csrf = CsrfOf(Get("/sign-in"));
  const auto sign_in = [&](const std::string& passphrase, const std::string& pin) {
    return Checked("/sign-in", Post("/sign-in", {{"csrf", csrf},
                                                 {"name", std::string(kLan)},
                                                 {"passphrase", passphrase},
                                                 {"pin", pin}}));
  };
  EXPECT_THAT(Get(sign_in(kMarker, "")).body, HasSubstr("Sai tên hoặc mật khẩu"));
  EXPECT_THAT(Get(sign_in(kUnitPassphrase, "1111")).body, HasSubstr("Mã PIN"));
  EXPECT_THAT(Get("/sign-in?answer=0123").body, Not(HasSubstr("Sai tên"))) << "what is gone";
}

// Words that were made in the old language do not stand on a page in the new one.
TEST_F(PostedTextTest, InAnotherLanguageThePageIsMadeAnewWithWhatWasTyped) {
  const std::string marked = kMarker, long_text(70'000, 'x');
  const std::string year_seen = OpsText(FieldNow("birth_year").parents);
  struct Case {
    std::string path;
    Fields fields;
    std::string vi, en;
  };
  const std::vector<Case> refused = {
      {"/new/client",
       {{"f.note", marked + long_text}, {"was.note", ""}, {"f.birth_year", "x"}},
       "Thêm: Khách hàng",
       "Add: Client"},
      {At(client_, "/edit"),
       {{"f.phone", marked + long_text}, {"was.phone", ""}},
       "Sửa: Khách hàng",
       "Edit: Client"},
      {At(client_, "/delete"),
       {{"reason", marked + long_text}},
       "Xoá: Khách hàng",
       "Delete: Client"},
      {YearConflict(),
       {{"choice", "own"}, {"seen", year_seen}, {"f.birth_year", marked}},
       "Giải quyết xung đột",
       "Settle a conflict"},
      {At(other_, "/conflict/deletion"),
       {{"choice", "delete"}, {"reason", marked + long_text}},
       "Giải quyết xung đột",
       "Settle a conflict"},
      {"/people/add",
       {{"name", marked}, {"passphrase", "1"}, {"again", "2"}, {"role", "committee"}},
       "Người dùng máy này",
       "People of this computer"},
  };
  for (const auto& [path, fields, vi, en] : refused) {
    const EntryNumber before = device_->log().size();
    const std::string to = Checked(path, Post(path, WithToken(fields)));
    const auto in = [&](const char* language) {
      Post("/language", WithToken({{"to", language}, {"back", to}}));
      return Get(to).body;
    };
    EXPECT_THAT(in("vi"), HasSubstr("<title>" + vi)) << path;
    const std::string page = in("en");
    EXPECT_THAT(page, HasSubstr("<title>" + en)) << path << " to " << to;
    EXPECT_THAT(page, Not(HasSubstr(vi))) << path;
    EXPECT_THAT(page, HasSubstr(kMarker)) << path << ": nothing typed is lost";
    EXPECT_THAT(in("vi"), HasSubstr("<title>" + vi)) << path;
    EXPECT_EQ(device_->log().size(), before) << path;
  }
}

TEST_F(PostedTextTest, InAnotherLanguageNothingIsDoneASecondTime) {
  ASSERT_EQ(Post("/lock", WithToken({})).status, 303);
  const std::string to = Checked("/unlock", Post("/unlock", WithToken({{"pin", "9999"}})));
  EXPECT_THAT(Get(to).body, HasSubstr("Không đúng"));
  for (int i = 0; i < 30; ++i) {  // more often than a wrong PIN is forgiven
    Post("/language", WithToken({{"to", i % 2 == 0 ? "en" : "vi"}, {"back", to}}));
    const HttpResponse page = Get(to);
    EXPECT_EQ(page.status, i % 2 == 0 ? 303 : 403) << "in English it is asked for anew";
  }
  EXPECT_EQ(HeaderOf(Post("/unlock", WithToken({{"pin", "8264"}})), "Location"), "/");
}

TEST_F(PostedTextTest, ALockedSessionShowsNothingThatWasKept) {
  const std::string to =
      Checked(YearConflict(),
              Post(YearConflict(), WithToken({{"choice", "own"}, {"f.birth_year", kMarker}})));
  ASSERT_THAT(Get(to).body, HasSubstr(kMarker));
  ASSERT_EQ(Post("/lock", WithToken({})).status, 303);
  EXPECT_EQ(Get(to).status, 303);
  EXPECT_EQ(HeaderOf(Post("/unlock", WithToken({{"pin", "8264"}})), "Location"), "/");
  const HttpResponse fresh = Get(to);
  EXPECT_EQ(fresh.status, 200);
  EXPECT_THAT(fresh.body, Not(HasSubstr(kMarker))) << "it left the memory";
}

TEST_F(PostedTextTest, SomebodyElseSeesNothingThatWasKept) {
  const std::string to =
      Checked(YearConflict(),
              Post(YearConflict(), WithToken({{"choice", "own"}, {"f.birth_year", kMarker}})));
  cookies_.clear();
  EXPECT_THAT(Get(to).body, Not(HasSubstr(kMarker)));
  ASSERT_EQ(SignIn(kDung, kDungPassphrase).status, 303);
  EXPECT_EQ(Get(to).status, 403);
}

TEST_F(PostedTextTest, AFirstStartThatFailsIsShownAfterARedirection) {
  device_.reset();
  cookies_.clear();
  NewFront();
  const std::string csrf = CsrfOf(Get("/setup"));
  const std::string to =
      Checked("/setup",
              Post("/setup",
                   {{"csrf", csrf}, {"name", "Lan"}, {"passphrase", kMarker}, {"again", "khác"}}));
  const HttpResponse page = Get(to);
  EXPECT_THAT(page.body, HasSubstr("không giống nhau"));
  EXPECT_THAT(page.body, HasSubstr("value=\"Lan\""));
  EXPECT_THAT(page.body, Not(HasSubstr(kMarker))) << "a passphrase is typed again";
}

}  // namespace
}  // namespace tram::client
