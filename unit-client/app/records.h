// The verbs on single records: add, show, set, list, delete, undelete, author.
// Threads: the thread that owns the device.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/names.h"

namespace tram::client {

struct AddOptions {
  std::string type;
  std::vector<Assignment> values;  // "parent" among them
  bool same_person_ok = false;     // whoever seems to be the same person is somebody else
};
struct SetOptions {
  std::string id;
  std::vector<Assignment> values;
  /// What the form was drawn from, as `show` gave it; nothing: from what is here now.
  std::optional<std::vector<OpId>> parents;
  std::string reason;  // why it is corrected; "" where nothing is said
};
struct ListOptions {
  std::string type;
  std::string where;  // SQL over the type's columns
};
struct DeleteOptions {
  std::string id, reason;
  std::optional<std::vector<OpId>> parents;
};

/// Errors: exists (the person seems to be registered already: the document names those records) |
/// those of UnitDevice::Save.
Status AddRecord(Call& call, const AddOptions& options);
Status ShowRecord(Call& call, const std::string& id);
Status SetRecord(Call& call, const SetOptions& options);
Status ListRecords(Call& call, const ListOptions& options);
Status DeleteRecord(Call& call, const DeleteOptions& options);
Status UndeleteRecord(Call& call, const std::string& id);
/// Who writes from now on; "" shows it, "none" ends it.
Status SetAuthorOf(Call& call, const std::string& worker);

/// Puts typed text into a form. Errors: not_found (no such field) | invalid.
Status FillForm(Call& call, const std::vector<Assignment>& values, RecordForm& form);

}  // namespace tram::client
