#include "programme/toml_table.h"

#include "tram/base/vietnamese.h"

namespace tram {

const toml::node* TomlTable::Find(std::string_view key, bool needed) {
  asked_.emplace(key);
  const toml::node* node = table_.get(key);
  if (node == nullptr && needed) Complain(line(), "`" + std::string(key) + "` is missing");
  return node;
}

std::string TomlTable::Text(std::string_view key, bool needed) {
  const toml::node* node = Find(key, needed);
  if (node == nullptr) return {};
  const auto* text = node->as_string();
  if (text == nullptr) {
    Complain(LineOf(*node), "`" + std::string(key) + "` must be a text in quotes");
    return {};
  }
  auto normal = Nfc(text->get());
  if (!normal || (needed && normal->empty())) {
    Complain(LineOf(*node), "`" + std::string(key) + "` is empty or no proper text");
    return {};
  }
  return *normal;
}

std::optional<std::int64_t> TomlTable::Int(std::string_view key, bool needed) {
  const toml::node* node = Find(key, needed);
  if (node == nullptr) return std::nullopt;
  const auto* number = node->as_integer();
  if (number == nullptr) {
    Complain(LineOf(*node), "`" + std::string(key) + "` must be a whole number");
    return std::nullopt;
  }
  return number->get();
}

std::uint32_t TomlTable::Number(std::string_view key, bool needed) {
  std::optional<std::int64_t> value = Int(key, needed);
  if (!value) return 0;
  if (*value < 0 || *value > INT32_MAX) {
    Complain(LineOfKey(key), "`" + std::string(key) + "` must be from 0 to 2147483647");
    return 0;
  }
  return static_cast<std::uint32_t>(*value);
}

bool TomlTable::Flag(std::string_view key) {
  const toml::node* node = Find(key, false);
  if (node == nullptr) return false;
  const auto* flag = node->as_boolean();
  if (flag == nullptr) {
    Complain(LineOf(*node), "`" + std::string(key) + "` must be true or false");
    return false;
  }
  return flag->get();
}

Label TomlTable::OwnLabel() { return {Text("vi", true), Text("en", true)}; }

Label TomlTable::LabelAt(std::string_view key, bool needed) {
  const toml::table* table = Table(key, needed);
  if (table == nullptr) return {};
  TomlTable reader(*table, place_, problems_);
  Label label = reader.OwnLabel();
  reader.Finish();
  return label;
}

const toml::array* TomlTable::Array(std::string_view key, bool needed) {
  const toml::node* node = Find(key, needed);
  if (node == nullptr) return nullptr;
  const toml::array* array = node->as_array();
  if (array == nullptr) Complain(LineOf(*node), "`" + std::string(key) + "` must be a list [ ]");
  return array;
}

const toml::table* TomlTable::Table(std::string_view key, bool needed) {
  const toml::node* node = Find(key, needed);
  if (node == nullptr) return nullptr;
  const toml::table* table = node->as_table();
  if (table == nullptr) Complain(LineOf(*node), "`" + std::string(key) + "` must be a table { }");
  return table;
}

std::size_t TomlTable::LineOfKey(std::string_view key) const {
  const toml::node* node = table_.get(key);
  return node == nullptr ? line() : LineOf(*node);
}

void TomlTable::Finish() {
  for (const auto& [key, node] : table_) {
    if (asked_.contains(key.str())) continue;
    Complain(key.source().begin.line, "there is no key `" + std::string(key.str()) + "` here");
  }
}

}  // namespace tram
