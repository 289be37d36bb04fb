#include "tests/versions/store_facts.h"

#include <sstream>

#include "storage/store_check.h"
#include "tram/wire/settings_codec.h"

namespace tram::versions {
namespace {

std::string Short(std::string hex) { return hex.substr(0, 12); }

std::string Shown(const Programme& programme, const FieldView& view) {
  const Field& field = *view.field;
  if (field.type != FieldType::kSet) return FieldText(programme, field, view.value);
  std::string text;
  for (std::uint32_t element : view.elements) {
    text += (text.empty() ? "" : "|") + FieldText(programme, field, Code{element});
  }
  return text;
}

void WriteField(std::ostream& out, const Programme& programme, const RecordView& record,
                const FieldView& view) {
  const std::string shown = Shown(programme, view);
  if (!shown.empty()) out << "  " << view.field->name << " = " << shown << "\n";
  if (!view.conflict) return;
  for (const CandidateView& candidate : view.candidates) {
    out << "    conflict: by " << Short(candidate.by.device.Hex()) << " at "
        << LocalTimeText(candidate.by.time.ms) << ":";
    for (const auto& [number, value] : candidate.values) {
      const Field* field = record.type->ByNumber(number);
      out << " " << field->name << "=" << FieldText(programme, *field, value);
    }
    out << "\n";
  }
}

void WriteRecord(std::ostream& out, UnitDevice& device, const RecordId& id) {
  const RecordView record = Must(device.view().Find(id));
  out << record.type->name << " " << Short(id.Hex()) << " by " << Short(record.created.device.Hex())
      << " at " << LocalTimeText(record.created.time.ms) << ", changed "
      << LocalTimeText(record.changed.time.ms) << "\n";
  if (record.parent) out << "  parent " << Short(record.parent->Hex()) << "\n";
  if (record.merged_into) out << "  merged into " << Short(record.merged_into->Hex()) << "\n";
  if (record.deleted) out << "  deleted\n";
  if (record.deletion_conflict) out << "  deletion in conflict\n";
  if (record.waits_for > 0) out << "  waits for " << record.waits_for << "\n";
  if (record.sealed_unread) out << "  sealed, not to be opened\n";
  if (record.import_key) out << "  import key " << *record.import_key << "\n";
  for (const FieldView& view : record.fields) {
    WriteField(out, device.programme(), record, view);
  }
}

void WriteRows(std::ostream& out, const std::string& indicator,
               const std::vector<IndicatorRow>& rows) {
  for (const IndicatorRow& row : rows) {
    out << "  " << indicator << " " << row.period << " " << row.stratum << " " << row.bin << " "
        << row.numerator << "/" << row.denominator << "\n";
  }
}

void WriteReleased(std::ostream& out, server::ReleasedTables& released,
                   const std::string& indicator) {
  for (int year : Must(released.Years(indicator))) {
    for (const char* by : {"country", "then", "now", "unit"}) {
      for (const auto& sheet : Must(released.Sheets(indicator, year, by))) {
        out << "  " << indicator << " " << year << " " << by << " " << sheet.place << " "
            << sheet.dimension << " rounded to " << sheet.step << "\n";
      }
      for (const auto& number : Must(released.Numbers(indicator, year, by))) {
        out << "  " << indicator << " " << year << " " << by << " " << number.place << " "
            << number.stratum << " " << number.item << " = "
            << (number.shown ? std::to_string(*number.shown) : "*") << "\n";
      }
    }
  }
}

void WriteUnit(std::ostream& out, TestServer& server, const server::Unit& unit) {
  server::ServerStore& store = server.state().store();
  out << "unit " << unit.code << " " << unit.name << ", " << unit.entries << " entries, synced "
      << (unit.synced_ms ? LocalTimeText(*unit.synced_ms) : "never") << "\n";
  for (const server::Membership& membership : Must(store.units().MembershipsOf(unit.number))) {
    out << "  in " << membership.province << " from " << IsoDate(membership.from) << "\n";
  }
  out << "  devices " << Must(store.devices().OfUnit(unit.number)).size() << "\n";
  out << LogFacts(server.LogOf(unit.id));
}

}  // namespace

std::string RecordFacts(UnitDevice& device) {
  std::ostringstream out;
  for (const RecordId& id : device.view().ByPrefix("")) WriteRecord(out, device, id);
  return out.str();
}

std::string LogFacts(OpLog& log) {
  std::ostringstream out;
  const VerifyReport report = Must(log.Verify());
  out << "log of " << report.entries << " entries, " << report.checkpoints << " checkpoints, "
      << report.problems.size() << " problems\n";
  for (const Leaf& leaf : log.Leaves()) {
    out << "  leaf " << Short(leaf.feed.device.Hex()) << "/" << leaf.feed.number << " " << leaf.seq
        << " " << Short(leaf.chain.Hex()) << "\n";
  }
  std::map<int, std::size_t> keys;
  for (const KeyEntry& entry : log.keys()) ++keys[static_cast<int>(entry.kind)];
  for (const auto& [kind, count] : keys) out << "  keys of kind " << kind << ": " << count << "\n";
  out << "  digest of the keys " << log.DigestOfKeys().Hex() << "\n";
  for (const Rejected& rejected : log.rejected()) {
    out << "  rejected: " << Short(rejected.feed.device.Hex()) << ", reason "
        << static_cast<int>(rejected.reason) << ", " << LocalTimeText(rejected.at_ms) << "\n";
  }
  out << "  staged pieces " << log.staged().size() << "\n";
  return out.str();
}

std::string DeviceFacts(UnitDevice& device, Date as_of) {
  std::ostringstream out;
  out << "programme " << device.programme().name << " " << device.programme().version << "\n"
      << "unit " << device.unit_name() << " at " << device.server_url() << "\n"
      << "members " << device.replica().Members().size() << "\n"
      << "copied feeds " << CopiedFeeds(device.log()).size() << "\n"
      << "not confirmed " << UnconfirmedOps(device.log()) << "\n";
  if (const auto receipt = LastReceipt(device.log())) {
    out << "receipt of " << LocalTimeText(receipt->time.ms) << " over " << receipt->leaves.size()
        << " leaves\n";
  }
  if (const auto hint = device.log().Setting(kHintSetting)) {
    out << "hint of " << Must(DecodeHint(*hint)).leaves.size() << " leaves\n";
  }
  out << LogFacts(device.log()) << RecordFacts(device);
  for (const HeldOp& held : device.view().Held()) out << "held " << Short(held.id.Hex()) << "\n";
  for (const RecordId& id : device.view().Waiting()) out << "waits " << Short(id.Hex()) << "\n";
  out << "figures of " << IsoDate(as_of) << "\n";
  for (const IndicatorFigures& figures : Must(device.view().Figures(as_of))) {
    WriteRows(out, figures.indicator, figures.rows);
  }
  for (const CheckFinding& finding : Must(device.view().Checks(as_of))) {
    out << "  check " << finding.check->name << " " << Short(finding.record.Hex()) << "\n";
  }
  return out.str();
}

std::string ServerFacts(TestServer& server, Date from, Date to) {
  std::ostringstream out;
  server::ServerStore& store = server.state().store();
  const Programme& programme = *server.state().programme().programme;
  const auto go_on = [](std::size_t, std::size_t) { return true; };
  const server::StoreCheck check = Must(server::CheckStore(store, go_on));
  out << "store of " << check.units << " units, " << check.entries << " entries, "
      << check.problems.size() << " problems\n"
      << "programme " << programme.name << " " << programme.version << "\n";
  for (const server::Unit& unit : Must(store.units().All())) WriteUnit(out, server, unit);
  for (Date month = MonthEnd(from); month <= MonthEnd(to); month = MonthEnd(Date{month.days + 1})) {
    const auto published = Must(store.rollups().PublishedAt(month));
    out << "figures of " << IsoDate(month) << ", published "
        << (published ? LocalTimeText(*published) : "not yet") << "\n";
    for (const server::Unit& unit : Must(store.units().All())) {
      out << " " << unit.code << "\n";
      for (const Indicator& indicator : programme.indicators) {
        WriteRows(out, indicator.name,
                  Must(store.rollups().Rows(unit.number, month, indicator.name)));
      }
    }
  }
  out << "released\n";
  for (const Indicator& indicator : programme.indicators) {
    WriteReleased(out, store.released(), indicator.name);
  }
  return out.str();
}

}  // namespace tram::versions
