// A person's records in one line of words, for tables of cases. Days count from his first intake,
// kFirstIntake. Each word is one record, or the end of the episode before it:
//   i40               another episode begins; later words belong to it
//   e90:prison        the episode ends, with its reason
//   s60:none          a session, with its use status; s60 without one
//   s60:relapse@55    the same, used on day 55
//   F60:none          a family session
//   f60:none/moved    a follow-up reached, with use status and situation, either may be empty
//   f60:none/moved/family   and its method (else visit)
//   n60:/died/family  one that reached nobody
//   -s60:none         written and deleted again
#pragma once

#include <sstream>

#include "tests/unit/programme/treatment_rows.h"

namespace tram {

class ToldPersonTest : public TreatmentTest {
 protected:
  static constexpr char kFirstIntake[] = "2025-01-01";
  static std::string At(int day) { return Day(kFirstIntake, day); }

  void Tell(const std::string& words, const std::string& client = "c1") {
    episodes_ = 0;
    Begin(client, 0);
    std::istringstream in(words);
    for (std::string word; in >> word;) Say(client, word);
  }
  /// Takes everybody away.
  void Forget() {
    for (const char* type : {"client", "episode", "session", "followup"}) {
      Execute(std::string("DELETE FROM ") + type);
    }
  }

 private:
  struct Parts {
    int day = 0;
    std::string first, second, third, used_on;
  };

  static Parts Divide(const std::string& word) {
    Parts parts;
    const std::size_t colon = word.find(':');
    parts.day = std::stoi(word.substr(0, colon));
    if (colon == std::string::npos) return parts;
    std::istringstream rest(word.substr(colon + 1));
    std::getline(rest, parts.first, '/');
    std::getline(rest, parts.second, '/');
    std::getline(rest, parts.third, '/');
    const std::size_t at = parts.first.find('@');
    if (at != std::string::npos) {
      parts.used_on = At(std::stoi(parts.first.substr(at + 1)));
      parts.first.resize(at);
    }
    return parts;
  }

  void Begin(const std::string& client, int day) {
    episode_ = client + "e" + std::to_string(++episodes_);
    Episode(episode_, client, At(day));
  }

  void Say(const std::string& client, const std::string& word) {
    if (word[0] == '-') {
      Say(client, word.substr(1));
      const std::string id = "'r" + std::to_string(next_ - 1) + "'";
      Execute("DELETE FROM session WHERE id = " + id);
      return Execute("DELETE FROM followup WHERE id = " + id);
    }
    const Parts parts = Divide(word.substr(1));
    const std::string day = At(parts.day);
    switch (word[0]) {
      case 'i':
        return Begin(client, parts.day);
      case 'e':
        return Execute("UPDATE episode SET end_date = " + Text(day) +
                       ", end_reason = " + Text(parts.first) + " WHERE id = " + Text(episode_));
      case 's':
        return Session(episode_, day, parts.first, parts.used_on);
      case 'F':
        return Session(episode_, day, parts.first, parts.used_on, "family");
      case 'f':
      case 'n':
        return Followup(episode_, day, parts.first, parts.second,
                        parts.third.empty() ? "visit" : parts.third, word[0] == 'f', "other",
                        parts.used_on);
      default:
        FAIL() << "what is " << word << "?";
    }
  }

  std::string episode_;
  int episodes_ = 0;
};

}  // namespace tram
