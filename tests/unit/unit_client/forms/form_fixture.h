// The form and history pages over real devices: two of one unit, in scratch folders, on a programme
// with every type of field. Pages are asked as a browser asks them: by address, and with the fields
// that stand in the HTML that was drawn.
// Threads: one test.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tram/web/templates.h"
#include "web/page.h"

namespace tram::client {

/// Stands still unless it is moved. 2026-11-22 14:05 in Viet Nam at first.
class SetClock : public Clock {
 public:
  std::int64_t WallMs() override { return now_ms; }
  std::int64_t SteadyMs() override { return now_ms; }
  std::int64_t now_ms = StartOfLocalDay(DateOf(2026, 11, 22)) + (14 * 60 + 5) * 60 * 1000;
};

/// The inputs of the form with this id in a page, as a browser would post them.
HttpFields InputsOf(const std::string& html, const std::string& form_id = "form");

class FormTest : public testing::Test {
 protected:
  FormTest();

  UnitDevice& device(std::size_t at = 0) { return *devices_[at]; }
  /// Closes a device's files without a word, as losing its power does, and opens it again.
  void Reopen(std::size_t at = 0);
  std::filesystem::path FolderOf(std::size_t at) const;
  /// What the first device has and the second lacks, and the other way round.
  void PassAll();

  Answer Ask(const std::string& method, const std::string& target, const HttpFields& posted = {},
             std::size_t at = 0);
  /// Fails the test where the answer is no page.
  Page PageAt(const std::string& target, std::size_t at = 0);
  HttpFields FormAt(const std::string& target, std::size_t at = 0);
  /// Where a POST leads to; fails the test where it leads nowhere. The page that says what is wrong
  /// is in the message.
  std::string Sent(const std::string& target, const HttpFields& posted, std::size_t at = 0);
  Page Refused(const std::string& target, const HttpFields& posted, std::size_t at = 0);
  ErrorCode FailsWith(const std::string& method, const std::string& target,
                      const HttpFields& posted = {});
  std::string Html(const Page& page, Language language = Language::kVietnamese);

  /// A record of the type with these texts, typed into its form.
  RecordId Add(const std::string& type, const HttpFields& typed,
               const std::optional<RecordId>& parent = std::nullopt);
  RecordId Client(const std::string& name = "Lê Thị Hoa") {
    return Add("client", {{"f.full_name", name}});
  }
  RecordId Episode(const RecordId& client) { return Add("episode", {}, client); }
  RecordView Find(const RecordId& record, std::size_t at = 0);
  const FieldView& FieldOf(const RecordView& record, const std::string& name);
  Value ValueOf(const RecordId& record, const std::string& name, std::size_t at = 0);
  /// The field's model in a page that draws a form.
  Json Drawn(const Page& page, const std::string& name);
  static std::string OpIn(const std::string& location);  // of "…saved=<op>"

  SetClock clock_;
  Language language_ = Language::kVietnamese;

 private:
  test::ScratchFolder scratch_;
  SecretKey unit_key_ = SecretKey::Generate(SystemRandom());
  std::vector<std::unique_ptr<UnitDevice>> devices_;
  Session session_;
  Sessions sessions_{SystemRandom()};
  Services services_;
};

/// Puts a text into an input, whatever stood there; "" for a set empties it.
void Type(HttpFields& form, const std::string& field, const std::string& text);

}  // namespace tram::client
