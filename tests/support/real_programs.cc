#include "tests/support/real_programs.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/paths.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

nlohmann::json Parsed(const RunResult& run, const std::string& what) {
  EXPECT_EQ(run.exit, 0) << what << ": " << run.err << run.out;
  nlohmann::json json = nlohmann::json::parse(run.out, nullptr, false);
  EXPECT_FALSE(json.is_discarded()) << what << ": " << run.out;
  return json;
}

std::string Joined(const std::vector<std::string>& arguments) {
  std::string text;
  for (const std::string& argument : arguments) text += " " + argument;
  return text;
}

}  // namespace

RealServer::RealServer(fs::path folder, std::vector<std::string> init)
    : folder_(std::move(folder)) {
  init.insert(init.begin(), "init");
  RunResult run = Run(init);
  EXPECT_EQ(run.exit, 0) << run.err;
}

void RealServer::Start(const std::vector<std::string>& more) {
  const fs::path port_file = folder_.string() + ".port";
  fs::remove(port_file);
  std::vector<std::string> argv{
      test::kCentralServer, "--data",      folder_.string(),  "serve", "--listen",
      "127.0.0.1:" + port_, "--port-file", port_file.string()};
  argv.insert(argv.end(), more.begin(), more.end());
  child_ = std::make_unique<ChildProcess>(argv, std::map<std::string, std::string>{},
                                          folder_ / "serve.log");
  port_ = AwaitFile(port_file, *child_);
  while (!port_.empty() && port_.back() == '\n') port_.pop_back();
  ASSERT_FALSE(port_.empty()) << "the server did not start";
  url_ = "http://127.0.0.1:" + port_;
}

std::string RealServer::metrics_url() const {
  int port = 0;
  std::ifstream log(folder_ / "serve.log");
  for (std::string line; std::getline(log, line);) {
    const nlohmann::json json = nlohmann::json::parse(line, nullptr, false);
    if (json.is_object() && json.value("event", "") == "serving") {
      port = json.value("metrics_port", 0);
    }
  }
  return "http://127.0.0.1:" + std::to_string(port) + "/metrics";
}

int RealServer::Stop() {
  int exit = child_ ? child_->Stop() : 0;
  child_.reset();
  return exit;
}

void RealServer::Kill() {
  child_->Kill();
  child_.reset();
}

RunResult RealServer::Run(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(),
                   {test::kCentralServer, "--data", folder_.string(), "--lang", "en"});
  return RunProgram(arguments);
}

nlohmann::json RealServer::Json(std::vector<std::string> arguments) const {
  arguments.push_back("--json");
  return Parsed(Run(arguments), "central-server" + Joined(arguments));
}

std::string RealServer::AddUnit(const std::string& code, const std::string& name,
                                const std::string& province, const std::string& from) const {
  Json({"unit", "add", code, name, "--province", province, "--from", from});
  return Json({"device", "code", code}).value("code", "");
}

void RealDevice::Enrol(const std::string& url, const std::string& code) const {
  RunResult run = Run({"init", "--server", url}, {{"TRAM_CODE", code}});
  ASSERT_EQ(run.exit, 0) << run.err;
}

void RealDevice::Join(const RealDevice& inviter, const std::string& url) const {
  const std::string file = folder_.string() + ".invitation";
  std::string code = inviter.Json({"invite", file}).value("code", "");
  RunResult run = Run({"init", "--server", url, "--invite", file}, {{"TRAM_CODE", code}});
  ASSERT_EQ(run.exit, 0) << run.err;
}

RunResult RealDevice::Run(std::vector<std::string> arguments,
                          std::map<std::string, std::string> environment) const {
  arguments.insert(arguments.begin(),
                   {test::kUnitClient, "--data", folder_.string(), "--lang", "en"});
  environment.emplace("TRAM_PASSPHRASE", kTestPassphrase);
  return RunProgram(arguments, environment);
}

nlohmann::json RealDevice::Json(std::vector<std::string> arguments) const {
  arguments.push_back("--json");
  return Parsed(Run(arguments), "unit-client" + Joined(arguments));
}

}  // namespace tram::test
