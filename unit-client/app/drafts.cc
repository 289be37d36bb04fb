#include "app/drafts.h"

#include <algorithm>

#include "app/output.h"

namespace tram::client {
namespace {

constexpr char kPurpose[] = "draft";

/// Places are used again, so that no more than kDraftsMax settings ever exist.
std::string SettingOf(std::size_t place) { return "client.draft." + std::to_string(place); }

std::string DraftText(const Draft& draft) {
  Json fields = Json::array();
  for (const auto& [name, value] : draft.fields) fields.push_back({name, value});
  return JsonText({{"person", draft.person},
                   {"form", draft.form},
                   {"begun_ms", draft.begun_ms},
                   {"kept_ms", draft.kept_ms},
                   {"fields", std::move(fields)}});
}

/// Nothing: of a later version.
std::optional<Draft> ReadDraft(ByteView plain) {
  const Json json = Json::parse(plain.begin(), plain.end(), nullptr, false);
  try {
    Draft draft{json.at("person"), json.at("form"), json.at("begun_ms"), json.at("kept_ms"), {}};
    for (const Json& field : json.at("fields")) {
      draft.fields.emplace(field.at(0).get<std::string>(), field.at(1).get<std::string>());
    }
    return draft;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

/// By place; a place whose draft does not open (of a unit key before this one) is as good as free.
Result<std::vector<std::optional<Draft>>> ReadPlaces(UnitDevice& device) {
  if (!device.unlocked()) {
    return MakeError(ErrorCode::kDenied, "this unit is locked; unlock it with its passphrase");
  }
  std::vector<std::optional<Draft>> places(kDraftsMax);
  for (std::size_t place = 0; place < kDraftsMax; ++place) {
    const std::optional<Bytes> sealed = device.log().Setting(SettingOf(place));
    if (!sealed) continue;
    Result<Bytes> plain = device.OpenLocal(kPurpose, *sealed);
    if (!plain) continue;
    places[place] = ReadDraft(*plain);
    std::fill(plain->begin(), plain->end(), std::uint8_t{0});
  }
  return places;
}

std::size_t PlaceOf(const std::vector<std::optional<Draft>>& places, const std::string& person,
                    const std::string& form) {
  const auto found = std::find_if(places.begin(), places.end(), [&](const auto& draft) {
    return draft && draft->person == person && draft->form == form;
  });
  return static_cast<std::size_t>(found - places.begin());
}

/// The first free one, or the one that was not touched for longest.
std::size_t PlaceToUse(const std::vector<std::optional<Draft>>& places) {
  const auto found =
      std::min_element(places.begin(), places.end(), [](const auto& a, const auto& b) {
        if (!a || !b) return !a && b;
        return a->kept_ms < b->kept_ms;
      });
  return static_cast<std::size_t>(found - places.begin());
}

}  // namespace

Result<std::vector<Draft>> AllDrafts(UnitDevice& device) {
  TRAM_ASSIGN(auto places, ReadPlaces(device));
  std::vector<Draft> drafts;
  for (auto& draft : places) {
    if (draft) drafts.push_back(*std::move(draft));
  }
  std::stable_sort(drafts.begin(), drafts.end(),
                   [](const Draft& a, const Draft& b) { return a.kept_ms > b.kept_ms; });
  return drafts;
}

Result<std::optional<Draft>> FindDraft(UnitDevice& device, const std::string& person,
                                       const std::string& form) {
  TRAM_ASSIGN(auto places, ReadPlaces(device));
  const std::size_t place = PlaceOf(places, person, form);
  if (place == places.size()) return std::optional<Draft>();
  return std::move(places[place]);
}

Status KeepDraft(UnitDevice& device, const std::string& person, const std::string& form,
                 const HttpFields& fields, std::int64_t now_ms) {
  TRAM_ASSIGN(auto places, ReadPlaces(device));
  std::size_t place = PlaceOf(places, person, form);
  Draft draft{person, form, now_ms, now_ms, fields};
  if (place == places.size()) {
    place = PlaceToUse(places);
  } else {
    if (places[place]->fields == fields) return {};
    draft.begun_ms = places[place]->begun_ms;
  }
  std::string text = DraftText(draft);
  if (text.size() > kDraftBytesMax) {
    return MakeError(ErrorCode::kInvalid, "this form is too long to be kept before it is saved");
  }
  TRAM_ASSIGN(Bytes sealed, device.SealLocal(kPurpose, AsBytes(text)));
  std::fill(text.begin(), text.end(), '\0');
  device.log().SetSetting(SettingOf(place), std::move(sealed));
  return device.log().Commit();
}

Status DropDraft(UnitDevice& device, const std::string& person, const std::string& form) {
  TRAM_ASSIGN(auto places, ReadPlaces(device));
  const std::size_t place = PlaceOf(places, person, form);
  if (place == places.size()) return {};
  device.log().SetSetting(SettingOf(place), {});
  return device.log().Commit();
}

}  // namespace tram::client
