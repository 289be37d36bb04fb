#include "watch/event_log.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <nlohmann/json.hpp>

namespace tram::server {
namespace {

std::atomic<bool> as_json{false};

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

nlohmann::json JsonOf(const LogField& field) {
  return std::visit([](const auto& value) { return nlohmann::json(value); }, field.value);
}

/// What is no UTF-8 is replaced, line breaks are escaped.
std::string Quoted(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::shared_ptr<spdlog::logger> MakeLogger(const LogOptions& options) {
  if (options.file.empty()) return spdlog::stderr_logger_mt("server");
  spdlog::file_event_handlers on_file;
  on_file.after_open = [](const spdlog::filename_t& name, std::FILE*) {
    std::error_code code;  // it may be nobody's business, but is written anyway
    std::filesystem::permissions(
        name, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, code);
  };
  return spdlog::rotating_logger_mt("server", options.file.string(), options.file_bytes_max,
                                    options.files, false, on_file);
}

}  // namespace

Status StartLog(const LogOptions& options, bool terminal) {
  as_json = !(terminal && options.file.empty());
  try {
    spdlog::set_default_logger(MakeLogger(options));
  } catch (const spdlog::spdlog_ex&) {
    return MakeError(ErrorCode::kIo, "the log " + options.file.string() +
                                         " cannot be opened: check its folder and mode");
  }
  if (as_json) {
    spdlog::set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})",
                        spdlog::pattern_time_type::utc);
  } else {
    spdlog::set_pattern("%H:%M:%S %-7l %v");
  }
  spdlog::set_level(SpdlogLevel(options.level));
  spdlog::flush_on(spdlog::level::debug);
  return {};
}

std::string EventText(bool json, std::string_view event, std::initializer_list<LogField> fields) {
  std::string text = json ? "\"event\":" + Quoted(event) : std::string(event);
  for (const LogField& field : fields) {
    const std::string value = Quoted(JsonOf(field));
    if (json) {
      text += ',' + Quoted(field.name) + ':' + value;
    } else {
      text.append(" ").append(field.name).append("=").append(value);
    }
  }
  return text;
}

void LogEvent(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  spdlog::logger* logger = spdlog::default_logger_raw();
  if (!logger->should_log(SpdlogLevel(level))) return;
  logger->log(SpdlogLevel(level), std::string_view(EventText(as_json, event, fields)));
}

}  // namespace tram::server
