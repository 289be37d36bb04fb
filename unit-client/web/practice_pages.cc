// Practising: where it is offered, how it begins and ends, and the steps of the tour.
#include <chrono>

#include "tram/web/guard.h"
#include "web/front_state.h"

namespace tram::client {
namespace {

constexpr char kPracticePath[] = "/practice", kBeginPath[] = "/practice/begin",
               kEndPath[] = "/practice/end";
/// Files that a person may carry elsewhere, or that he brings.
constexpr std::string_view kCarried = "/bundle/";
constexpr std::size_t kTicketBytes = 16;
constexpr std::int64_t kUnclaimedMsMax = 10 * 60 * 1000;  // then what nobody came for is erased

/// What the person can do about it, before what happened.
std::string WhyNotMade(Language in, const Error& error) {
  const std::string what =
      error.code == ErrorCode::kExists
          ? Said(in, "Thư mục tập dượt có thứ không phải dữ liệu giả; hãy dời nó đi rồi thử lại.",
                 "The practice folder holds something that is not made up; move it away, then try "
                 "again.")
      : error.code == ErrorCode::kIo
          ? Said(in, "Không ghi được vào đĩa; hãy xem đĩa còn chỗ không rồi thử lại.",
                 "The disk could not be written; see whether it is full, then try again.")
          : Said(in, "Hãy thử lại; nếu vẫn vậy, hãy báo cho tỉnh câu này.",
                 "Try again; if that does not help, tell the province this line.");
  return what + " (" + error.message + ")";
}

}  // namespace

/// Nobody takes a made-up file for a real one.
void Front::State::NameDownload(HttpResponse& response) const {
  constexpr std::string_view kFile = "filename=\"";
  for (auto& [name, value] : response.headers) {
    const std::size_t at = name == "Content-Disposition" ? value.find(kFile) : value.npos;
    if (at == value.npos) continue;
    value.insert(at + kFile.size(), Said(language, "tap-du-", "practice-"));
  }
}

bool Front::State::Practises(const HttpRequest& request) {
  if (!practice || practice->practice_over) return false;
  return practice->sessions.Peek(Cookie(request, practice->cookie), NowMs()) != nullptr;
}

bool Front::State::CanPractise() const {
  if (options.practice != nullptr) return false;  // it is under way
  const UnitDevice* device = options.device();
  const auto files = FindPracticeFiles(device == nullptr ? "" : device->programme().name);
  return files && (device != nullptr || !files->programme.empty());
}

std::optional<Answer> Front::State::PracticePages(const HttpRequest& request, Session* session) {
  if (options.practice == nullptr) return OfferPages(request, session);
  const bool posts = request.method == "POST";
  if (session == nullptr) return std::nullopt;
  if (request.path.starts_with(kCarried)) {
    return ErrorPage(
        MakeError(ErrorCode::kDenied,
                  Said(session->language, "đang tập với dữ liệu giả: không ghi ra, không đọc vào",
                       "this is practice with made-up data: nothing goes out or comes in")),
        session->language);
  }
  if (request.path == kEndPath || (posts && request.path == "/sign-out")) {
    if (!posts) return EndPage(session->language);
    if (request.path != kEndPath) return SeeOther(kEndPath);
    practice_over = true;
    HttpResponse gone = SeeOther("/");
    SetCookie(gone, cookie, "", false);
    return gone;
  }
  if (request.path == kBeginPath) return SeeOther(kPracticePath);
  if (request.path == kPracticePath && !session->locked()) return TourPage(session->language);
  return std::nullopt;
}

std::optional<Answer> Front::State::OfferPages(const HttpRequest& request, const Session* session) {
  if (request.path == kEndPath) return SeeOther(kPracticePath);
  if (request.path != kPracticePath && request.path != kBeginPath) return std::nullopt;
  const Language in = session == nullptr ? language : session->language;
  if (request.path == kBeginPath && request.method == "POST") {
    Status begun = EndPracticeIfOver();  // one that could not be erased before
    if (begun && practice) {
      const auto me = Admit(practice_unit->device(), practice_unit->me());
      return me ? practice->EnterPractice(in, *me) : Answer(ErrorPage(me.error(), in));
    }
    if (begun && !making) begun = BeginMaking(in);
    if (!begun) return ErrorPage(begun.error(), in);
    if (making->ready()) return EnterWhenMade(in);
    HttpResponse waits = SeeOther(kPracticePath);
    SetCookie(waits, PracticeCookie(), making->ticket, false);
    return waits;
  }
  if (making && SameSecret(Cookie(request, PracticeCookie()), making->ticket)) {
    return EnterWhenMade(in);
  }
  return OfferPage(in, "");
}

Page Front::State::OfferPage(Language in, const std::string& problem) {
  Page page;
  page.template_name = "practice";
  page.title = Said(in, "Làm thử với dữ liệu giả", "Try it with made-up data");
  page.model = {{"problem", problem}};
  return page;
}

bool Front::State::Making::ready() const {
  return made.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

Result<MadePractice> Front::State::MakePractice(const std::filesystem::path& folder,
                                                const std::string& programme,
                                                std::string_view script, Language in, Clock& clock,
                                                Random& random) {
  try {
    MadePractice made;
    TRAM_ASSIGN(made.unit, PracticeUnit::Begin(folder, programme, script, in, clock, random));
    TRAM_ASSIGN(made.me, Admit(made.unit->device(), made.unit->me()));
    TRAM_ASSIGN(made.templates, LoadTemplates());
    return made;
  } catch (const std::exception& problem) {  // of a library: nobody else catches it here
    return MakeError(ErrorCode::kIo, problem.what());
  }
}

Status Front::State::BeginMaking(Language in) {
  const UnitDevice* device = options.device();
  const auto files = FindPracticeFiles(device == nullptr ? "" : device->programme().name);
  if (!CanPractise()) {
    return MakeError(ErrorCode::kNotFound,
                     Said(in, "chưa có dữ liệu giả cho chương trình của đơn vị này",
                          "there are no made-up records for this unit's programme"));
  }
  auto promise = std::make_shared<std::promise<Result<MadePractice>>>();
  // Nothing of the real unit goes along but its programme.
  auto make = [promise, folder = options.folder / kPracticeFolder, script = files->script, in,
               programme =
                   std::string(device == nullptr ? files->programme : device->programme().text),
               clock = &clock, random = &random] {
    promise->set_value(MakePractice(folder, programme, script, in, *clock, *random));
  };
  Bytes ticket(kTicketBytes);
  random.Fill(ticket);
  making.emplace(Making{promise->get_future(), ToHex(ticket), in, NowMs()});
  if (options.aside) {
    options.aside(std::move(make));
  } else {
    maker = std::jthread(std::move(make));
  }
  return {};
}

Answer Front::State::EnterWhenMade(Language in) {
  if (!making->ready()) {
    Page page;
    page.template_name = "practice-making";
    page.title = Said(in, "Đang mở đơn vị giả", "Opening the made-up unit");
    page.model = {{"reloads", true}};
    return page;
  }
  Result<MadePractice> made = making->made.get();
  const Language language_then = making->language;
  making.reset();
  if (!made) {
    Page page = OfferPage(in, WhyNotMade(in, made.error()));
    page.status = HttpStatusOf(made.error().code);
    return page;
  }
  const Admitted me = std::move(made->me);
  OpenPractice(std::move(*made), language_then);
  return practice->EnterPractice(in, me);
}

void Front::State::OpenPractice(MadePractice made, Language in) {
  Front::Options inside;
  inside.hosts = options.hosts;
  inside.folder = options.folder / kPracticeFolder;
  inside.cwd = options.cwd;
  inside.language = in;
  inside.practice = made.unit.get();
  inside.device = [unit = made.unit.get()] { return &unit->device(); };
  inside.open_unit = [] { return Status(); };
  // Nothing of the program that holds the real unit: sending is played.
  inside.services.sync_state = [] {
    SyncState state;
    state.has_server = true;
    return state;
  };
  inside.services.ask_sync = [unit = made.unit.get()] { Status played = unit->PlaySending(); };
  practice = std::make_unique<State>(std::move(inside), clock, random, *std::move(made.templates));
  practice_unit = std::move(made.unit);
}

Answer Front::State::EnterPractice(Language in, const Admitted& me) {
  if (Status opened = OpenDevice(me.unit_key); !opened) {
    return ErrorPage(opened.error(), in);
  }
  Session& session = sessions.Begin(me, in, NowMs());
  HttpResponse entered = SeeOther(kPracticePath);
  SetCookie(entered, cookie, session.token(), false);
  return entered;
}

Page Front::State::TourPage(Language in) {
  Page page;
  page.template_name = "tour";
  page.title = Said(in, "Tập từng bước", "Practise step by step");
  Json steps = Json::array();
  std::size_t done = 0;
  for (const PracticeStep& one : options.practice->Steps()) {
    done += one.done ? 1 : 0;
    steps.push_back({{"title", one.step->title.In(in)},
                     {"what", one.step->what.In(in)},
                     {"href", one.step->href},
                     {"done", one.done}});
  }
  page.model = {{"all_done", done == steps.size()},
                {"done", std::to_string(done)},
                {"all", std::to_string(steps.size())},
                {"steps", std::move(steps)}};
  return page;
}

Page Front::State::EndPage(Language in) {
  Page page;
  page.template_name = "practice-end";
  page.title = Said(in, "Kết thúc tập dượt?", "End practice?");
  return page;
}

Status Front::State::EndPracticeIfOver() {
  if (making && making->ready() && NowMs() - making->begun_ms > kUnclaimedMsMax) making.reset();
  if (!practice_unit || (!practice->practice_over && practice->sessions.size() > 0)) return {};
  practice->practice_over = true;
  TRAM_TRY(practice_unit->End());
  practice.reset();
  practice_unit.reset();
  return {};
}

}  // namespace tram::client
