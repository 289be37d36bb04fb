// The pages that are there before anybody is at work: the first start, signing in, the lock.
#include <zxcvbn.h>

#include <algorithm>

#include "app/founding.h"
#include "tram/base/os_file.h"
#include "tram/crypto/passphrase.h"
#include "tram/web/guard.h"
#include "tram/web/multipart.h"
#include "web/front_state.h"

namespace tram::client {
namespace {

constexpr char kSetupPath[] = "/setup", kSignInPath[] = "/sign-in", kLockPath[] = "/lock",
               kUnlockPath[] = "/unlock", kSignOutPath[] = "/sign-out",
               kLanguagePath[] = "/language", kCannotGetInPath[] = "/cannot-get-in";
/// Bits of guessing below which a passphrase is called weak (zxcvbn's estimate): a stolen disk
/// allows some ten tries a second and computer against Argon2id, so 2^36 tries cost centuries.
constexpr double kWeakBits = 36;
constexpr char kInvitationFile[] = "invitation.upload";

std::string Text(const HttpFields& form, std::string_view name) {
  return std::string(FirstOf(form, name));
}

bool IsWeak(const std::string& passphrase) {
  return ZxcvbnMatch(passphrase.c_str(), nullptr, nullptr) < kWeakBits;
}

}  // namespace

std::optional<Answer> Front::State::Entry(const HttpRequest& request, const HttpFields& form,
                                          Session* session) {
  const bool posts = request.method == "POST";
  const std::string& path = request.path;
  if (posts && path == kLanguagePath) return ChooseLanguage(form, session);
  if (!posts && path == kCannotGetInPath && options.practice == nullptr) {
    return CannotGetInPage(session);
  }
  if (auto answer = PracticePages(request, session)) return std::move(*answer);
  if (options.device() == nullptr) {
    if (path != kSetupPath) return SeeOther(kSetupPath);
    return posts ? SetUp(request, form) : Answer(SetupPage(form, ""));
  }
  if (path == kSetupPath) return SeeOther("/");
  const std::string back = SafeBack(posts ? "" : request.target);
  if (session == nullptr) {
    if (path == kSignInPath) {
      return posts ? SignInNow(form) : Answer(SignInPage(form.empty() ? request.query : form, ""));
    }
    return SeeOther(std::string(kSignInPath) + (back == "/" ? "" : "?back=" + PercentEncode(back)));
  }
  if (posts && path == kSignOutPath) {
    sessions.End(session->token());
    HttpResponse gone = SeeOther(kSignInPath);
    SetCookie(gone, cookie, "", false);
    return gone;
  }
  if (posts && path == kLockPath) {
    sessions.Lock(*session);
    return SeeOther(std::string(kLockPath) +
                    "?back=" + PercentEncode(SafeBack(Text(form, "back"))));
  }
  if (session->locked()) {
    if (posts && path == kUnlockPath) return UnlockNow(*session, form);
    if (path == kLockPath) return LockPage(*session, SafeBack(FirstOf(request.query, "back")), "");
    return SeeOther(std::string(kLockPath) + "?back=" + PercentEncode(back));
  }
  if (path == kSignInPath || path == kLockPath || path == kUnlockPath) {
    return SeeOther(SafeBack(FirstOf(request.query, "back")));
  }
  return std::nullopt;
}

HttpResponse Front::State::ChooseLanguage(const HttpFields& form, Session* session) {
  language = Text(form, "to") == "en" ? Language::kEnglish : Language::kVietnamese;
  if (session != nullptr) session->language = language;
  return SeeOther(SafeBack(Text(form, "back")));
}

/// What can be got back and what cannot; the same words help who is signed in and others.
Page Front::State::CannotGetInPage(const Session* session) {
  const Language in = session == nullptr ? language : session->language;
  Page page;
  page.template_name = "cannot-get-in";
  page.title = Said(in, "Không vào được?", "Cannot get in?");
  std::string clinical, keeper;
  std::size_t others = 0;
  UnitDevice* device = options.device();
  const auto people = device == nullptr ? Result<std::vector<Person>>(std::vector<Person>())
                                        : AllPeople(device->log());
  for (const Person& person : people ? *people : std::vector<Person>()) {
    if (person.role != Role::kClinical) continue;
    clinical += (clinical.empty() ? "" : ", ") + person.name;
    if (person.keeper) keeper = person.name;
    others += person.keeper ? 0 : 1;
  }
  page.model = {{"has_unit", device != nullptr},
                {"folder", options.folder.string()},
                {"clinical", clinical},
                {"keeper", keeper},
                {"others", others > 0}};
  return page;
}

Page Front::State::SetupPage(const HttpFields& form, const std::string& problem) {
  Page page;
  page.template_name = "setup";
  page.title = Said(language, "Bắt đầu sử dụng", "First start");
  page.status = problem.empty() ? 200 : 400;
  page.model = {{"problem", problem},
                {"name", Text(form, "name")},
                {"server", Text(form, "server")},
                {"code", Text(form, "code")},
                {"weak", Text(form, "weak")}};
  return page;
}

Result<std::string> Front::State::KeepInvitation(const HttpRequest& request) {
  const std::string_view type = request.Header("content-type");
  if (!IsMultipart(type)) return std::string();
  TRAM_ASSIGN(const std::vector<FormPart> parts, ParseMultipart(type, request.body));
  const FormPart* file = FileOf(parts, "invite");
  if (file == nullptr || file->content.empty()) return std::string();
  const std::filesystem::path kept = options.folder / kInvitationFile;
  TRAM_TRY(WriteFileAtomically(kept, AsBytes(file->content)));
  return kept.string();
}

Answer Front::State::SetUp(const HttpRequest& request, const HttpFields& form) {
  const Language in = language;
  const std::string passphrase = Text(form, "passphrase");
  if (passphrase != Text(form, "again")) {
    return SetupPage(
        form, Said(in, "Hai lần gõ mật khẩu không giống nhau.", "The two passphrases differ."));
  }
  if (Status fits = CheckPassphrase(passphrase); !fits) {
    return SetupPage(form, Said(in, "Mật khẩu phải có ít nhất 8 ký tự.",
                                "A passphrase has at least 8 characters."));
  }
  if (IsWeak(passphrase) && Text(form, "weak_accepted").empty()) {
    HttpFields again = form;
    again.emplace("weak", "1");
    return SetupPage(again, Said(in, "Mật khẩu này dễ đoán: hãy dùng bốn từ không liên quan nhau.",
                                 "This passphrase is easy to guess: use four words that have "
                                 "nothing to do with each other."));
  }
  if (Text(form, "name").empty()) {
    return SetupPage(form, Said(in, "Hãy ghi tên của bạn.", "Give your name."));
  }
  Output out(in, false);
  const auto code = [&](const std::string&, const char*,
                        const std::string&) -> Result<std::string> { return Text(form, "code"); };
  FolderCall call{
      options.folder, out, clock, random, options.cwd, code, [&]() -> Result<std::string> {
        return passphrase;
      }};
  InitOptions init;
  init.server = Text(form, "server");
  auto invitation = KeepInvitation(request);
  if (!invitation) return SetupPage(form, invitation.error().message);
  init.invite = *invitation;
  const Status made = InitUnit(call, init);
  std::error_code code_of_removing;
  if (!invitation->empty()) std::filesystem::remove(*invitation, code_of_removing);
  if (!made) return SetupPage(form, made.error().message);
  if (Status opened = options.open_unit(); !opened) {
    return ErrorPage(opened.error(), in);
  }
  auto keeper = AddKeeper(*options.device(), {Text(form, "name"), passphrase}, std::nullopt);
  if (!keeper) return SeeOther(kSignInPath);
  return SignInNow(form);
}

Page Front::State::SignInPage(const HttpFields& form, const std::string& problem) {
  UnitDevice& device = *options.device();
  Page page;
  page.template_name = "sign-in";
  page.title = Said(language, "Đăng nhập", "Sign in");
  page.status = problem.empty() ? 200 : 403;
  const std::string chosen = Text(form, "name");
  Json people = Json::array();
  if (auto all = AllPeople(device.log())) {
    for (const Person& person : *all) {
      people.push_back({{"name", person.name},
                        {"chosen", person.name == chosen || (chosen.empty() && all->size() == 1)}});
    }
  }
  page.model = {{"problem", problem},
                {"first", people.empty()},
                {"name", chosen},
                {"people", people},
                {"back", SafeBack(Text(form, "back"))}};
  return page;
}

Status Front::State::OpenDevice(const std::optional<SecretKey>& unit_key) {
  UnitDevice& device = *options.device();
  if (!unit_key || device.unlocked()) return {};
  TRAM_TRY(device.Unlock(*unit_key));
  unlocked_here = true;
  return {};
}

Answer Front::State::SignInNow(const HttpFields& form) {
  UnitDevice& device = *options.device();
  const std::string name = Text(form, "name"), passphrase = Text(form, "passphrase");
  auto people = AllPeople(device.log());
  if (!people) return ErrorPage(people.error(), language);
  auto admitted =
      sessions.passphrase_tries().Try(SignInKey(name), NowMs(), [&]() -> Result<Admitted> {
        if (people->empty()) TRAM_TRY(AddKeeper(device, {name, passphrase}, std::nullopt));
        return Admit(device, {name, passphrase});
      });
  if (!admitted) {
    const std::int64_t wait_s =
        (sessions.passphrase_tries().WaitMs(SignInKey(name), NowMs()) + 999) / 1000;
    const bool wrong = admitted.error().code == ErrorCode::kDenied ||
                       admitted.error().code == ErrorCode::kNotFound;
    std::string problem =
        wrong ? Said(language, "Sai tên hoặc mật khẩu.", "Wrong name or passphrase.")
              : admitted.error().message;
    if (wait_s > 0) {
      problem = language == Language::kVietnamese
                    ? fmt::format("Sai nhiều lần: đợi {} giây rồi thử lại.", wait_s)
                    : fmt::format("Wrong several times: wait {} seconds, then try again.", wait_s);
    }
    return SignInPage(form, problem);
  }
  if (Status opened = OpenDevice(admitted->unit_key); !opened) {
    return ErrorPage(opened.error(), language);
  }
  Session& session = sessions.Begin(*admitted, language, NowMs());
  if (const std::string pin = Text(form, "pin"); !pin.empty()) {
    if (Status set = sessions.SetPin(session, pin, *admitted); !set) {
      sessions.End(session.token());
      return SignInPage(
          form, Said(language, "Mã PIN có 4 đến 8 chữ số, không lặp một số, không theo thứ tự.",
                     "A PIN has 4 to 8 digits, not all the same and not in a row."));
    }
  }
  HttpResponse entered = SeeOther(SafeBack(Text(form, "back")));
  SetCookie(entered, cookie, session.token(), false);
  return entered;
}

Page Front::State::LockPage(const Session& session, const std::string& back,
                            const std::string& problem) {
  Page page;
  page.template_name = "lock";
  page.anew = std::string(kLockPath) + "?back=" + PercentEncode(back);
  page.title = Said(session.language, "Đang khoá", "Locked");
  page.status = problem.empty() ? 200 : 403;
  page.model = {{"problem", problem},
                {"name", session.person().name},
                {"has_pin", session.has_pin()},
                {"back", back}};
  return page;
}

Answer Front::State::UnlockNow(Session& session, const HttpFields& form) {
  const Language in = session.language;
  const std::string back = SafeBack(Text(form, "back"));
  const std::string pin = Text(form, "pin"), passphrase = Text(form, "passphrase");
  const std::string& name = session.person().name;
  Status opened;
  std::int64_t wait_ms = 0;
  if (!pin.empty()) {
    auto key = sessions.ResumeWithPin(session, pin, NowMs());
    opened = key ? OpenDevice(*key) : Status(key.error());
    wait_ms = sessions.PinWaitMs(session, NowMs());
  } else {
    auto admitted = sessions.passphrase_tries().Try(SignInKey(name), NowMs(), [&] {
      return Admit(*options.device(), {name, passphrase});
    });
    opened = admitted ? sessions.Resume(session, *admitted, NowMs()) : Status(admitted.error());
    if (opened) opened = OpenDevice(admitted->unit_key);
    wait_ms = sessions.passphrase_tries().WaitMs(SignInKey(name), NowMs());
  }
  if (opened) return SeeOther(back);
  const std::int64_t wait_s = (wait_ms + 999) / 1000;
  std::string problem = opened.error().code == ErrorCode::kDenied
                            ? Said(in, "Không đúng.", "That is not right.")
                            : opened.error().message;
  if (wait_s > 0) {
    problem = in == Language::kVietnamese
                  ? fmt::format("Sai nhiều lần: đợi {} giây rồi thử lại.", wait_s)
                  : fmt::format("Wrong several times: wait {} seconds, then try again.", wait_s);
  } else if (!pin.empty() && !session.has_pin()) {
    problem = Said(in, "Mã PIN đã sai quá nhiều lần: hãy dùng mật khẩu.",
                   "The PIN was wrong too often: use the passphrase.");
  }
  return LockPage(session, back, problem);
}

}  // namespace tram::client
