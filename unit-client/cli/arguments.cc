#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/verbs.h"
#include "tram/base/text_table.h"
#include "tram/base/vietnamese.h"

namespace tram::client {
namespace {

constexpr char kDataDefault[] = "tram-data";

std::string SubcommandPath(const CLI::App& app) {
  for (const CLI::App* sub : app.get_subcommands()) {
    return " " + sub->get_name() + SubcommandPath(*sub);
  }
  return "";
}

UsageText WrongUsage(const CLI::App& app, const std::string& what) {
  return {kExitUsage, ErrorLine(what) + "; see: unit-client" + SubcommandPath(app) + " --help\n"};
}

std::optional<UsageText> CheckUtf8(const std::vector<std::string>& argv) {
  for (std::size_t i = 0; i < argv.size(); ++i) {
    if (Nfc(argv[i])) continue;
    return UsageText{kExitUsage, "argument " + std::to_string(i + 1) +
                                     " is not UTF-8 text; see: unit-client --help\n"};
  }
  return std::nullopt;
}

}  // namespace

Language ChooseLanguage(const std::vector<std::string>& argv, const Variable& variable) {
  for (std::size_t i = 0; i < argv.size(); ++i) {
    if (argv[i] == "--lang" && i + 1 < argv.size() && argv[i + 1] == "en")
      return Language::kEnglish;
    if (argv[i] == "--lang=en") return Language::kEnglish;
    if (argv[i] == "--lang" || argv[i] == "--lang=vi") return Language::kVietnamese;
  }
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const std::string value = variable(name).value_or("");
    if (value.rfind("en", 0) == 0) return Language::kEnglish;
    if (value.rfind("vi", 0) == 0) return Language::kVietnamese;
  }
  return Language::kVietnamese;
}

std::variant<Arguments, UsageText> ReadArguments(const std::vector<std::string>& argv,
                                                 const Variable& variable) {
  if (auto bad = CheckUtf8(argv)) return *bad;
  auto arguments = std::make_shared<Arguments>();
  arguments->language = ChooseLanguage(argv, variable);
  arguments->data = variable("TRAM_DATA").value_or(kDataDefault);
  const bool vi = arguments->language == Language::kVietnamese;

  CLI::App app(vi ? "Trạm: hồ sơ của một điểm điều trị, không cần mạng"
                  : "Trạm: the records of a treatment unit, offline first",
               "unit-client");
  app.set_help_flag("-h,--help", vi ? "xem cách dùng" : "show how it is used");
  app.require_subcommand(1);
  app.add_option("--data", arguments->data,
                 vi ? "thư mục dữ liệu ($TRAM_DATA, ./tram-data)"
                    : "the unit's folder ($TRAM_DATA, ./tram-data)");
  app.add_option("--passphrase-file", arguments->passphrase_file,
                 vi ? "tệp chứa mật khẩu (hoặc $TRAM_PASSPHRASE)"
                    : "file with the passphrase (or $TRAM_PASSPHRASE)");
  std::string language;
  app.add_option("--lang", language, "vi | en")->check(CLI::IsMember({"vi", "en"}));
  app.add_flag("--json", arguments->json,
               vi ? "một tài liệu JSON trên stdout" : "one JSON document on stdout");
  AddVerbs(app, arguments->verb, arguments->language);

  std::vector<std::string> reversed(argv.rbegin(), argv.rend());  // as CLI11 takes them
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    const CLI::App* asked = &app;
    while (!asked->get_subcommands().empty()) asked = asked->get_subcommands().front();
    return UsageText{0, asked->help()};
  } catch (const CLI::ParseError& problem) {
    return WrongUsage(app, problem.what());
  }
  if (arguments->data.empty()) return WrongUsage(app, "--data is empty");
  return std::move(*arguments);
}

}  // namespace tram::client
