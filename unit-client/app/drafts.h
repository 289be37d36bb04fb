// Drafts: what is half typed in a form, so that a power cut or a closed window loses nothing.
//
// Each lies sealed (UnitDevice::SealLocal) in a setting of this device's log that never syncs; the
// settings say nothing about it but its size. At most kDraftsMax; the one that was not touched for
// longest goes first. Store: libsync/docs/store.md, section 2.
// Threads: the thread that owns the device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tram/session/unit_device.h"
#include "tram/web/http.h"

namespace tram::client {

inline constexpr std::size_t kDraftsMax = 20;
inline constexpr std::size_t kDraftBytesMax = 64 * 1024;  // as it lies there before sealing

struct Draft {
  std::string person;         // who types
  std::string form;           // the path of the form that it belongs to
  std::int64_t begun_ms = 0;  // when the first of it was kept, by this machine's clock
  std::int64_t kept_ms = 0;
  HttpFields fields;  // as the form posts them
};

/// Those that open, of everybody, touched last first. Errors: denied (locked).
Result<std::vector<Draft>> AllDrafts(UnitDevice& device);
/// Nothing where there is none. Errors: denied (locked).
Result<std::optional<Draft>> FindDraft(UnitDevice& device, const std::string& person,
                                       const std::string& form);
/// Durable on return; writes nothing where the fields are those that lie there. An earlier one of
/// this person and form is replaced, and its begun_ms stays.
/// Errors: denied (locked) | invalid (longer than kDraftBytesMax; the earlier one stays) | io.
Status KeepDraft(UnitDevice& device, const std::string& person, const std::string& form,
                 const HttpFields& fields, std::int64_t now_ms);
/// Durable on return; writes nothing where there is none. Errors: denied (locked) | io.
Status DropDraft(UnitDevice& device, const std::string& person, const std::string& form);

}  // namespace tram::client
