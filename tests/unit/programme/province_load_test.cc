// Records of the province and reviews of findings in a programme: read, refused with the line, and
// compared between versions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "tests/unit/programme/loading.h"
#include "tests/unit/programme/sample.h"

namespace tram {
namespace {

using ::testing::HasSubstr;

constexpr char kMore[] = R"toml(
[[record]]
number = 20
name = "question"
of_province = true
vi = "Câu hỏi"
en = "Question"
many = { vi = "Câu hỏi", en = "Questions" }
fields = [
  { number = 16, name = "about", type = "ref", clear = true, vi = "Về", en = "About" },
  { number = 17, name = "words", type = "text", clear = true, group = "q", vi = "Hỏi", en = "Words" },
  { number = 18, name = "reply", type = "text", clear = true, answer = true, vi = "Đáp", en = "Reply" },
  { number = 19, name = "remark", type = "text", answer = true, vi = "Thêm", en = "Remark" },
]

[[record]]
number = 21
name = "review"
vi = "Đã xem"
en = "Review"
many = { vi = "Đã xem", en = "Reviews" }
fields = [
  { number = 16, name = "what", type = "ref", clear = true, vi = "Về", en = "What" },
  { number = 17, name = "check", type = "text", clear = true, vi = "Mục", en = "Check" },
  { number = 18, name = "why", type = "text", vi = "Vì sao", en = "Why" },
]

[review]
record = "review"
about_field = "what"
check_field = "check"
)toml";

std::string WithMore(const std::string& from = "", const std::string& to = "") {
  std::string text = std::string(kSample) + kMore;
  if (from.empty()) return text;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_EQ(text.find(from, at + 1), std::string::npos) << "not exactly once: " << from;
  return text.replace(at, from.size(), to);
}

TEST(ProvinceLoad, EveryKeyIsRead) {
  const auto programme = MustLoad(WithMore());
  ASSERT_TRUE(programme);
  const RecordType& question = *programme->ByName("question");
  EXPECT_TRUE(question.of_province);
  EXPECT_FALSE(question.ByName("words")->answer);
  EXPECT_TRUE(question.ByName("reply")->answer);
  EXPECT_FALSE(programme->ByName("client")->of_province);
  ASSERT_TRUE(programme->review);
  EXPECT_EQ(programme->review->record, "review");
  EXPECT_EQ(programme->review->about_field, "what");
  EXPECT_EQ(programme->review->check_field, "check");
  EXPECT_FALSE(MustLoad(kSample)->review) << "it may be left out";
}

struct Mistake {
  const char* from;
  const char* to;
  const char* message;  // part of what Load says
};
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.to; }

class ProvinceMistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(ProvinceMistakes, AreNamedWithTheirPlace) {
  auto programme = Programme::Load(WithMore(GetParam().from, GetParam().to), "x.toml");
  ASSERT_FALSE(programme);
  EXPECT_EQ(programme.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(programme.error().message, HasSubstr(GetParam().message));
}

constexpr char kOfProvince[] = "of_province = true\n", kReply[] = "name = \"reply\", type";
constexpr char kWhat[] = "name = \"what\", type = \"ref\", clear = true,";
INSTANTIATE_TEST_SUITE_P(
    Province, ProvinceMistakes,
    ::testing::Values(
        Mistake{kOfProvince, "", "[question.reply] `answer` is for records of the province only"},
        Mistake{kOfProvince, "of_province = true\nperson = true\n",
                "[question] the province writes no persons and no workers"},
        Mistake{kOfProvince, "of_province = true\nworker = true\n",
                "[question] the province writes no persons and no workers"},
        Mistake{"name = \"words\", type = \"text\", clear = true,",
                "name = \"words\", type = \"text\",",
                "[question.words] the province cannot seal: it must be clear, or an answer"},
        Mistake{kReply, "name = \"reply\", group = \"q\", type",
                "[question.reply] the group `q` mixes answers and what the province writes"},
        Mistake{"name = \"client\"\nperson = true\n",
                "name = \"client\"\nperson = true\nnext = \"question\"\n",
                "`next`: `question` does not stand below it"},
        Mistake{"[review]\nrecord = \"review\"", "[review]\nrecord = \"reviews\"",
                "[review] there is no record `reviews`"},
        Mistake{"[review]\nrecord = \"review\"", "[review]\nrecord = \"question\"",
                "[review] `question` must stand alone"},
        Mistake{kWhat, "name = \"what\", type = \"ref\",",
                "[review] `about_field` must be a clear reference to any record"},
        Mistake{kWhat, "name = \"what\", type = \"ref\", clear = true, refers_to = \"client\",",
                "[review] `about_field` must be a clear reference to any record"},
        Mistake{"check_field = \"check\"", "check_field = \"why\"",
                "[review] `check_field` must be a clear text"},
        Mistake{"check_field = \"check\"", "", "[review] `check_field` is missing"},
        Mistake{"check_field = \"check\"", "check_field = \"check\"\nnote = \"why\"",
                "[review] there is no key `note`"}));

TEST(ProvinceLoad, NobodyIsAskedToAddWhatTheProvinceWrites) {
  std::string text = WithMore(kOfProvince, "of_province = true\nparent = \"client\"\n");
  text += R"toml(
[[worklist]]
name = "ask"
record = "client"
add = "question"
vi = "Hỏi"
en = "Ask"
empty = { vi = "Không", en = "None" }
sql = "SELECT id, '' AS due FROM client"
)toml";
  auto listed = Programme::Load(text, "x.toml");
  ASSERT_FALSE(listed);
  EXPECT_THAT(listed.error().message,
              HasSubstr("[worklist ask] `add`: `question` is written by the province"));
  text = WithMore(kOfProvince, "of_province = true\nparent = \"client\"\n");
  text.replace(text.find("person = true\n"), 14, "person = true\nnext = \"question\"\n");
  auto next = Programme::Load(text, "x.toml");
  ASSERT_FALSE(next);
  EXPECT_THAT(next.error().message,
              HasSubstr("[client] `next`: `question` is written by the province"));
}

/// The only difference between the sample and the sample with one text exchanged.
ProgrammeDifference OnlyDifference(const std::string& from, const std::string& to) {
  const auto before = MustLoad(WithMore());
  std::string text = WithMore(from, to);
  const auto after = MustLoad(text.replace(text.find("version = 1"), 11, "version = 2"));
  if (!before || !after) return {};
  const auto differences = CompareProgrammes(*before, *after);
  EXPECT_EQ(differences.size(), 1u);
  return differences.empty() ? ProgrammeDifference{} : differences.front();
}

TEST(ProvinceCompare, SaysWhoWritesFromNowOn) {
  const auto answer =
      OnlyDifference("name = \"reply\", type = \"text\", clear = true, answer = true,",
                     "name = \"reply\", type = \"text\", clear = true,");
  EXPECT_TRUE(answer.safe);
  EXPECT_EQ(answer.what, "question.reply: no longer an answer");
  const auto review = OnlyDifference(
      "[review]\nrecord = \"review\"\nabout_field = \"what\"\ncheck_field = \"check\"\n", "");
  EXPECT_TRUE(review.safe);
  EXPECT_EQ(review.what, "review: what was looked at is kept in another way");
  std::string text = WithMore();
  for (const std::string part : {"of_province = true\n", " answer = true,", " answer = true,"}) {
    text.erase(text.find(part), part.size());
  }
  const auto before = MustLoad(text);
  const auto after = MustLoad(WithMore());
  ASSERT_TRUE(before && after);
  const auto differences = CompareProgrammes(*before, *after);
  const auto found = std::find_if(differences.begin(), differences.end(), [](const auto& one) {
    return one.what.find("question: the province's from now on") != std::string::npos;
  });
  ASSERT_NE(found, differences.end());
  EXPECT_FALSE(found->safe);
  EXPECT_FALSE(found->refused);
}

}  // namespace
}  // namespace tram
