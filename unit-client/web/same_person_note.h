// A form's warning that the person who is typed into it seems to be registered already.
// Threads: the thread that owns the device.
#pragma once

#include <string>

#include "web/forms.h"

namespace tram::client {

/// Puts those persons into form.same; of a record that is corrected, those whom the correction
/// brings. A check that cannot be evaluated keeps nobody from recording: then there are none.
void FindSame(PageCall& page, FilledForm& form, const RowValues& row);
/// What somebody saw who was warned of form.same: each record, with its last change.
std::string SameSeen(const PageCall& page, const FilledForm& form);
/// The model of templates/same.html; null where nobody is warned of.
Json SameModel(const PageCall& page, const FilledForm& form);

}  // namespace tram::client
