#include "tests/fault/kill/kill_ledger.h"

#include <algorithm>

namespace tram::test {

std::string KillLedger::NewName(const std::string& device) {
  std::lock_guard lock(mutex_);
  return device + "-" + std::to_string(++names_);
}

void KillLedger::Adding(const std::string& name) {
  std::lock_guard lock(mutex_);
  in_doubt_.insert(name);
}

void KillLedger::Added(const std::string& name, const std::string& record, const std::string& op) {
  std::lock_guard lock(mutex_);
  in_doubt_.erase(name);
  clients_[record].names = {name};
  ops_.insert(op);
}

void KillLedger::Renaming(const std::string& record, const std::string& name) {
  std::lock_guard lock(mutex_);
  clients_[record].names.push_back(name);
}

void KillLedger::Renamed(const std::string& record, const std::string& name,
                         const std::string& op) {
  std::lock_guard lock(mutex_);
  Client& client = clients_[record];
  const auto at = std::find(client.names.begin(), client.names.end(), name);
  client.acknowledged = static_cast<std::size_t>(at - client.names.begin());
  ops_.insert(op);
}

void KillLedger::Wrote(const std::string& op) {
  std::lock_guard lock(mutex_);
  ops_.insert(op);
}

void KillLedger::Imported(const std::vector<std::string>& names) {
  std::lock_guard lock(mutex_);
  for (const std::string& name : names) {
    in_doubt_.erase(name);
    imported_.insert(name);
  }
}

std::set<std::string> KillLedger::Acknowledged() const {
  std::lock_guard lock(mutex_);
  return ops_;
}

std::size_t KillLedger::acknowledged() const {
  std::lock_guard lock(mutex_);
  return ops_.size();
}

std::vector<std::string> KillLedger::Compare(
    const std::vector<std::pair<std::string, std::string>>& clients) const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> problems;
  std::set<std::string> ids, names;
  for (const auto& [id, name] : clients) {
    ids.insert(id);
    if (!names.insert(name).second) problems.push_back("the client " + name + " is there twice");
    const auto known = clients_.find(id);
    if (known == clients_.end()) {
      if (!in_doubt_.contains(name) && !imported_.contains(name)) {
        problems.push_back("nobody asked for the client " + id + " '" + name + "'");
      }
      continue;
    }
    const Client& client = known->second;
    const auto from = client.names.begin() + static_cast<std::ptrdiff_t>(client.acknowledged);
    if (std::find(from, client.names.end(), name) == client.names.end()) {
      problems.push_back("the client " + id + " is '" + name + "', and '" + *from +
                         "' was acknowledged");
    }
  }
  for (const auto& [id, client] : clients_) {
    if (!ids.contains(id)) problems.push_back("the client " + id + " was acknowledged and is lost");
  }
  for (const std::string& name : imported_) {
    if (!names.contains(name))
      problems.push_back("the client " + name + " was imported and is lost");
  }
  return problems;
}

}  // namespace tram::test
