#include "cli/verbs.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/backup.h"
#include "app/bundles.h"
#include "app/conflicts.h"
#include "app/export.h"
#include "app/founding.h"
#include "app/import.h"
#include "app/programmes.h"
#include "app/records.h"
#include "app/report.h"
#include "app/status.h"

namespace tram::client {
namespace {

constexpr int kEverySecondsMin = 5, kEverySecondsMax = 24 * 3600;
constexpr int kInviteHoursMax = 24 * 31;

/// What the functions below share while the subcommands are put together.
class Verbs {
 public:
  Verbs(CLI::App& app, Verb& verb, Language language)
      : app_(app), verb_(verb), vietnamese_(language == Language::kVietnamese) {}

  void AddSetup();
  void AddSync();
  void AddRecords();
  void AddConflicts();
  void AddFiles();
  void AddBundles();
  void AddProgrammes();
  void AddCare();

 private:
  std::string Words(const char* vi, const char* en) const { return vietnamese_ ? vi : en; }
  CLI::App* Sub(const char* name, const char* vi, const char* en, CLI::App* under = nullptr) {
    CLI::App* sub = (under == nullptr ? &app_ : under)->add_subcommand(name, Words(vi, en));
    sub->fallthrough();
    return sub;
  }
  /// What is run when `sub` was typed, on the unit's device.
  void OnDevice(CLI::App* sub, Verb::Key key, std::function<Status(Call&)> run,
                std::function<Status(FolderCall&, const Error&)> on_damaged = nullptr) {
    sub->final_callback([this, sub, key, run = std::move(run), on_damaged = std::move(on_damaged)] {
      verb_.name = sub->get_name();
      verb_.kind = Verb::Kind::kDevice;
      verb_.key = key;
      verb_.on_device = run;
      verb_.on_damaged = on_damaged;
    });
  }
  void OnFolder(CLI::App* sub, std::function<Status(FolderCall&)> run) {
    sub->final_callback([this, sub, run = std::move(run)] {
      verb_.name = sub->get_name();
      verb_.kind = Verb::Kind::kFolder;
      verb_.on_folder = run;
    });
  }
  void OfKind(CLI::App* sub, Verb::Kind kind) {
    sub->final_callback([this, sub, kind] {
      verb_.name = sub->get_name();
      verb_.kind = kind;
    });
  }
  CLI::Option* AddParents(CLI::App* sub, std::shared_ptr<std::optional<std::vector<OpId>>> parents);

