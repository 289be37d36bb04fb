// Practising: where it is offered, how it begins and ends, and the steps of the tour.
#include "tram/web/guard.h"
#include "web/front_state.h"

namespace tram::client {
namespace {

constexpr char kPracticePath[] = "/practice", kBeginPath[] = "/practice/begin",
               kEndPath[] = "/practice/end";
/// Files that a person may carry elsewhere, or that he brings.
constexpr std::string_view kCarried = "/bundle/";

}  // namespace

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
  const Language in = session == nullptr ? language : session->language;
  if (request.path == kBeginPath && request.method == "POST") {
    Status begun = EndPracticeIfOver();  // one that could not be erased before
    if (begun && !practice) begun = OpenPractice(in);
    if (!begun) return ErrorPage(begun.error(), in);
    return practice->EnterPractice(in);
  }
  if (request.path != kPracticePath && request.path != kBeginPath) return std::nullopt;
  Page page;
  page.template_name = "practice";
  page.title = Said(in, "Làm thử với dữ liệu giả", "Try it with made-up data");
  return page;
}

Status Front::State::OpenPractice(Language in) {
  const UnitDevice* device = options.device();
  const auto files = FindPracticeFiles(device == nullptr ? "" : device->programme().name);
  if (!CanPractise()) {
    return MakeError(ErrorCode::kNotFound,
                     Said(in, "chưa có dữ liệu giả cho chương trình của đơn vị này",
                          "there are no made-up records for this unit's programme"));
  }
  TRAM_ASSIGN(auto unit,
              PracticeUnit::Begin(options.folder / kPracticeFolder,
                                  device == nullptr ? files->programme : device->programme().text,
                                  files->script, in, clock, random));
  TRAM_ASSIGN(Templates loaded, LoadTemplates());
  Front::Options inside;
  inside.hosts = options.hosts;
  inside.folder = options.folder / kPracticeFolder;
  inside.cwd = options.cwd;
  inside.language = in;
  inside.practice = unit.get();
  inside.device = [unit = unit.get()] { return &unit->device(); };
  inside.open_unit = [] { return Status(); };
  // Nothing of the program that holds the real unit: sending is played.
  inside.services.sync_state = [] {
    SyncState state;
    state.has_server = true;
    return state;
  };
  inside.services.ask_sync = [unit = unit.get()] { Status played = unit->PlaySending(); };
  practice = std::make_unique<State>(std::move(inside), clock, random, std::move(loaded));
  practice_unit = std::move(unit);
  return {};
}

Answer Front::State::EnterPractice(Language in) {
  PracticeUnit& unit = *options.practice;
  auto admitted = Admit(unit.device(), unit.me());
  if (!admitted) return ErrorPage(admitted.error(), in);
  if (Status opened = OpenDevice(admitted->unit_key); !opened) {
    return ErrorPage(opened.error(), in);
  }
  Session& session = sessions.Begin(*admitted, in, NowMs());
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
  if (!practice_unit || (!practice->practice_over && practice->sessions.size() > 0)) return {};
  practice->practice_over = true;
  TRAM_TRY(practice_unit->End());
  practice.reset();
  practice_unit.reset();
  return {};
}

}  // namespace tram::client
