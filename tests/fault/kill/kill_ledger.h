// KillLedger: what the writers asked for and what was acknowledged to them, so that at the end it
// can be said what must be there, what may be there, and what was never asked for. A client's name
// is a text that is used once; each client is changed by the device that added it only, one change
// after the other. Threads: any.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace tram::test {

class KillLedger {
 public:
  /// A name that was not given before.
  std::string NewName(const std::string& device);

  /// A client of this name is about to be added.
  void Adding(const std::string& name);
  /// The program said that it is there.
  void Added(const std::string& name, const std::string& record, const std::string& op);
  /// Another name of a client is about to be written.
  void Renaming(const std::string& record, const std::string& name);
  void Renamed(const std::string& record, const std::string& name, const std::string& op);
  /// Something else was written and acknowledged.
  void Wrote(const std::string& op);
  /// A whole file of clients went in.
  void Imported(const std::vector<std::string>& names);

  /// Ops that were acknowledged, now.
  std::set<std::string> Acknowledged() const;
  std::size_t acknowledged() const;

  /// What is wrong with a device's clients (id, name), one line each; empty: all that was
  /// acknowledged is there, and nothing that nobody asked for.
  std::vector<std::string> Compare(
      const std::vector<std::pair<std::string, std::string>>& clients) const;

 private:
  struct Client {
    std::vector<std::string> names;  // as they were written, the last one last
    std::size_t acknowledged = 0;    // names[this] was, and everything before it
  };

  mutable std::mutex mutex_;
  std::size_t names_ = 0;
  std::set<std::string> in_doubt_;  // names of clients that were asked for and not acknowledged
  std::set<std::string> imported_;
  std::map<std::string, Client> clients_;  // by id
  std::set<std::string> ops_;
};

}  // namespace tram::test
