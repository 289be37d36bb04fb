// What the server says about itself: its log's lines, its metrics, and the page that shows them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "app/verbs.h"
#include "app/watching.h"
#include "tests/unit/central_server/server_fixture.h"
#include "watch/event_log.h"

namespace tram::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(EventLogTest, ALineIsOneJsonObjectWhateverIsInIt) {
  const std::string text = EventText(
      true, "request", {{"ms", 1.5}, {"status", std::int64_t{200}}, {"why", "a\"\n\xff"}});
  const nlohmann::json json = nlohmann::json::parse("{" + text + "}", nullptr, false);
  ASSERT_TRUE(json.is_object()) << text;
  EXPECT_EQ(json.at("event"), "request");
  EXPECT_EQ(json.at("ms"), 1.5);
  EXPECT_EQ(json.at("status"), 200);
  EXPECT_EQ(json.at("why"), "a\"\n\xEF\xBF\xBD");
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(EventLogTest, ATerminalGetsText) {
  EXPECT_EQ(EventText(false, "request", {{"route", "sync"}, {"status", std::int64_t{200}}}),
            "request route=\"sync\" status=200");
}

/// The value of a metric, as it is written with its labels; "" where it is not there.
std::string ValueOf(const std::string& page, const std::string& metric) {
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(metric + " ")) return line.substr(metric.size() + 1);
  }
  return "";
}

TEST(ServerMetricsTest, EveryLineIsOfTheFormatAndEveryMetricSaysWhatItIs) {
  ServerMetrics metrics;
  metrics.Answered("sync", 200, 100, 50, 0.02);
  metrics.Answered("sync", 503, 100, 20, 0.02);
  metrics.OpsAccepted(7);
  metrics.PieceRefused("gap");
  metrics.Committed(3, 0.004);
  metrics.Waited(0.1);
  metrics.Waiting(5, 1);
  metrics.RolledUp(0.2);
  StateFigures figures;
  figures.programme = "a\"b\\c\nd";
  figures.oldest_dirty_ms = 90'000;
  metrics.SetState(figures);
  figures.programme = "other";
  metrics.SetState(figures);
  const std::string page = metrics.Text();
  static const std::regex sample(
      R"re([a-z_:][a-z0-9_:]*(\{[a-z_]+="(\\.|[^"\\])*"(,[a-z_]+="(\\.|[^"\\])*")*\})? [-+0-9.eInfa]+)re");
  static const std::regex comment(R"(# (HELP|TYPE) ([a-z_]+) .+)");
  std::istringstream lines(page);
  std::set<std::string> said;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (line.starts_with("#")) {
      ASSERT_TRUE(std::regex_match(line, match, comment)) << line;
      said.insert(match[1].str() + match[2].str());
      if (match[1] == "TYPE" && line.ends_with(" counter")) {
        EXPECT_TRUE(match[2].str().ends_with("_total")) << line;
      }
      continue;
    }
    ASSERT_TRUE(std::regex_match(line, sample)) << line;
    static const std::regex part("(_bucket|_sum|_count)?[{ ].*");
    const std::string name = std::regex_replace(line, part, "");
    EXPECT_TRUE(said.count("HELP" + name) && said.count("TYPE" + name)) << line;
  }
  EXPECT_EQ(ValueOf(page, R"(tram_http_requests_total{class="5xx",route="sync"})"), "1");
  EXPECT_EQ(ValueOf(page, R"(tram_http_request_bytes_total{route="sync"})"), "200");
  EXPECT_EQ(ValueOf(page, "tram_sync_ops_accepted_total"), "7");
  EXPECT_EQ(ValueOf(page, R"(tram_sync_pieces_refused_total{reason="gap"})"), "1");
  EXPECT_EQ(ValueOf(page, R"(tram_commit_group_size_bucket{le="2"})"), "0");
  EXPECT_EQ(ValueOf(page, R"(tram_commit_group_size_bucket{le="4"})"), "1");
  EXPECT_EQ(ValueOf(page, R"(tram_owner_queue_length{kind="sync"})"), "5");
  EXPECT_EQ(ValueOf(page, "tram_rollup_oldest_dirty_age_seconds"), "90");
  EXPECT_NE(ValueOf(page, "process_resident_memory_bytes"), "0");
  EXPECT_THAT(page, Not(HasSubstr("a\\\"b"))) << "the programme before is not the current one";
}