  CLI::App& app_;
  Verb& verb_;
  bool vietnamese_;
};

/// CLI11 turns this into a usage error.
void CheckAssignments(const std::vector<std::string>& typed, std::vector<Assignment>& read) {
  for (const std::string& text : typed) {
    auto assignment = ParseAssignment(text);
    if (!assignment) throw CLI::ValidationError(assignment.error().message);
    read.push_back(std::move(*assignment));
  }
}

CLI::Option* Values(CLI::App* sub, std::vector<Assignment>& values) {
  return sub
      ->add_option_function<std::vector<std::string>>(
          "values",
          [&values](const std::vector<std::string>& typed) { CheckAssignments(typed, values); },
          "field=value …")
      ->type_name("K=V");
}

CLI::Option* Verbs::AddParents(CLI::App* sub,
                               std::shared_ptr<std::optional<std::vector<OpId>>> parents) {
  return sub->add_option_function<std::string>(
      "--parents",
      [parents = std::move(parents)](const std::string& text) {
        parents->emplace();
        std::string_view rest(text);
        while (!rest.empty()) {
          const std::size_t end = std::min(rest.find(','), rest.size());
          auto id = OpId::FromHexText(rest.substr(0, end));
          if (!id) throw CLI::ValidationError("--parents", id.error().message);
          (*parents)->push_back(*id);
          rest.remove_prefix(std::min(end + 1, rest.size()));
        }
      },
      Words("các giá trị cha mà biểu mẫu đã thấy (show --json), cách nhau bằng dấu phẩy",
            "the parents that the form was drawn from (show --json), separated by commas"));
}

void Verbs::AddSetup() {
  auto init = std::make_shared<InitOptions>();
  CLI::App* sub = Sub("init", "lập đơn vị trong một thư mục mới", "set a unit up in a new folder");
  sub->add_option("--server", init->server, Words("địa chỉ máy chủ", "the server's URL"));
  sub->add_option(
      "--invite", init->invite,
      Words("tệp lời mời của một máy trong đơn vị", "an invitation of a device of the unit"));
  sub->add_option("--code-file", init->code_file,
                  Words("tệp chứa mã (hoặc $TRAM_CODE)", "file with the code (or $TRAM_CODE)"));
  sub->add_option("--ca-file", init->ca_file,
                  Words("chứng chỉ được tin (PEM)", "certificates to believe (PEM)"));
  sub->parse_complete_callback([init] {
    if (init->server.empty() && init->invite.empty()) {
      throw CLI::ValidationError("init", "give --server URL or --invite FILE");
    }
  });
  OnFolder(sub, [init](FolderCall& call) { return InitUnit(call, *init); });

  auto invite = std::make_shared<InviteOptions>();
  sub = Sub("invite", "tạo lời mời cho máy thứ hai", "make an invitation for another device");
  sub->add_option("file", invite->file, Words("tệp lời mời sẽ ghi", "the file to write"))
      ->required();
  sub->add_option("--hours", invite->hours, Words("thời hạn", "how long it is good"))
      ->check(CLI::Range(1, kInviteHoursMax))
      ->capture_default_str();
  OnDevice(sub, Verb::Key::kNeeded, [invite](Call& call) { return InviteDevice(call, *invite); });
}

void Verbs::AddSync() {
  CLI::App* sub =
      Sub("run", "giữ dữ liệu và đồng bộ trong nền", "hold the log and sync in the background");
  sub->add_option("--every", verb_.run.every_s, Words("số giây giữa hai lần", "seconds between"))
      ->check(CLI::Range(kEverySecondsMin, kEverySecondsMax))
      ->capture_default_str();
  sub->add_option("--ca-file", verb_.run.ca_file,
                  Words("chứng chỉ được tin (PEM)", "certificates to believe (PEM)"));
  OfKind(sub, Verb::Kind::kRun);

  auto serve = std::make_shared<ServeOptions>();
  sub = Sub("serve", "chạy chương trình với các trang trong trình duyệt",
            "run the program with its pages in a browser");
  sub->add_option("--port", serve->port,
                  Words("cổng trên máy này (0: cổng trống bất kỳ)", "port (0: any free one)"))
      ->capture_default_str();
  sub->add_flag("!--no-browser", serve->browser,
                Words("không mở trình duyệt", "do not open the browser"));
  sub->add_option("--every", verb_.run.every_s, Words("số giây giữa hai lần", "seconds between"))
      ->check(CLI::Range(kEverySecondsMin, kEverySecondsMax))
      ->capture_default_str();
  sub->add_option("--ca-file", verb_.run.ca_file,
                  Words("chứng chỉ được tin (PEM)", "certificates to believe (PEM)"));
  sub->final_callback([this, serve] {
    verb_.name = "serve";
    verb_.kind = Verb::Kind::kRun;
    verb_.run.serve = *serve;
  });

  sub = Sub("sync", "đồng bộ ngay", "sync now");
  sub->add_option("--ca-file", verb_.sync.ca_file,
                  Words("chứng chỉ được tin (PEM)", "certificates to believe (PEM)"));
  OfKind(sub, Verb::Kind::kSync);

  OfKind(Sub("lock", "khoá chương trình đang chạy", "lock the running program"), Verb::Kind::kLock);
  OfKind(Sub("unlock", "mở khoá chương trình đang chạy", "unlock the running program"),
         Verb::Kind::kUnlock);
  OnDevice(Sub("status", "tình trạng của đơn vị", "where the unit stands"), Verb::Key::kIfGiven,
           ShowStatus);
}

void Verbs::AddRecords() {
  auto add = std::make_shared<AddOptions>();
  CLI::App* sub = Sub("add", "thêm một hồ sơ", "add a record");
  sub->add_option("type", add->type, Words("loại hồ sơ", "record type"))->required();
  Values(sub, add->values);
  sub->add_flag("--same-person-ok", add->same_person_ok,
                Words("lưu dù có thể người này đã có hồ sơ",
                      "save although this person may be registered already"));
  OnDevice(sub, Verb::Key::kNeeded, [add](Call& call) { return AddRecord(call, *add); });

  auto id = std::make_shared<std::string>();
  sub = Sub("show", "xem một hồ sơ", "show a record");
  sub->add_option("id", *id, Words("mã hồ sơ", "record id"))->required();
  OnDevice(sub, Verb::Key::kIfGiven, [id](Call& call) { return ShowRecord(call, *id); });

  auto set = std::make_shared<SetOptions>();
  auto parents = std::make_shared<std::optional<std::vector<OpId>>>();
  sub = Sub("set", "sửa một hồ sơ", "change a record");
  sub->add_option("id", set->id, Words("mã hồ sơ", "record id"))->required();
  Values(sub, set->values)->required();
  sub->add_option("--reason", set->reason, Words("lý do sửa", "why it is corrected"));
  AddParents(sub, parents);
  OnDevice(sub, Verb::Key::kNeeded, [set, parents](Call& call) {
    set->parents = *parents;
    return SetRecord(call, *set);
  });

  auto list = std::make_shared<ListOptions>();
  sub = Sub("list", "liệt kê hồ sơ", "list records");
  sub->add_option("type", list->type, Words("loại hồ sơ", "record type"))->required();
  sub->add_option("--where", list->where, Words("điều kiện SQL", "condition in SQL"));
  OnDevice(sub, Verb::Key::kIfGiven, [list](Call& call) { return ListRecords(call, *list); });

  auto remove = std::make_shared<DeleteOptions>();
  auto remove_parents = std::make_shared<std::optional<std::vector<OpId>>>();
  sub = Sub("delete", "xoá một hồ sơ", "delete a record");
  sub->add_option("id", remove->id, Words("mã hồ sơ", "record id"))->required();
  sub->add_option("--reason", remove->reason, Words("lý do", "why"))->required();
  AddParents(sub, remove_parents);
  OnDevice(sub, Verb::Key::kNeeded, [remove, remove_parents](Call& call) {
    remove->parents = *remove_parents;
    return DeleteRecord(call, *remove);
  });

  auto back = std::make_shared<std::string>();
  sub = Sub("undelete", "phục hồi một hồ sơ đã xoá", "bring a deleted record back");
  sub->add_option("id", *back, Words("mã hồ sơ", "record id"))->required();
  OnDevice(sub, Verb::Key::kNeeded, [back](Call& call) { return UndeleteRecord(call, *back); });

  auto worker = std::make_shared<std::string>();
  sub = Sub("author", "chọn người ghi", "choose who writes from now on");
  sub->add_option("worker", *worker, Words("mã cán bộ, hoặc none", "a worker's id, or none"));
  OnDevice(sub, Verb::Key::kIfGiven, [worker](Call& call) { return SetAuthorOf(call, *worker); });
}

void Verbs::AddConflicts() {
  OnDevice(Sub("conflicts", "những gì cần một người quyết định", "what a person has to settle"),
           Verb::Key::kIfGiven, ListConflicts);

  auto options = std::make_shared<ResolveOptions>();
  auto keep = std::make_shared<std::size_t>(0);
  auto remove = std::make_shared<bool>(false), stay = std::make_shared<bool>(false);
  auto right = std::make_shared<bool>(false), reopen = std::make_shared<bool>(false);
  CLI::App* sub = Sub("resolve", "giải quyết một xung đột", "settle a conflict");
  sub->add_option("id", options->id, Words("mã hồ sơ", "record id"))->required();
  sub->add_option("field", options->field,
                  Words("mục, nhóm hoặc mục kiểm tra", "field, group or check"));
  sub->add_option("values", options->values,
                  Words("giá trị đúng, hoặc mục=giá trị …", "the right value, or field=value …"));
  CLI::Option* keep_option =
      sub->add_option("--keep", *keep, Words("giữ giá trị số N", "keep value N"));
  sub->add_flag("--delete", *remove, Words("xoá hồ sơ", "the record is deleted"));
  sub->add_flag("--keep-record", *stay, Words("giữ hồ sơ", "the record stays"));
  sub->add_flag("--right", *right,
                Words("mục kiểm tra: đã xem, đúng như vậy", "of a check: right as it is"));
  sub->add_flag("--reopen", *reopen,
                Words("mục kiểm tra: cần xem lại", "of a check: to be looked at again"));
  sub->add_option("--reason", options->reason,
                  Words("lý do xoá, hoặc vì sao đúng như vậy", "why it is deleted, or right"));
  sub->final_callback([this, options, keep, keep_option, remove, stay, right, reopen] {
    const int deletions = (*remove ? 1 : 0) + (*stay ? 1 : 0);
    const int ways = deletions + (keep_option->count() > 0 ? 1 : 0) +
                     (options->values.empty() ? 0 : 1) + (*right ? 1 : 0) + (*reopen ? 1 : 0);
    if (ways != 1 || (deletions == 1) != options->field.empty()) {
      throw CLI::ValidationError("resolve",
                                 "give FIELD --keep N, or FIELD and a value, or --delete, or "
                                 "--keep-record, or CHECK --right, or CHECK --reopen");
    }
    if (*right) options->finding = ResolveOptions::Finding::kRight;
    if (*reopen) options->finding = ResolveOptions::Finding::kReopen;
    if (keep_option->count() > 0) options->keep = *keep;
    if (*remove) options->deletion = ResolveOptions::Deletion::kDelete;
    if (*stay) options->deletion = ResolveOptions::Deletion::kKeepRecord;
    verb_.name = "resolve";
    verb_.kind = Verb::Kind::kDevice;
    verb_.key = Verb::Key::kNeeded;
    verb_.on_device = [options](Call& call) { return ResolveConflict(call, *options); };
  });
}

void Verbs::AddFiles() {
  auto in = std::make_shared<ImportOptions>();
  CLI::App* sub = Sub("import", "nhập một tệp CSV", "import a CSV file");
  sub->add_option("type", in->type, Words("loại hồ sơ", "record type"))->required();
  sub->add_option("file", in->file, "CSV")->required();
  OnDevice(sub, Verb::Key::kNeeded, [in](Call& call) { return ImportFile(call, *in); });

  auto out = std::make_shared<ExportOptions>();
  sub = Sub("export", "xuất ra CSV, không niêm phong", "export as CSV, in the clear");
  sub->add_option("type", out->type, Words("loại hồ sơ", "record type"))->required();
  sub->add_option("--out", out->out, Words("tệp; không có thì ra stdout", "file; else stdout"));
  OnDevice(sub, Verb::Key::kNeeded, [out](Call& call) { return ExportRecords(call, *out); });

  auto report = std::make_shared<ReportOptions>();
  sub = Sub("report", "các chỉ số của đơn vị", "the unit's indicators");
  sub->add_option("--as-of", report->as_of,
                  Words("tính đến ngày hoặc tháng", "up to this day or month"));
  sub->add_option("--indicator", report->indicator, Words("chỉ một chỉ số", "only this one"));
  sub->add_option("--from", report->from, Words("từ tháng, YYYY-MM", "first month, YYYY-MM"));
  sub->add_option("--to", report->to, Words("đến tháng, YYYY-MM", "last month, YYYY-MM"));
  sub->add_option("--per", report->per,
                  Words("gộp theo tháng, quý, năm hoặc tất cả; nếu không, số đếm và tỷ lệ theo "
                        "tháng, kết quả điều trị gộp chung",
                        "months together: month, quarter, year or all; by default counts and "
                        "rates by month, outcomes all together"))
      ->check(CLI::IsMember({"month", "quarter", "year", "all"}));
  sub->add_option(
      "--stratum,--by", report->stratum,
      Words("all, một chiều của chương trình (sex: từng nhóm), hoặc một nhóm (sex=male)",
            "all, a dimension of the programme (sex: each of its strata, too), or one "
            "stratum (sex=male)"));
  OnDevice(sub, Verb::Key::kNotNeeded, [report](Call& call) { return ShowReport(call, *report); });
}

void Verbs::AddBundles() {
  CLI::App* bundle = Sub("bundle", "đồng bộ bằng tệp", "sync by file");
  bundle->require_subcommand(1);
  auto write = std::make_shared<BundleWriteOptions>();
  CLI::App* sub =
      Sub("write", "ghi những gì máy chủ chưa có", "write what the server lacks", bundle);
  sub->add_option("file", write->file, Words("tệp", "file"))->required();
  sub->add_flag("--all", write->all,
                Words("ghi tất cả, cho một máy khác của đơn vị",
                      "everything, for another device of the unit"));
  OnDevice(sub, Verb::Key::kNotNeeded,
           [write](Call& call) { return WriteBundleFile(call, *write); });

  auto files = std::make_shared<std::vector<std::string>>();
  sub = Sub("read", "đọc gói của máy khác hoặc của máy chủ",
            "read bundles of other devices or answers of the server", bundle);
  sub->add_option("files", *files, Words("tệp", "files"))->required();
  OnDevice(sub, Verb::Key::kNotNeeded,
           [files](Call& call) { return ReadBundleFiles(call, *files); });
}

void Verbs::AddProgrammes() {
  CLI::App* programme = Sub("programme", "chương trình ghi chép", "the programme");
  programme->require_subcommand(1);
  auto before = std::make_shared<std::string>(), after = std::make_shared<std::string>();
  CLI::App* sub = Sub("check", "bản mới có an toàn không", "is an update safe", programme);
  sub->add_option("old", *before, Words("bản cũ", "the old file"))->required();
  sub->add_option("new", *after, Words("bản mới", "the new file"))->required();
  OnFolder(sub,
           [before, after](FolderCall& call) { return CheckProgrammes(call, *before, *after); });

  auto file = std::make_shared<std::string>();
  sub = Sub("use", "dùng bản mới đã ký", "use another signed programme", programme);
  sub->add_option("file", *file, Words("tệp", "file"))->required();
  OnDevice(sub, Verb::Key::kNotNeeded,
           [file](Call& call) { return UseProgrammeFile(call, *file); });
}

void Verbs::AddCare() {
  CLI::App* sub = Sub("verify", "kiểm tra toàn bộ dữ liệu", "check every change and signature");
  OnDevice(sub, Verb::Key::kNotNeeded, VerifyUnit, VerifyDamagedUnit);

  auto backup = std::make_shared<BackupOptions>();
  sub = Sub("backup", "sao lưu vào một tệp và kiểm tra nó", "copy to a file and verify the copy");
  sub->add_option("file", backup->file, Words("tệp", "file"))->required();
  sub->add_flag("--force", backup->force, Words("ghi đè", "replace it"));
  OnDevice(sub, Verb::Key::kNotNeeded, [backup](Call& call) { return BackupUnit(call, *backup); });

  auto file = std::make_shared<std::string>();
  sub = Sub("restore", "phục hồi từ một bản sao lưu vào thư mục mới",
            "start from a backup in a new folder");
  sub->add_option("file", *file, Words("bản sao lưu", "the backup"))->required();
  OnFolder(sub, [file](FolderCall& call) { return RestoreUnit(call, *file); });
}

}  // namespace

void AddVerbs(CLI::App& app, Verb& verb, Language language) {
  // The subcommands' callbacks keep this object for as long as the parser lives.
  auto verbs = std::make_shared<Verbs>(app, verb, language);
  verbs->AddSetup();
  verbs->AddSync();
  verbs->AddRecords();
  verbs->AddConflicts();
  verbs->AddFiles();
  verbs->AddBundles();
  verbs->AddProgrammes();
  verbs->AddCare();
  app.final_callback([verbs] {});
}

}  // namespace tram::client
