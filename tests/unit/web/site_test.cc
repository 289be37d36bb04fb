// Addresses and patterns; where a person may be sent back to; assets that are part of the program.
#include "tram/web/site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tram {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

TEST(SiteTest, APatternTakesWholeSegmentsThatAreNotEmpty) {
  EXPECT_THAT(MatchPath("/", "/"), Optional(IsEmpty()));
  EXPECT_THAT(MatchPath("/record/{}/edit", "/record/a1/edit"), Optional(ElementsAre("a1")));
  EXPECT_THAT(MatchPath("/{}/{}", "/a/b c"), Optional(ElementsAre("a", "b c")));
  for (const char* path : {"/record//edit", "/record/a1", "/record/a1/edit/", "/record/a1/edit/x",
                           "record/a1/edit", "", "/Record/a1/edit"}) {
    EXPECT_EQ(MatchPath("/record/{}/edit", path), std::nullopt) << path;
  }
}

TEST(SiteTest, NobodyIsSentBackToAnotherSite) {
  EXPECT_EQ(SafeBack("/units?by=name"), "/units?by=name");
  for (const char* back : {"", "//evil.example", "https://evil.example", "/a\\b", "/a\r\nX: y"}) {
    EXPECT_EQ(SafeBack(back), "/") << back;
  }
}

TEST(SiteTest, AssetsAreGivenUnderAnAddressThatTheirContentChanges) {
  const EmbeddedFile before[] = {{"a.css", "x"}, {"b.js", "y"}};
  const EmbeddedFile after[] = {{"a.css", "x"}, {"b.js", "z"}};
  EXPECT_NE(SiteAssets(before).version(), SiteAssets(after).version());
  const SiteAssets assets(before);
  HttpRequest request;
  request.method = "GET";
  request.path = "/static/a.css";
  auto given = assets.Give(request);
  ASSERT_TRUE(given);
  EXPECT_EQ(given->body, "x");
  EXPECT_EQ(given->content_type, "text/css; charset=utf-8");
  request.path = "/static/none.css";
  ASSERT_TRUE(assets.Give(request));
  EXPECT_EQ(assets.Give(request)->status, 404);
  request.path = "/a.css";
  EXPECT_FALSE(assets.Give(request));
  request.path = "/static/a.css";
  request.method = "POST";
  EXPECT_FALSE(assets.Give(request));
}

}  // namespace
}  // namespace tram