class WatchingTest : public ServerTest {
 protected:
  StateFigures Figures() {
    auto figures = CollectFigures(state(), *worker_);
    EXPECT_TRUE(figures) << (figures ? "" : figures.error().message);
    return figures ? *figures : StateFigures();
  }
};

TEST_F(WatchingTest, FiguresFollowTheStore) {
  const Unit unit = AddTestUnit("BG01", "24");
  auto device = Enrolled(unit);
  device->Visit(DateOf(2026, 11, 1), true, 3);
  Sync(*device);
  StateFigures figures = Figures();
  EXPECT_EQ(figures.units, 1);
  EXPECT_EQ(figures.devices, 1);
  EXPECT_EQ(figures.devices_silent_7_days, 0);
  EXPECT_EQ(figures.dirty_units, 1);
  EXPECT_EQ(figures.open_logs, 1);
  EXPECT_EQ(figures.open_views, 0);
  EXPECT_GT(figures.database_bytes, 0);
  EXPECT_FALSE(figures.published_until_ms);
  EXPECT_FALSE(figures.backup_ms);
  EXPECT_EQ(figures.programme, "visits");
  EXPECT_THAT(state().metrics().Text(), HasSubstr("\ntram_sync_ops_accepted_total 1\n"));

  clock_.ms += 60'000;
  EXPECT_EQ(Figures().oldest_dirty_ms, 60'000);
  Work();
  figures = Figures();
  EXPECT_EQ(figures.dirty_units, 0);
  EXPECT_EQ(figures.oldest_dirty_ms, 0);
  EXPECT_EQ(figures.open_views, 1);

  clock_.Set(DateOf(2026, 11, 29));
  EXPECT_EQ(Figures().devices_silent_7_days, 1);
  EXPECT_EQ(Figures().devices_silent_30_days, 0);
  clock_.Set(DateOf(2026, 12, 25));
  Work();
  EXPECT_EQ(Figures().devices_silent_30_days, 1);
  EXPECT_EQ(Figures().published_until_ms, StartOfLocalDay(DateOf(2026, 12, 1)));
  DirectOwner owner(state());
  VerbContext context{owner, "test", outside_.path(), Language::kEnglish, nullptr};
  ASSERT_OK(Backup(context, "copy.db"));
  EXPECT_EQ(Figures().backup_ms, clock_.ms);
}

TEST_F(WatchingTest, APathNeverBecomesALabel) {
  HttpResponse answered;
  Handler handler = Watched(
      [](const HttpRequest&, const Respond& respond) { respond(TextResponse(404, "no\n")); },
      state().metrics());
  HttpRequest request;
  for (const char* path : {"/", "/Nguyễn", "/s/Nguyễn", "/healthz/x"}) {
    request.path = path;
    handler(request, [&](HttpResponse response) { answered = std::move(response); });
    EXPECT_EQ(answered.status, 404);
  }
  const std::string page = state().metrics().Text();
  EXPECT_EQ(ValueOf(page, R"(tram_http_requests_total{class="4xx",route="other"})"), "4");
  EXPECT_THAT(page, Not(HasSubstr("Nguy")));
}

TEST_F(WatchingTest, APageIsGivenAlsoWhereTheOwnerHangs) {
  OwnerThread owner(state());
  MetricsPage page(owner, state());
  HttpRequest request;
  request.method = "GET";
  request.path = "/metrics";
  auto ask = [&](std::promise<HttpResponse>& to) {
    page.Handle(request, [&to](HttpResponse response) { to.set_value(std::move(response)); });
  };
  std::promise<HttpResponse> fresh;
  ask(fresh);
  const HttpResponse first = fresh.get_future().get();
  EXPECT_EQ(first.status, 200);
  EXPECT_THAT(first.content_type, HasSubstr("version=0.0.4"));
  EXPECT_NE(ValueOf(first.body, "tram_state_timestamp_seconds"), "0");

  std::promise<void> hangs, goes_on;
  ASSERT_TRUE(owner.Post([&] {
    hangs.set_value();
    goes_on.get_future().wait();
  }));
  hangs.get_future().wait();
  std::promise<HttpResponse> waits, at_once;
  ask(waits);
  ask(at_once);
  EXPECT_EQ(ValueOf(at_once.get_future().get().body, R"(tram_owner_queue_length{kind="other"})"),
            "1");
  goes_on.set_value();
  EXPECT_EQ(waits.get_future().get().status, 200);
  request.path = "/";
  std::promise<HttpResponse> other;
  ask(other);
  EXPECT_EQ(other.get_future().get().status, 404);
}

}  // namespace
}  // namespace tram::server
