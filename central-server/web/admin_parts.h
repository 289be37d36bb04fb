// What the pages of administration share: fields of forms with their errors, pages of a list,
// files that were sent, tables to take away.
// Threads: the owner's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/unit_desk.h"
#include "web/office.h"
#include "web/page.h"

namespace tram::server {

/// The fields of one form, as the partial admin_field.html draws them, each with what is wrong with
/// it. Ids begin with the form's name, so that several forms fit on a page.
class FormFields {
 public:
  FormFields(const PageCall& call, std::string form, std::vector<UnitFault> faults = {})
      : call_(call), form_(std::move(form)), faults_(std::move(faults)) {}

  struct Look {
    std::string help = {};
    bool must = false, narrow = false;
  };
  FormFields& Text(const char* name, const Label& label, std::string_view value, const Look& look);
  /// `options`: {"value", "label"}; the one that is `chosen` is marked.
  FormFields& Choice(const char* name, const Label& label, Json options, std::string_view chosen,
                     const Look& look);
  const Json& fields() const { return fields_; }
  /// For admin_problems.html: what is wrong, each with a link to its field.
  Json Problems() const;

 private:
  Json Field(const char* name, const Label& label, const Look& look) const;
  const PageCall& call_;
  std::string form_;
  std::vector<UnitFault> faults_;
  Json fields_ = Json::array();
};

/// One page of `count` rows: what of them it shows, and its neighbours' addresses ("" where none).
struct ListPage {
  std::size_t first = 0, end = 0;
  Json links;  // {"before", "after", "said"}
};
/// `address` is the list's with its query, to which the page's number is added.
ListPage PageOf(const PageCall& call, std::size_t count, std::size_t rows_per_page,
                const std::string& address);

/// The file of a posted form. Errors: invalid (none was chosen).
Result<SentFile> TakeSentFile(const PageCall& call, std::string_view field);
/// A new key for what is kept of this session, and where it is kept.
std::string NewKey(const PageCall& call);
std::string KeptUnder(const PageCall& call, std::string_view key);

/// CSV to take away. With a byte order mark, so that spreadsheets read the letters as UTF-8.
HttpResponse CsvFile(std::string csv, const std::string& name);

/// The province that a unit belongs to today: "24 Bắc Ninh"; says so where there is none.
std::string ProvinceText(const PageCall& call, const Place* place);

}  // namespace tram::server
