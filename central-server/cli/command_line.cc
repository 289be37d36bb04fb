#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <memory>

#include "app/enrolment_desk.h"
#include "app/token_desk.h"
#include "app/verbs_exchange.h"
#include "app/verbs_users.h"
#include "tram/base/text_table.h"

namespace tram::server {
namespace {

/// Splits ADDR:PORT or [ADDR]:PORT. Returns what is wrong, as CLI11 wants it; "": nothing.
std::string SetListen(const std::string& text, ListenAddress& to) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return "write ADDRESS:PORT";
  std::string address = text.substr(0, colon);
  if (address.size() >= 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  }
  const std::string_view port = std::string_view(text).substr(colon + 1);
  auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), to.port);
  if (address.empty() || error != std::errc() || end != port.data() + port.size()) {
    return "write ADDRESS:PORT";
  }
  to.address = address;
  return "";
}

/// Who may read the metrics is decided by who may open a connection: nobody from outside.
std::string SetMetricsListen(const std::string& text, std::optional<ListenAddress>& to) {
  ListenAddress listen;
  std::string wrong = SetListen(text, listen);
  const bool local = listen.address == "::1" || listen.address.starts_with("127.");
  if (wrong.empty() && !local) wrong = "metrics are for this machine only: write 127.0.0.1:PORT";
  if (wrong.empty()) to = listen;
  return wrong;
}

std::string CheckSite(std::string_view text) {
  const bool schemed = text.starts_with("https://") || text.starts_with("http://");
  const std::string_view host = schemed ? text.substr(text.find("//") + 2) : text;
  const bool named = !host.empty() && host.find_first_of("/?#@ ") == host.npos;
  return schemed && named ? "" : "write https://NAME or https://NAME:PORT, without a path";
}

Language DefaultLanguage() {
  const char* lang = std::getenv("LANG");
  return lang != nullptr && std::string_view(lang).starts_with("en") ? Language::kEnglish
                                                                     : Language::kVietnamese;
}

/// Adds the program's words; what is typed ends up in `to`.
class Words {
 public:
  Words(CLI::App& app, Invocation& to) : app_(app), to_(to) {}

  void Add() {
    app_.fallthrough();
    app_.require_subcommand(1);
    const char* data = std::getenv("TRAM_DATA");
    to_.data = data != nullptr ? data : "tram-server";
    app_.add_option("--data", to_.data, "folder of the server (or $TRAM_DATA)");
    app_.add_flag("--json", to_.json, "one JSON document on stdout");
    to_.language = DefaultLanguage();
    app_.add_option_function<std::string>(
            "--lang",
            [this](const std::string& name) {
              to_.language = name == "en" ? Language::kEnglish : Language::kVietnamese;
            },
            "vi or en: labels of reports")
        ->check(CLI::IsMember({"vi", "en"}));
    AddFounding();
    AddUnits();
    AddUsers();
    AddProgrammes();
    AddReports();
    AddExchange();
    AddFiles();
  }

 private:
  template <class Options>
  using Function = Result<VerbResult> (*)(VerbContext&, const Options&);

  /// A word that runs `verb` with options that outlive the parsing.
  template <class Options>
  std::shared_ptr<Options> Verb(CLI::App* word, Function<Options> verb) {
    auto options = std::make_shared<Options>();
    word->callback([this, options, verb] {
      to_.run = [options, verb](VerbContext& context) { return verb(context, *options); };
    });
    return options;
  }
  void Verb(CLI::App* word, Result<VerbResult> (*verb)(VerbContext&)) {
    word->callback([this, verb] { to_.run = verb; });
  }
  CLI::App* Word(CLI::App& under, const std::string& name, const std::string& what) {
    CLI::App* word = under.add_subcommand(name, what);
    word->fallthrough();
    return word;
  }
  CLI::App* Group(const std::string& name, const std::string& what) {
    CLI::App* group = Word(app_, name, what);
    group->require_subcommand(1);
    return group;
  }

