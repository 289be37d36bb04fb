// Every input of the corpora through its entry, and every golden message damaged in every way that
// one bit or one cut can do. What libFuzzer finds is put into the corpora: it stays found.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/fuzz/fuzz_target.h"
#include "tests/support/paths.h"

namespace tram::fuzz {

void PrintTo(const Target& target, std::ostream* out) { *out << target.name; }

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCorpusFilesMax = 60;
constexpr std::size_t kCorpusBytesMax = 150 * 1024;

std::string Content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

std::vector<fs::path> FilesIn(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::is_directory(folder)) return files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

fs::path CorpusOf(std::string_view target) { return test::InSource("tests/fuzz/corpora") / target; }

class ReplayTest : public testing::TestWithParam<Target> {};

TEST_P(ReplayTest, EveryInputOfTheCorpusKeepsThePromises) {
  const std::vector<fs::path> files = FilesIn(CorpusOf(GetParam().name));
  ASSERT_FALSE(files.empty()) << "a corpus without inputs tests nothing";
  for (const fs::path& file : files) {
    SCOPED_TRACE(file);
    std::printf("%s\n", file.filename().c_str());  // the last one is the one that fails
    std::fflush(stdout);
    RunInput(GetParam(), AsBytes(Content(file)));
  }
}

TEST_P(ReplayTest, TheCorpusIsSmall) {
  std::size_t bytes = 0;
  const std::vector<fs::path> files = FilesIn(CorpusOf(GetParam().name));
  for (const fs::path& file : files) {
    EXPECT_LE(fs::file_size(file), GetParam().input_bytes_max) << file;
    bytes += fs::file_size(file);
  }
  EXPECT_LE(files.size(), kCorpusFilesMax);
  EXPECT_LE(bytes, kCorpusBytesMax);
}

INSTANTIATE_TEST_SUITE_P(Targets, ReplayTest, testing::ValuesIn(Targets().begin(), Targets().end()),
                         [](const auto& target) { return std::string(target.param.name); });

TEST(CorporaTest, EveryCorpusHasATarget) {
  for (const fs::path& folder : FilesIn(CorpusOf(""))) {
    EXPECT_NE(FindTarget(folder.filename().string()), nullptr) << folder;
  }
}

/// The entry that reads a golden file, and the bytes in front that choose how.
struct Reader {
  std::string_view target;
  Bytes choice;
};

const std::map<std::string, Reader>& Readers() {
  static const std::map<std::string, Reader> readers = {
      {"op-creating", {"archive", {0}}},
      {"op-changing", {"archive", {0}}},
      {"body", {"archive", {1}}},
      {"sealed-edits", {"archive", {2}}},
      {"sealed-edits-syllables", {"archive", {2}}},
      {"op-compact", {"archive", {3}}},
      {"request-no-op", {"archive", {4}}},
      {"request-full", {"archive", {4}}},
      {"reply-no-op", {"archive", {5}}},
      {"reply-full", {"archive", {5}}},
      {"bundle", {"archive", {6}}},
      {"hint", {"settings", {0}}},
      {"receipt", {"settings", {1}}},
      {"piece-staged", {"settings", {2}}},
      {"piece", {"columns", {0, 0, 1, 1}}},
      {"syllables-note", {"text", {0}}},
      {"syllables-capitals", {"text", {0}}},
      {"syllables-numbers", {"text", {0}}},
      {"syllables-rare", {"text", {0}}},
  };
  return readers;
}

/// Statements and hashes: nobody reads them.
bool IsOnlyCompared(const std::string& name) {
  return name.starts_with("statement-") || name == "op-creating-id" ||
         name == "request-no-op-context" || name == "syllable-table-1";
}

/// A message, and the golden file whose reader reads it.
using GoldenMessage = std::pair<std::string, Bytes>;

/// The messages of a golden file: one, or those of a conversation in turn, '>' before a request and
/// '<' before a reply.
std::vector<GoldenMessage> MessagesOf(const fs::path& file) {
  const std::string name = file.stem().string(), text = Content(file);
  if (IsOnlyCompared(name)) return {};
  std::vector<GoldenMessage> messages;
  std::string hex;
  auto end = [&](const std::string& reader) {
    if (!hex.empty()) messages.emplace_back(reader, FromHex(hex).value());
    hex.clear();
  };
  std::string reader = name;
  for (char c : text) {
    if (c == '>' || c == '<') {
      end(reader);
      reader = name.starts_with("conversation-file") ? "bundle"
               : c == '>'                            ? "request-full"
                                                     : "reply-full";
    } else if (c != '\n') {
      hex += c;
    }
  }
  end(reader);
  return messages;
}

TEST(GoldenDamage, EveryBitOfEveryByteAndEveryCut) {
  std::size_t inputs = 0;
  for (const fs::path& file : FilesIn(test::InSource("tests/golden/wire"))) {
    for (const auto& [name, message] : MessagesOf(file)) {
      const auto reader = Readers().find(name);
      ASSERT_NE(reader, Readers().end()) << name << ": say here which entry reads it";
      const Target* target = FindTarget(reader->second.target);
      ASSERT_NE(target, nullptr);
      Bytes input = reader->second.choice;
      const std::size_t begin = input.size();
      Extend(input, message);
      for (std::size_t bit = begin * 8; bit < input.size() * 8; ++bit) {
        Bytes flipped = input;
        flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        RunInput(*target, flipped);
      }
      for (std::size_t size = begin; size <= input.size(); ++size) {
        RunInput(*target, ByteView(input).first(size));
      }
      inputs += (input.size() - begin) * 9 + 1;
    }
  }
  EXPECT_GT(inputs, 100'000u);
}

}  // namespace
}  // namespace tram::fuzz
