// tram-fuzz-seeds DIR: writes the first inputs of every target, DIR/TARGET/NAME: what the programs
// themselves write, and the golden files. What libFuzzer makes of them is merged into the corpora
// (tests/README.md).
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/fuzz_world.h"
#include "tests/support/paths.h"
#include "tram/base/hash.h"
#include "tram/crypto/membership.h"
#include "tram/session/bundle.h"
#include "tram/session/enrolment.h"
#include "tram/session/sync_server.h"
#include "tram/wire/op_codec.h"
#include "tram/wire/syllable_text.h"

namespace tram::fuzz {
namespace {

namespace fs = std::filesystem;

class SeedFolder {
 public:
  explicit SeedFolder(fs::path folder) : folder_(std::move(folder)) {}
  /// `choice`: the bytes in front that choose how the entry reads the rest.
  void Add(std::string_view target, const std::string& name, Bytes choice, ByteView input) {
    fs::create_directories(folder_ / target);
    Extend(choice, input);
    std::ofstream(folder_ / target / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(choice.data()),
               static_cast<std::streamsize>(choice.size()));
  }
  void AddText(std::string_view target, const std::string& name, Bytes choice,
               std::string_view input) {
    Add(target, name, std::move(choice), AsBytes(input));
  }

 private:
  fs::path folder_;
};

Bytes Golden(const std::string& name) {
  std::ifstream file(test::InSource("tests/golden/wire") / (name + ".hex"));
  std::stringstream text;
  text << file.rdbuf();
  std::string hex = text.str();
  std::erase(hex, '\n');
  return FromHex(hex).value();
}

void GoldenSeeds(SeedFolder& seeds) {
  const std::pair<const char*, std::uint8_t> archives[] = {{"op-creating", 0},
                                                           {"op-changing", 0},
                                                           {"body", 1},
                                                           {"sealed-edits", 2},
                                                           {"op-compact", 3},
                                                           {"request-full", 4},
                                                           {"request-no-op", 4},
                                                           {"reply-full", 5},
                                                           {"reply-no-op", 5},
                                                           {"bundle", 6},
                                                           {"sealed-edits-syllables", 2}};
  for (const auto& [name, kind] : archives) seeds.Add("archive", name, {kind}, Golden(name));
  seeds.Add("settings", "hint", {0}, Golden("hint"));
  seeds.Add("settings", "receipt", {1}, Golden("receipt"));
  seeds.Add("settings", "piece", {2}, Golden("piece-staged"));
  seeds.Add("columns", "piece", {0, 0, 1, 1}, Golden("piece"));
  for (const char* name : {"note", "capitals", "numbers", "rare"}) {
    const Bytes bytes = Golden(std::string("syllables-") + name);
    seeds.Add("text", name, {0}, bytes);
    seeds.AddText("text", std::string(name) + "-text", {1}, DecodeSyllables(bytes).value());
  }
}

/// Decisions for the entries that make their input: any bytes will do.
void DecisionSeeds(SeedFolder& seeds) {
  CountedRandom random(20);
  const std::pair<const char*, Bytes> makers[] = {{"request", {2}}, {"reply", {2}}, {"bundle", {2}},
                                                  {"columns", {1}}, {"rows", {}},   {"store", {0}},
                                                  {"view", {}}};
  for (const auto& [target, choice] : makers) {
    for (int i = 0; i < 12; ++i) {
      Bytes bytes(std::size_t{24} << (i % 5));
      random.Fill(bytes);
      seeds.Add(target, "made-" + std::to_string(i), choice, bytes);
    }
  }
}

void MessageSeeds(SeedFolder& seeds) {
  const World& world = World::One();
  const MessageTarget target{"POST", kSyncPath};
  Machine server = world.Server(), device = world.Device();
  const Bytes request = device.client().NextRequest(target).value();
  const Bytes reply = AnswerRequest(server.replica(), world.server_key(), request, target,
                                    world.key(1).id(), server.clock())
                          .value()
                          .reply;
  for (std::uint8_t way : {0, 1}) {
    seeds.Add("request", "device-" + std::to_string(way), {way}, request);
    seeds.Add("reply", "server-" + std::to_string(way), {way}, reply);
  }
  seeds.Add("http", "sync", {3, 0, 0, 0}, request);
  Machine fresh({}, world.unit(), world.server_key().id(), &world.key(2), 31);  // lost its disk
  const Bytes first = fresh.client().NextRequest(target).value();
  seeds.Add("request", "fresh", {1}, first);

  const auto file =
      WriteBundle(device.replica(), Known(device.log()), world.key(1), device.own().id(),
                  HybridTime{device.clock().WallMs()}, device.random())
          .value()
          .file;
  const Bytes answer =
      AnswerBundle(server.replica(), world.server_key(), file, server.clock()).value();
  for (std::uint8_t way : {0, 1}) {
    seeds.Add("bundle", "ops-" + std::to_string(way), {way}, file);
    seeds.Add("bundle", "answer-" + std::to_string(way), {way}, answer);
  }
  seeds.Add("settings", "certificate", {4}, world.invited().value);
  seeds.Add("settings", "own-hint", {0}, device.log().Setting(kHintSetting).value());
  seeds.Add("settings", "own-receipt", {1}, device.log().Setting(kReceiptSetting).value());
}

void EnrolmentSeeds(SeedFolder& seeds) {
  const World& world = World::One();
  const std::string by_code =
      EncodeEnrolRequest({world.key(4).id(), "ABCD-EFGH-JKMN-PQRS", {}, {}});
  const std::string invited =
      EncodeEnrolRequest({world.key(3).id(), "", world.unit(), world.invited()});
  EnrolReply reply{world.unit(), "Trạm y tế",      world.server_key().id(), world.server_key().id(),
                   "programme",  {world.invited()}};
  seeds.AddText("enrolment", "code", {0}, by_code);
  seeds.AddText("enrolment", "invited", {0}, invited);
  seeds.AddText("enrolment", "reply", {1}, EncodeEnrolReply(reply));
  seeds.AddText("enrolment", "key", {2}, KeyEntryText(world.invited()));
  seeds.AddText("http", "enrol-code", {2, 0, 1, 0}, by_code);
  seeds.AddText("http", "enrol-invited", {2, 0, 1, 0}, invited);
  seeds.AddText("http", "health", {2, 1, 2, 0}, "");
  Bytes any;
  for (const char* part : {"POST", "/s?a=b&c=%41"}) PutBlob(any, AsBytes(part));
  any.push_back(1);
  for (const char* part : {"Content-Type", "text/plain"}) PutBlob(any, AsBytes(part));
  seeds.Add("http", "any", {0}, any);

  const std::string invitation =
      R"({"keys":[")" + KeyEntryText(world.invited()) + R"("],"programme":"","programme_key":")" +
      world.server_key().id().Hex() + R"(","server":")" + world.server_key().id().Hex() +
      R"(","server_url":"https://a","ticket":{"expires":1895305600000,"inviter":")" +
      world.key(1).id().Hex() + R"(","secret":")" + std::string(64, 'a') + R"(","signature":")" +
      std::string(128, 'b') + R"("},"unit":")" + world.unit().Hex() + R"(","unit_key":")" +
      std::string(64, 'c') + R"(","unit_name":"A"})";
  seeds.AddText("invitation", "text", {0}, invitation);
  Bytes wrap = ToBytes(AsBytes("TRAMINV1"));
  wrap.push_back(1);
  wrap.resize(120, 3);
  seeds.Add("invitation", "file", {1}, wrap);
}