  void AddFounding() {
    CLI::App* init = Word(app_, "init", "make a server in an empty folder");
    init->add_option("--programme", programme_, "a programme other than the built-in one");
    init->callback([this] {
      to_.kind = Invocation::Kind::kInit;
      to_.init.programme = programme_;
    });
    CLI::App* serve = Word(app_, "serve", "answer devices until SIGTERM");
    serve->callback([this] { to_.kind = Invocation::Kind::kServe; });
    serve->add_option("--listen", listen_, "ADDRESS:PORT; port 0 takes any free one")
        ->check([this](const std::string& text) { return SetListen(text, to_.serve.listen); })
        ->default_str("127.0.0.1:8080");
    serve
        ->add_option("--metrics-listen", metrics_listen_,
                     "127.0.0.1:PORT of /metrics for Prometheus; none")
        ->check(
            [this](const std::string& text) { return SetMetricsListen(text, to_.serve.metrics); });
    CLI::Option* certificate =
        serve->add_option("--tls-cert", to_.serve.certificate_file, "PEM chain: https");
    CLI::Option* key = serve->add_option("--tls-key", to_.serve.key_file, "PEM key of --tls-cert");
    certificate->needs(key);
    key->needs(certificate);
    serve->add_option("--port-file", to_.serve.port_file, "file that gets the real port");
    serve
        ->add_option("--site", to_.serve.site,
                     "how browsers call the pages, where that is not the address above: "
                     "https://NAME[:PORT]")
        ->check([](const std::string& text) { return CheckSite(text); });
    AddLog(serve);
    CLI::App* restore = Word(app_, "restore", "put a backup into an empty folder");
    restore->add_option("file", to_.restore_file, "the backup")->required();
    restore->callback([this] { to_.kind = Invocation::Kind::kRestore; });
  }

