// Help: what each part is for, in a few words, the keys, and what to do when something is wrong;
// and which part of it belongs to which page.
#include "web/page.h"

namespace tram::client {
namespace {

/// By template. A test holds that each page has one, and that the help page has each heading.
constexpr struct {
  std::string_view template_name, heading;
} kHeadings[] = {
    {"today", "day"},
    {"work", "day"},
    {"list", "find"},
    {"registers", "books"},
    {"record", "record"},
    {"form", "record"},
    {"delete", "mistake"},
    {"undo", "mistake"},
    {"history", "mistake"},
    {"conflicts", "two"},
    {"conflict", "two"},
    {"merge", "two"},
    {"sync", "sending"},
    {"reports", "reports"},
    {"report", "reports"},
    {"people", "people"},
    {"me", "people"},
    {"practice", "practice"},
    {"practice-making", "practice"},
    {"check", "two"},
    {"reviews", "two"},
    {"unfinished", "record"},
    {"tour", "practice"},
    {"error", "trouble"},
    {"practice-end", "practice"},
};

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

std::string_view HelpHeading(std::string_view template_name) {
  for (const auto& known : kHeadings) {
    if (known.template_name == template_name) return known.heading;
  }
  return "";
}

std::span<const Route> HelpRoutes() { return kRoutes; }

}  // namespace tram::client
