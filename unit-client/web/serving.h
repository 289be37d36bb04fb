// Serving: the pages as guest of a Holder: a listener on this computer, and the Front behind it.
// Threads: as Guest; requests come on the listener's threads and are posted to the owner.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/holder.h"
#include "tram/web/listener.h"
#include "web/front.h"

namespace tram::client {

/// In the unit's folder while pages are served: their address. For who starts the program twice.
inline constexpr char kAddressFile[] = "pages.address";

class Serving : public Guest {
 public:
  struct Options {
    ServeOptions serve;
    std::filesystem::path folder, cwd;
    Language language = Language::kVietnamese;
    std::function<void(const std::string& line)> tell;  // the address, once pages are answered
  };
  Serving(Options options, Clock& clock, Random& random)
      : options_(std::move(options)), clock_(clock), random_(random) {}

  /// Errors: exists (the port is taken) | those of Listener::Start and Front::Create.
  Status Begin(Holder& holder) override;
  void Tick() override;
  void Reopened() override;
  void End() override;

 private:
  Options options_;
  Clock& clock_;
  Random& random_;
  std::unique_ptr<Front> front_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace tram::client
