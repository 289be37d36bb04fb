// The form that a line of a worklist opens: filled in from the line, and nothing sealed in its
// address.
#include "tests/unit/unit_client/forms/form_fixture.h"

namespace tram::client {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class WorklistFormTest : public FormTest {
 protected:
  void SetUp() override {
    client_ = Add("client", {{"f.full_name", "Hoa"}, {"f.phone", "0999"}});
    const Page page = PageAt("/due/call_back");
    ASSERT_EQ(page.model["list"]["lines"].size(), 1u);
    form_ = page.model["list"]["lines"][0]["form"];
  }

  RecordId client_;
  std::string form_;
};

TEST_F(WorklistFormTest, OnlyClearCodesAndIdsStandInTheAddress) {
  EXPECT_EQ(form_, "/new/episode?parent=" + client_.Hex() + "&drug=b&from-list=call_back");
}

TEST_F(WorklistFormTest, TheRestIsTakenFromTheLineAgain) {
  const Page page = PageAt(form_);
  EXPECT_EQ(Drawn(page, "drug")["typed"], "b");
  EXPECT_EQ(Drawn(page, "days")["typed"], "7") << "sealed";
  EXPECT_EQ(Drawn(page, "ended")["typed"], "20/11/2026") << "clear, but no code";
  HttpFields form = InputsOf(Html(page));
  Type(form, "weight", "nhiều");
  const Page refused = Refused("/new/episode", form);
  EXPECT_EQ(Drawn(refused, "days")["typed"], "7");
  Type(form, "weight", "60");
  Type(form, "intake", "1/11/2026");
  const std::string op = OpIn(Sent("/new/episode", form));
  const RecordId episode = RecordOf(*OpId::FromHexText(op));
  EXPECT_EQ(ValueOf(episode, "days"), Value(std::int64_t{7}));
  EXPECT_EQ(ValueOf(episode, "drug"), Value(Code{2}));
}

TEST_F(WorklistFormTest, WhereTheLineIsNoMoreTheFormIsEmptier) {
  HttpFields form = FormAt(RecordPath(client_, "/edit"));
  Type(form, "phone", "0123");
  Sent(RecordPath(client_, "/edit"), form);
  const Page page = PageAt(form_);
  EXPECT_EQ(Drawn(page, "drug")["typed"], "b");
  EXPECT_EQ(Drawn(page, "days")["typed"], "");
}

TEST_F(WorklistFormTest, WhatSomebodyElseWroteIntoAnAddressIsNotTaken) {
  const std::string parent = "/new/episode?parent=" + client_.Hex();
  const Page page = PageAt(parent + "&days=9&drug=c");
  EXPECT_EQ(Drawn(page, "days")["typed"], "");
  EXPECT_EQ(Drawn(page, "drug")["typed"], "c");
  EXPECT_EQ(page.model["form"], parent.substr(0, 12) + "?drug=c&parent=" + client_.Hex())
      << "nor handed on";
  EXPECT_EQ(Drawn(PageAt(parent + "&drug=c&from-list=call_back"), "days")["typed"], "")
      << "that is another line";
}

}  // namespace
}  // namespace tram::client
