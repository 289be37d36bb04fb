// The languages that people are spoken to in. Threads: values.
#pragma once

namespace tram {

enum class Language { kVietnamese, kEnglish };

}  // namespace tram
