#include "web/serving.h"

#include "tram/base/os_file.h"
#include "tram/base/os_process.h"

namespace tram::client {

Status Serving::Begin(Holder& holder) {
  ListenerOptions listen;
  listen.port = options_.serve.port;
  listen.header_bytes_max = 32 * 1024;
  listen.body_bytes_max = listen.large_bytes_max;  // a bundle of another device
  TRAM_ASSIGN(listener_,
              Listener::Start(listen, [this, &holder](HttpRequest request, Respond respond) {
                holder.Post([this, request = std::move(request), respond = std::move(respond)] {
                  respond(front_->Handle(request));
                });
              }));
  const std::string port = std::to_string(listener_->port());
  Front::Options front;
  front.hosts = {"127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port};
  front.folder = options_.folder;
  front.cwd = options_.cwd;
  front.language = options_.language;
  front.device = [&holder] { return holder.device(); };
  front.open_unit = [&holder] { return holder.OpenUnit(); };
  front.services.sync_state = [&holder] { return holder.sync_state(); };
  front.services.ask_sync = [&holder] { holder.AskSync(); };
  // Left by a power cut. Where it cannot be erased, nobody is kept from the real unit.
  if (Status erased = ErasePractice(options_.folder / kPracticeFolder); !erased) {
    options_.tell(OneLine(erased.error().message));
  }
  TRAM_ASSIGN(front_, Front::Create(std::move(front), clock_, random_));
  const std::string address = "http://127.0.0.1:" + port + "/";
  TRAM_TRY(WriteFileAtomically(options_.folder / kAddressFile, AsBytes(address)));
  const bool shown = options_.serve.browser && OpenInBrowser(address);
  options_.tell(Output(options_.language, false)
                    .Words("trang: {}{}", "pages: {}{}", address,
                           shown ? ""
                           : options_.language == Language::kVietnamese
                               ? "  (mở địa chỉ này bằng trình duyệt)"
                               : "  (open this address in a browser)"));
  return {};
}

void Serving::Tick() { front_->Tick(); }

void Serving::Reopened() { front_->LockAll(); }

void Serving::End() {
  // Answers that still wait are dropped with the queue: nothing waits for the owner any more.
  listener_->Stop();
  std::error_code code;
  std::filesystem::remove(options_.folder / kAddressFile, code);
}

}  // namespace tram::client
