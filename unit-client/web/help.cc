// Help: what each part is for, in a few words, the keys, and what to do when something is wrong.
#include "web/page.h"

namespace tram::client {
namespace {

Result<Answer> Help(PageCall& call) {
  Page page;
  page.template_name = "help";
  page.title = call.Words("Trợ giúp", "Help");
  page.model = {{"clinical", call.session.clinical()},
                {"folder", call.device().folder().string()},
                {"server", call.device().server_url()}};
  return Answer(std::move(page));
}

constexpr Route kRoutes[] = {{"GET", "/help", Access::kSignedIn, Help}};

}  // namespace

std::span<const Route> HelpRoutes() { return kRoutes; }

}  // namespace tram::client
