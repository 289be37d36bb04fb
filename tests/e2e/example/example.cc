// A unit of one's own in forty lines: example FOLDER PROGRAMME.toml
#include <iostream>
#include <sstream>

#include "tram/base/os_file.h"
#include "tram/programme/signing.h"
#include "tram/session/unit_device.h"

using namespace tram;

Status Work(const std::string& folder, const std::string& programme_file) {
  // Whoever runs the programme signs it; devices take programmes of this key only.
  SigningKey authority = SigningKey::Generate(SystemRandom());
  TRAM_ASSIGN(std::string toml, ReadFile(programme_file, 1 << 20));
  Founding founding;
  founding.unit = SystemRandom().NewId<UnitId>();
  founding.unit_name = "Example";
  founding.server = founding.programme_key = authority.id();
  founding.programme = WriteSignedProgramme({authority.Sign(ProgrammeStatement(toml)), toml});
  founding.device_seed = SecretKey::Generate(SystemRandom());
  founding.unit_key = SecretKey::Generate(SystemRandom());
  founding.passphrase = "correct horse battery";
  TRAM_TRY(UnitDevice::Found(folder, founding, SystemClock(), SystemRandom()));

  TRAM_ASSIGN(auto device, UnitDevice::Open(folder, SystemClock(), SystemRandom()));
  TRAM_TRY(device->Unlock(founding.passphrase));
  const RecordType* client = device->programme().ByName("client");
  if (client == nullptr) return MakeError(ErrorCode::kNotFound, "no record type client");
  RecordForm form;
  form.type = client;
  form.values[client->ByName("full_name")->number] = std::string("Nguyễn Văn A");
  TRAM_ASSIGN(Saved saved, device->Save(form));  // durable, sealed, merged, in the tables
  TRAM_ASSIGN(ViewTable table, device->view().List(*client, "full_name LIKE 'Nguyễn%'", Date{}));
  std::cout << saved.record.Hex() << ": " << table.rows.size() << " client, "
            << UnconfirmedOps(device->log()) << " op waits for a server\n";
  return {};
}

int main(int argc, char** argv) {
  Status status = argc == 3 ? Work(argv[1], argv[2]) : MakeError(ErrorCode::kInvalid, "usage");
  if (!status) std::cerr << status.error().message << "\n";
  return status ? 0 : 1;
}