void TextSeeds(SeedFolder& seeds) {
  seeds.AddText("csv", "commas", {},
                "key,full_name,sex,birth_year\r\n1,\"A, \"\"B\"\"\",male,1990\r\n");
  seeds.AddText("csv", "semicolons", {}, "\xef\xbb\xbfkey;drugs;score\n1;heroin|ice;2,5\n\n2;;x\n");
  seeds.AddText("csv", "bad", {}, "a,b\n\"x\"y,1\n\"open,2\n3,4\n");
  seeds.AddText("import", "client", {0}, "key,code,full_name,sex,birth_year\n1,C1,An,M,1990\n");
  seeds.AddText("import", "episode", {1},
                "key,parent,started_on,baseline_score\n1,1,05/03/2026,7\n");
  for (const char* text : {"2026-11-21", "5/3/2026", "2026-02-30", "2026-11", "-2,50", "male",
                           "a|b|c", "ABCD-EFGH-JKMN-PQRS", "yes", "có"}) {
    seeds.AddText("values", std::to_string(std::hash<std::string_view>()(text) % 100000), {}, text);
  }
  seeds.AddText("http_text", "target", {0}, "/s/%C3%A1?a=1&b=%20+x&&c");
  seeds.AddText("http_text", "text", {1}, "Trạm y tế+%20");
  Bytes upload;
  PutBlob(upload, AsBytes("multipart/form-data; boundary=x"));
  Extend(upload, AsBytes("--x\r\nContent-Disposition: form-data; name=\"file\"; "
                         "filename=\"a.bundle\"\r\n\r\nTRAMBNDL\r\n--x--\r\n"));
  seeds.Add("multipart", "file", {}, upload);
  Bytes head{2, 0, 200};
  for (const char* part : {"text/plain", "Retry-After", "15"}) PutBlob(head, AsBytes(part));
  seeds.Add("http_text", "head", {}, head);
  seeds.AddText("control", "server", {0},
                R"({"argv":["unit","list","--json"],"cwd":"/","who":"a"})");
  seeds.AddText("control", "ticket", {0}, R"({"ticket":7,"what":"verify","done":1,"all":2})");
  seeds.AddText("control", "server-reply", {0}, R"({"exit":0,"out":"a","err":""})");
  seeds.AddText("control", "client", {1},
                R"({"argv":["add","client","sex=male"],"cwd":"/","lang":"en","json":true,)"
                R"("sync_ticket":0,"passphrase":"x"})");
  seeds.AddText("control", "client-reply", {1},
                R"({"exit":1,"stdout":"a","stderr":"","needs_passphrase":false,"sync_ticket":3})");
  seeds.AddText("control", "arguments", {2},
                "report\n--by\nprovince\n--per\nyear\n--as-of\n2020-12-31");
  seeds.AddText("control", "client-arguments", {2}, "import\nclient\nfile.csv\n--lang\nvi");
  const std::string signed_programme = "tram-programme 1 " + std::string(128, 'a') + "\nname = 1\n";
  seeds.AddText("programme", "signed", {1}, signed_programme);
  for (const auto& entry : fs::directory_iterator(test::InSource("libsync/programmes/examples"))) {
    std::ifstream file(entry.path());
    std::stringstream text;
    text << file.rdbuf();
    seeds.AddText("programme", entry.path().stem(), {0}, text.str());
  }
}

}  // namespace
}  // namespace tram::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: tram-fuzz-seeds DIR\n";
    return 2;
  }
  tram::fuzz::SeedFolder seeds(argv[1]);
  tram::fuzz::GoldenSeeds(seeds);
  tram::fuzz::DecisionSeeds(seeds);
  tram::fuzz::MessageSeeds(seeds);
  tram::fuzz::EnrolmentSeeds(seeds);
  tram::fuzz::TextSeeds(seeds);
  return 0;
}
