// Bad calls of the real programs: a table of them is run, and each must be refused in order and
// change nothing. Shared by the tests of wrong input.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>

#include "tests/support/paths.h"
#include "tests/support/real_programs.h"

namespace tram::test {

/// In the tables below: what the fixture made, by name.
inline constexpr char kClient[] = "@client";    // id of a record
inline constexpr char kMissing[] = "@missing";  // a file that is not there, in a folder that is
inline constexpr char kNowhere[] = "@nowhere/file";  // in a folder that is not there
inline constexpr char kFolder[] = "@folder";         // a folder where a file is wanted
inline constexpr char kPipe[] = "@pipe";             // something that is no ordinary file
inline constexpr char kBinary[] = "@binary";         // a file of random bytes
inline constexpr char kEmpty[] = "@empty";           // a file of no bytes
inline constexpr char kText[] = "@text";             // a file with one line that means nothing
inline constexpr char kOwnDatabase[] = "@database";  // the database that the program itself uses
inline const std::string kProgramme = test::InSource("libsync/programmes/treatment.toml").string();
inline constexpr char kServerUrl[] = "@url";
inline constexpr char kServerBackup[] = "@server_backup";
inline constexpr char kUnknownId[] = "00112233445566778899aabbccddeeff00112233";

/// As long as Linux lets one argument be.
inline const std::string& Long() {
  static const std::string text(120'000, 'x');
  return text;
}

/// More parents than a change may have.
inline std::string ManyIds() {
  std::string ids;
  for (int i = 0; i < 2000; ++i) {
    char id[41];
    std::snprintf(id, sizeof id, "%040d", i);
    ids += (i > 0 ? "," : "") + std::string(id);
  }
  return ids;
}

struct BadCall {
  int exit;
  std::vector<std::string> arguments;
};

inline std::size_t Lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

inline std::string Shown(const std::vector<std::string>& arguments) {
  std::string text;
  for (const std::string& argument : arguments) {
    text += " '" + argument.substr(0, 60) + (argument.size() > 60 ? "…'" : "'");
  }
  return text;
}

/// Nothing on stdout but one JSON document where that was asked for; one line on stderr for what
/// was refused, a few for what was wrong usage.
inline void ExpectOrderly(const RunResult& run, int exit, bool as_json, const std::string& what) {
  EXPECT_EQ(run.exit, exit) << what << "\n" << run.err.substr(0, 500);
  EXPECT_LT(run.exit, 128) << what << " crashed";
  EXPECT_FALSE(run.err.empty()) << what;
  EXPECT_LT(run.err.size(), 2500u) << what << ": a screen, not a page";
  EXPECT_GE(Lines(run.err), 1u) << what;
  EXPECT_LE(Lines(run.err), run.exit == 1 ? 1u : 5u) << what << "\n" << run.err.substr(0, 1000);
  if (!as_json || run.exit == 2) {
    EXPECT_EQ(run.out, "") << what;
    return;
  }
  const nlohmann::json document = nlohmann::json::parse(run.out, nullptr, false);
  EXPECT_TRUE(document.is_object() && document.contains("error")) << what << "\n"
                                                                  << run.out.substr(0, 500);
}

class BadInputTest : public testing::Test {
 protected:
  void SetUp() override {
    server_.Start();
    const std::string code = server_.AddUnit("U", "Unit", "56", "2024-01-01");
    a_.Enrol(server_.url(), code);
    client_ = a_.Json({"add", "client", "full_name=Nguyễn Văn Một", "sex=male"}).value("id", "");
    episode_ =
        a_.Json({"add", "episode", "parent=" + client_, "intake_date=2026-01-05"}).value("id", "");
    a_.Sync();
    std::filesystem::create_directory(scratch_ / "folder");
    ASSERT_EQ(::mkfifo((scratch_ / "pipe").c_str(), 0600), 0);
    Write("binary", Noise(5000));
    Write("empty", "");
    Write("text", "what is this?\n");
  }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(scratch_ / name, std::ios::binary) << text;
  }
  static std::string Noise(std::size_t size) {
    std::string noise;
    std::uint32_t state = 12345;
    while (noise.size() < size) {
      state = state * 1664525 + 1013904223;
      noise += static_cast<char>(state >> 24);
    }
    return noise;
  }
  std::string Path(const std::string& name) const { return (scratch_ / name).string(); }

  std::vector<std::string> Filled(std::vector<std::string> arguments,
                                  const std::filesystem::path& database) const {
    const std::pair<std::string, std::string> values[] = {{kClient, client_},
                                                          {kOwnDatabase, database.string()},
                                                          {"@missing", Path("missing")},
                                                          {"@nowhere", Path("nowhere")},
                                                          {kFolder, Path("folder")},
                                                          {kBinary, Path("binary")},
                                                          {kPipe, Path("pipe")},
                                                          {kEmpty, Path("empty")},
                                                          {kText, Path("text")},
                                                          {kServerUrl, server_.url()},
                                                          {kServerBackup, Path("server.backup")}};
    for (std::string& argument : arguments) {
      for (const auto& [name, value] : values) {
        if (const std::size_t at = argument.find(name); at != std::string::npos) {
          argument.replace(at, name.size(), value);
        }
      }
    }
    return arguments;
  }

  using Run = std::function<RunResult(std::vector<std::string>)>;
  void ExpectAllOrderly(const std::vector<BadCall>& calls, const std::filesystem::path& database,
                        bool as_json, const Run& run) const {
    for (const BadCall& call : calls) {
      std::vector<std::string> arguments = Filled(call.arguments, database);
      if (as_json) arguments.insert(arguments.begin(), "--json");
      ExpectOrderly(run(arguments), call.exit, as_json, Shown(arguments));
    }
  }

  /// What must not have changed.
  nlohmann::json StateOfUnit() const {
    EXPECT_EQ(a_.Run({"verify"}).exit, 0);
    const nlohmann::json status = a_.Json({"status"});
    return {status.at("ops"), status.at("unit"), a_.Json({"list", "client"}).at("rows"),
            a_.Json({"list", "episode"}).at("rows"), status.at("programme")};
  }
  nlohmann::json StateOfServer() const {
    EXPECT_EQ(server_.Run({"verify"}).exit, 0);
    nlohmann::json units = nlohmann::json::array();
    for (const nlohmann::json& unit : server_.Json({"unit", "list"}).at("units")) {
      units.push_back({unit.at("code"), unit.at("name"), unit.at("id"), unit.at("ops"),
                       unit.at("province"), unit.at("devices").size()});
    }
    return units;
  }

  ScratchFolder scratch_;
  RealServer server_{scratch_ / "server"};
  RealDevice a_{scratch_ / "a"};
  std::string client_, episode_;
};

}  // namespace tram::test
