// What records are called, looking for them, and worklists.
#include <gmock/gmock.h>

#include "tests/unit/view/fixture.h"

namespace tram {
namespace {

using namespace small;  // NOLINT: the field names of the small programme
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::Pair;

Worklist List(const std::string& record, const std::string& sql) {
  Worklist list;
  list.name = "mine";
  list.record = record;
  list.sql = sql;
  return list;
}

class TitlesTest : public ViewTest {
 protected:
  TitlesTest() {
    auto changed = std::make_shared<Programme>(*small::SmallProgramme());
    for (RecordType& type : changed->records) {
      if (type.name == "client") {
        type.shown_as = "coalesce(trim(full_name), '')";
        type.search = {"full_name", "code"};
      } else if (type.name == "episode") {
        type.shown_as = "intake_date || ' ' || (SELECT sex FROM client WHERE id = episode.parent)";
      }
    }
    programme = changed;
    view = NewView();
  }
  ViewEntry ClientWithCode(const std::string& name, const std::string& code) {
    return a.Create(
        {.type = kClient, .clear = {{kCode, code}}, .sealed = {{kFullName, name}}, .person = true});
  }
  TitledRecord Title(const ViewEntry& entry) {
    Result<TitledRecord> title = view->Title(RecordOf(entry.id), today);
    EXPECT_TRUE(title) << title.error().message;
    EXPECT_EQ(title->record, RecordOf(entry.id));
    return *std::move(title);
  }
  std::vector<std::string> Search(const std::string& words, std::size_t first = 0,
                                  std::size_t at_most = 100) {
    Result<UnitView::Found> found = view->Search(TypeOf(kClient), words, first, at_most, today);
    EXPECT_TRUE(found) << found.error().message;
    std::vector<std::string> titles;
    for (const TitledRecord& record : found->records) titles.push_back(record.title);
    all = found->all;
    return titles;
  }
  static std::string Short(const ViewEntry& entry) {
    return RecordOf(entry.id).Hex().substr(0, 10);
  }
  std::size_t all = 0;  // of the last search
};

TEST_F(TitlesTest, ARecordIsCalledAsItsTypeSays) {
  const ViewEntry client = Client("  Đỗ Minh Hà ");
  const ViewEntry episode = Episode(RecordOf(client.id));
  const ViewEntry session = Session(RecordOf(episode.id), RecordOf(client.id), today);
  const ViewEntry nameless = ClientWithCode(" \n ", "C2");
  Apply({client, episode, session, nameless});
  EXPECT_EQ(Title(client).title, "Đỗ Minh Hà");
  EXPECT_TRUE(Title(client).readable);
  EXPECT_EQ(Title(episode).title, "2026-01-05 female") << "its parent's row, too";
  EXPECT_EQ(Title(session).title, Short(session)) << "its type says nothing";
  EXPECT_FALSE(Title(session).readable);
  EXPECT_EQ(Title(nameless).title, Short(nameless));
  EXPECT_FALSE(Title(nameless).readable);
  EXPECT_EQ(view->Title(RecordOf(b.Create({.type = kClient}).id), today).error().code,
            ErrorCode::kNotFound);
}

TEST_F(TitlesTest, DeletedRecordsHaveTitlesAndAreNotFound) {
  const ViewEntry client = Client("Lê Thị Hoa");
  Apply({client,
         a.Change(RecordOf(client.id),
                  {.type = kClient, .clear = {{kFieldDeleted, true}}, .parents = {client.id}})});
  ASSERT_TRUE(Find(RecordOf(client.id)).deleted);
  EXPECT_EQ(Title(client).title, "Lê Thị Hoa");
  EXPECT_THAT(Search("hoa"), IsEmpty());
  EXPECT_THAT(Search(""), IsEmpty());
}

TEST_F(TitlesTest, LockedTheShortIdStandsForTheTitle) {
  const ViewEntry client = Client("Lê Thị Hoa"), episode = Episode(RecordOf(client.id));
  Apply({client, episode});
  ASSERT_TRUE(view->SetUnsealer(nullptr));
  EXPECT_EQ(Title(client).title, Short(client));
  EXPECT_FALSE(Title(client).readable);
  EXPECT_EQ(Title(episode).title, "2026-01-05 female") << "of clear fields";
  EXPECT_TRUE(Title(episode).readable);
  ASSERT_TRUE(view->SetUnsealer(&keys));
  EXPECT_EQ(Title(client).title, "Lê Thị Hoa");
}

TEST_F(TitlesTest, WithoutItsSeedARecordHasItsShortIdOnly) {
  const ViewEntry client = Client("Lê Thị Hoa");
  keys.absent.insert(RecordOf(client.id));
  Apply({client});
  EXPECT_EQ(Title(client).title, Short(client));
  EXPECT_THAT(Search("hoa"), IsEmpty());
  keys.absent.clear();
  ASSERT_TRUE(view->OpenUnread());
  EXPECT_EQ(Title(client).title, "Lê Thị Hoa");
  EXPECT_THAT(Search("hoa"), ElementsAre("Lê Thị Hoa"));
}

TEST_F(TitlesTest, ATitleThatCannotBeComputedIsNamed) {
  auto wrong = std::make_shared<Programme>(*programme);
  wrong->records[0].shown_as = "days(full_name)";
  programme = wrong;
  view = NewView();
  const ViewEntry client = Client("Lê Thị Hoa");
  Apply({client});
  const Result<TitledRecord> title = view->Title(RecordOf(client.id), today);
  ASSERT_FALSE(title);
  EXPECT_EQ(title.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(title.error().message, HasSubstr("client.shown_as"));
}

TEST_F(TitlesTest, SearchSetsAccentsCaseAndOrderOfWordsAside) {
  Apply({ClientWithCode("Đỗ Minh Hà", "A7"), ClientWithCode("Đỗ Minh Hải", "A8"),
         ClientWithCode("Lê Thị Hoa", "B7")});
  EXPECT_THAT(Search("Đỗ Minh Hà"), ElementsAre("Đỗ Minh Hải", "Đỗ Minh Hà"));
  EXPECT_THAT(Search("do minh ha"), ElementsAre("Đỗ Minh Hải", "Đỗ Minh Hà"));
  EXPECT_THAT(Search(" HÀ   đỗ\t"), ElementsAre("Đỗ Minh Hải", "Đỗ Minh Hà"));
  EXPECT_THAT(Search("do\xcc\x82\xcc\x83 hai"), ElementsAre("Đỗ Minh Hải")) << "decomposed";
  EXPECT_THAT(Search("minh a7"), ElementsAre("Đỗ Minh Hà")) << "a word of each field";
  EXPECT_THAT(Search("haa7"), IsEmpty()) << "not across the end of a field";
  EXPECT_THAT(Search("do hoa"), IsEmpty()) << "every word";
  EXPECT_THAT(Search("oa"), ElementsAre("Lê Thị Hoa")) << "a part of a word";
}

TEST_F(TitlesTest, WhatPeopleTypeIsNeverSql) {
  Apply({ClientWithCode("O'Neil \"Ba\" 100%_;--", "X1"), ClientWithCode("Lê Thị Hoa", "B7")});
  EXPECT_THAT(Search("o'neil"), ElementsAre(HasSubstr("O'Neil")));
  EXPECT_THAT(Search("\"ba\""), ElementsAre(HasSubstr("O'Neil")));
  EXPECT_THAT(Search("100%_;--"), ElementsAre(HasSubstr("O'Neil")));
  for (const char* words : {"'", "%", "_", ";", "--", "\""}) {
    EXPECT_EQ(Search(words).size(), 1u) << words;
  }
  for (const char* words :
       {"' OR 1=1 --", "'); DELETE FROM client; --", "') UNION SELECT 1, 2 --", "*", "?1"}) {
    EXPECT_THAT(Search(words), IsEmpty()) << words;
  }
  EXPECT_EQ(Search("").size(), 2u);
  EXPECT_EQ(view->Search(TypeOf(kClient), "\xff", 0, 10, today).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(view->Search(TypeOf(kClient), std::string("a\0b", 3), 0, 10, today).error().code,
            ErrorCode::kInvalid);
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "hoa ";
  EXPECT_THAT(Search(many), ElementsAre("Lê Thị Hoa"));
}

TEST_F(TitlesTest, WhatChangedLastComesFirstAndInPages) {
  const ViewEntry first = ClientWithCode("A", "1"), second = ClientWithCode("B", "2"),
                  third = ClientWithCode("C", "3");
  Apply({first, second, third});
  EXPECT_THAT(Search(""), ElementsAre("C", "B", "A"));
  Apply({a.Change(RecordOf(first.id),
                  {.type = kClient, .clear = {{kCode, std::string("9")}}, .parents = {first.id}})});
  EXPECT_THAT(Search(""), ElementsAre("A", "C", "B"));
  EXPECT_THAT(Search("", 0, 2), ElementsAre("A", "C"));
  EXPECT_EQ(all, 3u);
  EXPECT_THAT(Search("", 2, 2), ElementsAre("B"));
  EXPECT_EQ(all, 3u);
  EXPECT_THAT(Search("", 3, 2), IsEmpty());
  EXPECT_EQ(all, 3u);
  EXPECT_THAT(Search("", 0, 0), IsEmpty());
  EXPECT_EQ(all, 3u);
}

TEST_F(TitlesTest, LockedSearchFindsByClearFieldsOnly) {
  const ViewEntry client = ClientWithCode("Lê Thị Hoa", "B7");
  Apply({client});
  ASSERT_TRUE(view->SetUnsealer(nullptr));
  EXPECT_THAT(Search("hoa"), IsEmpty());
  EXPECT_EQ(all, 0u);
  EXPECT_THAT(Search(""), ElementsAre(Short(client)));
  EXPECT_THAT(Search("b7"), ElementsAre(Short(client)));
}

TEST_F(TitlesTest, ATypeWithoutFieldsToLookInIsListedOnly) {
  const ViewEntry worker =
      a.Create({.type = kWorker, .sealed = {{kDisplayName, std::string("Mai")}}});
  Apply({worker});
  EXPECT_EQ(view->Search(TypeOf(kWorker), "", 0, 10, today)->all, 1u);
  EXPECT_EQ(view->Search(TypeOf(kWorker), "mai", 0, 10, today)->all, 0u);
}

TEST_F(TitlesTest, WorkHasTheLinesOfItsStatement) {
  const ViewEntry first = Client("B"), second = Client("A");
  Apply({first, second});
  const Worklist list = List(
      "client",
      "SELECT id, iif(full_name = 'A', :as_of, '') AS due, full_name AS note, NULL AS remark, '' "
      "AS kind, full_name <> 'A' AS rank FROM client");
  const Result<std::vector<WorkItem>> items = view->Work(list, today);
  ASSERT_TRUE(items) << items.error().message;
  ASSERT_EQ(items->size(), 2u);
  EXPECT_EQ((*items)[0].record, RecordOf(second.id));
  EXPECT_THAT((*items)[0].due, Optional(today));
  EXPECT_THAT((*items)[0].fills, ElementsAre(Pair("note", "A")));
  EXPECT_EQ((*items)[1].record, RecordOf(first.id));
  EXPECT_EQ((*items)[1].due, std::nullopt);
}

TEST_F(TitlesTest, LinesAboutRecordsThatAreNotHereYetAreLeftOut) {
  const ViewEntry client = Client("A"), episode = Episode(RecordOf(client.id));
  Apply({episode});  // its client comes later
  const Worklist list = List("client", "SELECT parent AS id, NULL AS due FROM episode");
  EXPECT_THAT(*view->Work(list, today), IsEmpty());
  Apply({client});
  EXPECT_EQ(view->Work(list, today)->size(), 1u);
}

TEST_F(TitlesTest, AWorklistThatIsWrongIsNamed) {
  const ViewEntry client = Client("A"), episode = Episode(RecordOf(client.id));
  Apply({client, episode});
  const std::pair<const char*, const char*> cases[] = {
      {"SELECT id, '' AS due FROM episode", "about episode and not about client"},
      {"SELECT id, full_name AS due FROM client", "worklist mine: "},
      {"SELECT id FROM client", "its first two columns"},
      {"SELECT id, '' AS due FROM clients", "no such table"},
      {"DELETE FROM client RETURNING id, ''", "only reading"}};
  for (const auto& [sql, message] : cases) {
    const Result<std::vector<WorkItem>> items = view->Work(List("client", sql), today);
    ASSERT_FALSE(items) << sql;
    EXPECT_EQ(items.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(items.error().message, testing::StartsWith("worklist mine: ")) << sql;
    EXPECT_THAT(items.error().message, HasSubstr(message)) << sql;
  }
}

TEST_F(TitlesTest, LockedAWorklistSeesNothingSealed) {
  Apply({Client("A")});
  const Worklist list =
      List("client", "SELECT id, '' AS due, full_name AS note FROM client WHERE full_name <> ''");
  EXPECT_EQ(view->Work(list, today)->size(), 1u);
  ASSERT_TRUE(view->SetUnsealer(nullptr));
  EXPECT_THAT(*view->Work(list, today), IsEmpty());
}

}  // namespace
}  // namespace tram
