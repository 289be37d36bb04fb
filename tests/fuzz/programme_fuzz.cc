// Programme files: TOML, the expressions in it, the signed form.
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/fuzz_world.h"
#include "tests/support/small_programme.h"
#include "tram/base/limits.h"
#include "tram/programme/signing.h"
#include "tram/view/unit_view.h"

namespace tram::fuzz {
namespace {

void TryToml(std::string_view toml) {
  const auto programme = Programme::Load(toml, "input.toml");
  if (!programme) return;
  static const std::shared_ptr<const Programme> other = small::SmallProgramme();
  (void)CompareProgrammes(*other, **programme);
  for (const ProgrammeDifference& difference : CompareProgrammes(**programme, **programme)) {
    Promise(!difference.refused, "a programme may follow itself");
  }
  auto view = UnitView::Create(*programme, World::One().unit());
  Promise(view.has_value(), "a programme that loads makes a view");
  const Date today = DateOf(2026, 11, 22);
  (void)(*view)->Checks(today);
  (void)(*view)->Figures(today);
  for (const RecordType& type : (*programme)->records) {
    (void)(*view)->Defaults(type, std::nullopt, today);
    (void)(*view)->Validate(type, {}, {}, std::nullopt, Language::kEnglish);
  }
}

void TrySigned(std::string_view file) {
  const auto read = ReadSignedProgramme(file);
  if (!read || read->signature.IsZero()) return;
  Promise(WriteSignedProgramme(*read) == file, "a signed programme has one form");
  Promise(!VerifySignature(World::One().server_key().id(), ProgrammeStatement(read->toml),
                           read->signature),
          "nobody else's signature is good");
}

}  // namespace

void FuzzProgramme(ByteView bytes) {
  FuzzInput input(bytes);
  if (input.Flag()) {
    TrySigned(AsText(input.Rest()));
  } else {
    TryToml(AsText(input.Rest()));
  }
}

}  // namespace tram::fuzz
