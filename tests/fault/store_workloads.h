// StoreWorkload: a named piece of work over the real stores, in steps that are each acknowledged on
// return, with everything that must survive in words. The same step does the same whenever it is
// done again: clocks stand still and what is random is seeded by the step.
//
// `folder` is the disk: the unit's or the server's folder and what people name lie below it.
// Threads: one at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tram/base/clock.h"
#include "tram/base/result.h"
#include "tram/programme/sql.h"

namespace tram::test {

/// What is stored, by name (a table, a file) → its whole content in one line.
using Facts = std::map<std::string, std::string>;
/// The rows of every table, a line each. Errors: io | corrupt.
Result<Facts> TableFacts(SqlDatabase& database);

/// Without the lines that have `text` in them.
std::string LinesWithout(const std::string& lines, const std::string& text);

/// splitmix64 (Steele et al. 2014), which begins anew whenever it is told to.
class SeededRandom : public Random {
 public:
  void Begin(std::uint64_t seed) { state_ = seed; }
  void Fill(std::span<std::uint8_t> bytes) override;

 private:
  std::uint64_t state_ = 0;
};

class StoreWorkload {
 public:
  virtual ~StoreWorkload() = default;

  /// Makes what the work begins with in an empty folder. Once, and without faults.
  virtual void Prepare(const std::filesystem::path& folder) = 0;
  /// Opens the stores. Needs them closed.
  virtual Status Open(const std::filesystem::path& folder) = 0;
  virtual void Drop() = 0;
  /// Known after Prepare.
  virtual std::size_t steps() const = 0;
  /// Needs the steps before it done. Post: what it did is durable.
  virtual Status Step(std::size_t number) = 0;
  virtual Result<Facts> Read() = 0;
  /// What does not fit in what is stored.
  virtual Result<std::vector<std::string>> Verify() = 0;
  /// The open database; null: none.
  virtual SqlDatabase* database() { return nullptr; }
  /// A step is several commits: between them some rows are those before it and some those after.
  virtual bool several_commits() const { return false; }
  /// Takes a tenth of a second or more: it derives a key from a passphrase.
  virtual bool slow() const { return false; }
  /// The object says that after an error it can go on by itself (a server).
  virtual bool goes_on() const { return false; }
};

struct NamedWorkload {
  std::string name;
  std::function<std::unique_ptr<StoreWorkload>()> make;
};
/// All of them, the devices' first.
const std::vector<NamedWorkload>& StoreWorkloads();
std::vector<NamedWorkload> DeviceWorkloads();
std::vector<NamedWorkload> ServerWorkloads();

/// For what cannot fail where nothing is made to fail: ends the program with the error's words.
void MustHold(const Status& status);
template <class T>
T Must(Result<T> result) {
  if (!result) MustHold(result.error());
  return std::move(*result);
}

}  // namespace tram::test