  void AddLog(CLI::App* serve) {
    LogOptions& log = to_.serve.log;
    static const std::map<std::string, LogLevel> levels{{"debug", LogLevel::kDebug},
                                                        {"info", LogLevel::kInfo},
                                                        {"warning", LogLevel::kWarning},
                                                        {"error", LogLevel::kError}};
    serve->add_option("--log-level", log.level, "debug, info, warning or error; info")
        ->transform(CLI::CheckedTransformer(levels).description(""));
    serve->add_option("--log-file", log.file, "a file instead of stderr");
    serve->add_option("--log-file-bytes", log.file_bytes_max, "when it is full another is begun")
        ->check(CLI::Range(std::size_t{4096}, std::size_t{1} << 40))
        ->capture_default_str();
    serve->add_option("--log-files", log.files, "how many full ones are kept")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1000}))
        ->capture_default_str();
  }

  void AddUnits() {
    CLI::App* unit = Group("unit", "treatment units");
    CLI::App* add = Word(*unit, "add", "a new unit");
    auto added = Verb<UnitAddOptions>(add, UnitAdd);
    add->add_option("code", added->code)->required();
    add->add_option("name", added->name)->required();
    add->add_option("--province", added->province, "code of its province")->required();
    add->add_option("--commune", added->commune, "code of its commune");
    add->add_option("--from", added->from, "since when; today");
    CLI::App* move = Word(*unit, "move", "another province for a unit");
    auto moved = Verb<UnitMoveOptions>(move, UnitMove);
    move->add_option("code", moved->code)->required();
    move->add_option("province", moved->province, "code of its new province")->required();
    move->add_option("--from", moved->from, "since when")->required();
    CLI::App* close = Word(*unit, "close", "a unit that works no more; its devices still sync");
    auto closed = Verb<UnitCloseOptions>(close, UnitClose);
    close->add_option("code", closed->code)->required();
    close->add_option("--on", closed->on, "its first day without work")->required();
    CLI::App* merge = Word(*unit, "merge", "a unit whose work another one goes on with");
    auto merged = Verb<UnitCloseOptions>(merge, UnitClose);
    merge->add_option("code", merged->code)->required();
    merge->add_option("into", merged->into, "the unit that goes on")->required();
    merge->add_option("--on", merged->on, "since when")->required();
    CLI::App* reopen = Word(*unit, "reopen", "undo close or merge");
    auto reopened = Verb<std::string>(reopen, UnitReopen);
    reopen->add_option("code", *reopened)->required();
    CLI::App* import = Word(*unit, "import", "units from a CSV file");
    auto file = Verb<std::string>(import, UnitImport);
    import
        ->add_option("file", *file,
                     "columns code,name,province_code,commune_code,from and, if "
                     "you like, to")
        ->required();
    Verb(Word(*unit, "list", "all units"), UnitList);
    CLI::App* device = Group("device", "devices of units");
    CLI::App* code = Word(*device, "code", "a one-time code for a unit's first device");
    auto coded = Verb<DeviceCodeOptions>(code, DeviceCode);
    coded->hours = kCodeHoursDefault;
    code->add_option("unit", coded->unit)->required();
    code->add_option("--hours", coded->hours, "how long it is valid")->capture_default_str();
  }

  void AddUsers() {
    CLI::App* user = Group("user", "who signs in at the pages");
    CLI::App* add = Word(*user, "add", "a new account; prints a one-time link to its password");
    auto added = Verb<UserAddOptions>(add, UserAdd);
    add->add_option("name", added->name, "what he signs in with")->required();
    add->add_option("--role", added->role)
        ->required()
        ->check(CLI::IsMember({"administrator", "manager", "province", "committee"}));
    add->add_option("--province", added->provinces,
                    "codes of provinces today, of provincial staff or a manager");
    add->add_option("--unit", added->unit, "code of the unit, of a committee");
    add->add_option("--full-name", added->full_name);
    Verb(Word(*user, "list", "all accounts"), UserList);
    CLI::App* link = Word(*user, "link", "another one-time link: for a forgotten password");
    auto linked = Verb<UserLinkOptions>(link, UserLink);
    link->add_option("name", linked->name)->required();
    link->add_flag("--without-second-factor", linked->without_factor,
                   "the second factor was lost too: take it off");
    CLI::App* disable = Word(*user, "disable", "he cannot sign in any more, and is signed out");
    auto disabled = Verb<std::string>(disable, UserDisable);
    disable->add_option("name", *disabled)->required();
    CLI::App* enable = Word(*user, "enable", "undo disable; prints a one-time link");
    auto enabled = Verb<std::string>(enable, UserEnable);
    enable->add_option("name", *enabled)->required();
    AddTokens(*user);
  }

  void AddTokens(CLI::App& user) {
    CLI::App* make = Word(user, "token", "a token by which a program reads figures for an account");
    auto made = Verb<TokenMakeOptions>(make, TokenMake);
    made->days = kTokenDaysDefault;
    make->add_option("name", made->name, "whose")->required();
    make->add_option("--label", made->label, "what it is for, in a line")->required();
    std::vector<std::string> scopes;
    for (const Right right : kRights) {
      if (IsScope(right)) scopes.emplace_back(RightName(right));
    }
    make->add_option("--scope", made->scopes, "what it may read, of what the account may")
        ->required()
        ->check(CLI::IsMember(scopes));
    make->add_option("--days", made->days, "how long it is valid")
        ->check(CLI::Range(1, kTokenDaysMax))
        ->capture_default_str();
    auto listed = Verb<std::string>(Word(user, "tokens", "all tokens of an account"), TokenList);
    user.get_subcommand("tokens")->add_option("name", *listed)->required();
    CLI::App* revoke = Word(user, "revoke", "a token that serves no more");
    auto revoked = Verb<TokenRevokeOptions>(revoke, TokenRevoke);
    revoke->add_option("name", revoked->name, "whose")->required();
    revoke->add_option("label", revoked->label)->required();
  }

  void AddProgrammes() {
    CLI::App* programme = Group("programme", "what is recorded");
    CLI::App* add = Word(*programme, "add", "make a programme the current one");
    auto added = Verb<ProgrammeAddOptions>(add, ProgrammeAdd);
    add->add_option("file", added->file)->required();
    add->add_option("--signed", added->signed_file,
                    "file that gets the signed programme, for unit-client programme use");
  }

  void AddReportOptions(CLI::App* word, ReportOptions& options) {
    word->add_option("--from", options.from, "first month, YYYY-MM");
    word->add_option("--to", options.to, "last month, YYYY-MM");
    word->add_option("--as-of", options.as_of, "month or date; this month");
    word->add_option("--known-by", options.known_by,
                     "only from what had arrived by the end of this date");
    word->add_option("--indicator", options.indicator, "one indicator; all");
    word->add_flag("--exact", options.exact,
                   "indicators about persons too; written to the audit trail");
  }

  void AddReports() {
    CLI::App* report = Word(app_, "report", "tables of figures");
    auto reported = Verb<ReportOptions>(report, ReportVerb);
    AddReportOptions(report, *reported);
    report->add_option("--by", reported->by)
        ->check(CLI::IsMember({"unit", "province", "country"}))
        ->capture_default_str();
    report->add_option("--places", reported->places, "provinces as they were then, or are now")
        ->check(CLI::IsMember({"then", "now"}))
        ->capture_default_str();
    report
        ->add_option("--per", reported->per,
                     "months together: month, quarter, year or all; by default counts and rates "
                     "by month, outcomes all together")
        ->check(CLI::IsMember({"month", "quarter", "year", "all"}));
    report->add_option("--stratum", reported->stratum,
                       "all, a dimension of the programme (sex: each of its strata, too), or one "
                       "stratum (sex=male)");
    report->add_flag("--csv", reported->csv, "CSV on stdout");
    CLI::App* exported =
        Word(app_, "export", "the rows behind a report, as CSV; or a document for another system");
    auto options = Verb<ExportOptions>(exported, Export);
    AddReportOptions(exported, options->report);
    exported->add_option("--out", options->out, "a file instead of stdout");
    AddDocumentOptions(exported, *options);
  }

  void AddDocumentOptions(CLI::App* word, ExportOptions& options) {
    word->add_option("--format", options.format,
                     "csv, dhis2 (a data value set) or fhir (R4 measure reports)")
        ->check(CLI::IsMember({"csv", "dhis2", "fhir"}))
        ->capture_default_str();
    word->add_option("--part", options.part,
                     "of a document: activity of the month, or what was released with it; activity")
        ->check(CLI::IsMember({"activity", "released"}));
    word->add_option("--by", options.by, "of a document: unit, province or country; unit")
        ->check(CLI::IsMember({"unit", "province", "country"}));
    word->add_option("--places", options.places,
                     "of a document: provinces as they were then, or are now; then")
        ->check(CLI::IsMember({"then", "now"}));
    word->add_option("--province", options.province, "of a document: only this one, by its code");
  }

  void AddExchange() {
    CLI::App* exchange =
        Group("exchange", "which of DHIS2's identifiers our places and numbers are");
    CLI::App* use = Word(*exchange, "use", "take a mapping; refused where a line is wrong");
    auto file = Verb<std::string>(use, ExchangeUse);
    use->add_option("file", *file, "what `exchange table` gave, filled in")->required();
    Verb(Word(*exchange, "show", "what is mapped, and what is not"), ExchangeShow);
    CLI::App* table = Word(*exchange, "table", "the file to fill in, as CSV");
    auto out = Verb<std::string>(table, ExchangeTable);
    table->add_option("--out", *out, "a file instead of stdout");
  }

  void AddFiles() {
    CLI::App* bundle = Group("bundle", "sync by file");
    CLI::App* read = Word(*bundle, "read", "take what a device wrote");
    auto reading = Verb<BundleReadOptions>(read, BundleRead);
    read->add_option("file", reading->file)->required();
    read->add_option("--answer", reading->answer, "file for the answer that goes back");
    CLI::App* write = Word(*bundle, "write", "everything of a unit, for its devices");
    auto writing = Verb<BundleWriteOptions>(write, BundleWrite);
    write->add_option("unit", writing->unit)->required();
    write->add_option("file", writing->file)->required();
    CLI::App* verify =
        Word(app_, "verify", "check every op, chain and signature, and the audit trail");
    Verb(verify, Verify);
    CLI::App* backup = Word(app_, "backup", "copy the server into a new file, and verify it");
    auto file = Verb<std::string>(backup, Backup);
    for (CLI::App* word : {verify, backup}) {
      word->parse_complete_callback([this] { to_.takes_long = true; });
    }
    backup->add_option("file", *file)->required();
  }

  CLI::App& app_;
  Invocation& to_;
  std::string programme_;
  std::string listen_, metrics_listen_;
};

}  // namespace

std::variant<Invocation, UsageStop> ParseCommandLine(const std::vector<std::string>& arguments) {
  CLI::App app("The central server of Trạm: logs of all units, and their figures",
               "central-server");
  Invocation invocation;
  Words words(app, invocation);
  words.Add();
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants them
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return UsageStop{0, app.help()};
  } catch (const CLI::ParseError& error) {
    return UsageStop{2, ErrorLine(error.what()) + " (central-server --help says more)\n"};
  }
  return invocation;
}

}  // namespace tram::server
