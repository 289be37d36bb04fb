#include "app/bundles.h"

#include <algorithm>
#include <iterator>

#include "app/reasons.h"
#include "tram/base/limits.h"
#include "tram/base/os_file.h"

namespace tram::client {
namespace {

constexpr char kNonceSetting[] = "client.bundle_nonce";  // of the bundle that was written last

/// A gap is no fault of the file: what comes before is in another one.
bool Waits(const Refusal& refusal) {
  return refusal.reason == RefusalReason::kGap || refusal.reason == RefusalReason::kUnresolved;
}

void AddRefusals(BundleSums& sums, const std::vector<Refusal>& refusals) {
  std::copy_if(refusals.begin(), refusals.end(), std::back_inserter(sums.refusals),
               [](const Refusal& refusal) { return !Waits(refusal); });
}

}  // namespace

Status TakeBundle(Call& call, std::string_view file, BundleSums& sums) {
  UnitDevice& device = call.device;
  TRAM_ASSIGN(BundleHead head, ReadBundleHead(AsBytes(file)));
  if (head.kind == BundleHead::Kind::kOps) {
    TRAM_ASSIGN(Taken taken, ReadBundle(device.replica(), &device.own(), AsBytes(file)));
    sums.new_ops += taken.new_ops;
    AddRefusals(sums, taken.refusals);
  } else {
    auto nonce = device.log().Setting(kNonceSetting);
    if (!nonce || nonce->size() != Nonce::kSize) {
      return call.out.Fail(ErrorCode::kInvalid,
                           "máy này chưa ghi gói nào nên không có gì để trả lời: trước hết bundle "
                           "write",
                           "this device wrote no bundle that this could answer: first bundle "
                           "write");
    }
    SyncClient client = device.NewSync();
    TRAM_TRY(ReadAnswer(client, Nonce::From(*nonce), AsBytes(file)));
    sums.new_ops += client.report().received_ops;
    AddRefusals(sums, client.report().refusals);
    ++sums.answers;
  }
  return device.RefreshView();
}

Result<WrittenBundle> MakeBundle(Call& call, bool all) {
  UnitDevice& device = call.device;
  Known known(device.log());
  if (auto setting = device.log().Setting(kHintSetting); setting && !all) {
    if (auto hint = DecodeHint(*setting)) {
      for (const Leaf& leaf : hint->leaves) known.Add(leaf.chain);
    }
  }
  TRAM_ASSIGN(WrittenBundle bundle,
              WriteBundle(device.replica(), known, device.signing_key(), device.own().id(),
                          device.time().Estimate(), call.random));
  device.log().SetSetting(kNonceSetting, ToBytes(bundle.nonce.view()));
  TRAM_TRY(device.log().Commit());
  return bundle;
}

Status WriteBundleFile(Call& call, const BundleWriteOptions& options) {
  TRAM_ASSIGN(const std::filesystem::path file, call.OutputPath(options.file));
  TRAM_ASSIGN(const WrittenBundle bundle, MakeBundle(call, options.all));
  TRAM_TRY(WriteFileAtomically(file, bundle.file));
  call.out.document() = {
      {"file", file.string()}, {"ops", bundle.ops}, {"bytes", bundle.file.size()}};
  call.out.Say("đã ghi {} thay đổi vào {} ({} B)", "wrote {} changes to {} ({} B)", bundle.ops,
               file.string(), bundle.file.size());
  return {};
}

Status ReadBundleFiles(Call& call, const std::vector<std::string>& files) {
  BundleSums sums;
  for (const std::string& name : files) {
    const std::filesystem::path path = call.Path(name);
    TRAM_ASSIGN(const std::string file, ReadFile(path, kBundleBytesMax));
    if (Status read = TakeBundle(call, file, sums); !read) {
      return MakeError(read.error().code, path.string() + ": " + read.error().message);
    }
  }
  const std::size_t staged = call.device.log().staged().size();
  Json& json = call.out.document();
  json = {{"new_ops", sums.new_ops}, {"answers", sums.answers}, {"staged", staged}};
  json["refused"] = Json::array();
  for (const Refusal& refusal : sums.refusals) {
    json["refused"].push_back(
        {{"device", refusal.feed.device.Hex()}, {"reason", RefusalText(refusal.reason)}});
    call.out.Note("không nhận một phần của máy {}: {}", "refused a part of device {}: {}",
                  refusal.feed.device.Hex().substr(0, 8), RefusalWords(call.out, refusal.reason));
  }
  json["conflicts"] = call.device.view().Conflicts().size();
  json["waiting_for_server"] = UnconfirmedOps(call.device.log());
  call.out.Say("nhận {} thay đổi mới; chờ máy chủ xác nhận {}; xung đột {}",
               "{} new changes; {} wait for the server; {} conflicts", sums.new_ops,
               UnconfirmedOps(call.device.log()), call.device.view().Conflicts().size());
  if (staged > 0) {
    call.out.Note("{} phần đã cất lại, chờ gói có phần đứng trước",
                  "{} parts are kept and wait for the bundle with what comes before them", staged);
  }
  if (sums.refusals.empty()) return {};
  return call.out.Fail(ErrorCode::kDenied, "{} phần không nhận được, lý do ở trên",
                       "{} parts were refused, with the reasons above", sums.refusals.size());
}

}  // namespace tram::client
