// Pages called as the front calls them, on a real device with the programme that units use.
// Threads: one test.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/names.h"
#include "tests/support/paths.h"
#include "tests/unit/session/new_unit.h"
#include "tram/base/embedded.h"
#include "tram/crypto/membership.h"
#include "tram/web/templates.h"
#include "web/page.h"

namespace tram {

std::span<const EmbeddedFile> PageTemplates();

namespace client {

class PageTest : public NewUnitTest {
 protected:
  static std::string TreatmentToml() {
    return *ReadFile(test::InSource("libsync/programmes/treatment.toml"), kProgrammeBytesMax);
  }
  /// A member of its unit, so that others take what it writes.
  void SetUp() override {
    Founding founding = NewFounding(TreatmentToml());
    const SigningKey key = SigningKey::FromSeed(founding.device_seed.Copy());
    founding.keys.push_back(EnrolDevice(founding.unit, key.id(), HybridTime{1}, authority_));
    ASSERT_TRUE(Found(founding));
    device_ = *Open();
    ASSERT_TRUE(device_->Unlock(kUnitPassphrase));
  }

  const RecordType& Type(const std::string& name) { return *device_->programme().ByName(name); }
  RecordId Add(const std::string& type, const std::map<std::string, std::string>& values,
               std::optional<RecordId> parent = std::nullopt) {
    RecordForm form = FormOf(type, values);
    form.parent = parent;
    auto saved = device_->Save(form);
    EXPECT_TRUE(saved) << saved.error().message;
    return saved ? saved->record : RecordId();
  }
  RecordForm FormOf(const std::string& type, const std::map<std::string, std::string>& values) {
    RecordForm form;
    form.type = &Type(type);
    for (const auto& [name, text] : values) {
      const Field* field = form.type->ByName(name);
      auto value = ParseValue(device_->programme(), *field, text);
      EXPECT_TRUE(value) << value.error().message;
      form.values[field->number] = *value;
    }
    return form;
  }
  /// Two people who saw the same set it to different values.
  void Conflicting(const RecordId& record, const std::string& type, const std::string& field,
                   const std::vector<std::string>& values) {
    auto before = device_->view().Find(record);
    const std::uint32_t number = Type(type).ByName(field)->number;
    const std::vector<OpId> parents = FindFieldView(*before, number)->parents;
    for (const std::string& value : values) {
      RecordForm form = FormOf(type, {{field, value}});
      form.record = record;
      form.parents = parents;
      ASSERT_TRUE(device_->Save(form));
    }
  }

  Result<Answer> Run(std::span<const Route> routes, const std::string& method,
                     const std::string& target, const HttpFields& form = {},
                     const std::string& body = "", const std::string& content_type = "") {
    HttpRequest request;
    request.method = method;
    request.body = body;
    if (!content_type.empty()) AddHeader(request, "Content-Type", content_type);
    EXPECT_TRUE(SetTarget(request, target));
    for (const Route& route : routes) {
      std::vector<std::string> parts;
      if (route.method != method || !Matches(route.pattern, request.path, parts)) continue;
      Output out(language_, false);
      Call call{*device_, out, SystemClock(), SystemRandom(), scratch_.path()};
      PageCall page{call, request, form, parts, session_, sessions_, services_};
      return route.run(page);
    }
    ADD_FAILURE() << "no route for " << target;
    return MakeError(ErrorCode::kNotFound, target);
  }
  Page PageOf(Result<Answer> answer) {
    EXPECT_TRUE(answer) << answer.error().message;
    Page* page = answer ? std::get_if<Page>(&*answer) : nullptr;
    EXPECT_NE(page, nullptr) << "it is no page";
    return page == nullptr ? Page() : std::move(*page);
  }
  HttpResponse ResponseOf(Result<Answer> answer) {
    EXPECT_TRUE(answer) << answer.error().message;
    HttpResponse* response = answer ? std::get_if<HttpResponse>(&*answer) : nullptr;
    EXPECT_NE(response, nullptr) << "it is a page";
    return response == nullptr ? HttpResponse() : std::move(*response);
  }
  static std::string HeaderOf(const HttpResponse& response, const std::string& name) {
    for (const auto& [known, value] : response.headers) {
      if (known == name) return value;
    }
    return "";
  }
  static std::string Drawn(const Page& page, Language language) {
    static const Templates templates = LoadTemplates();
    return templates.Render(page.template_name, language, page.model);
  }
  /// Both languages draw, without words of the other.
  static void DrawsInBoth(const Page& page, const std::string& vi, const std::string& en) {
    const std::string first = Drawn(page, Language::kVietnamese);
    const std::string second = Drawn(page, Language::kEnglish);
    EXPECT_NE(first.find(vi), std::string::npos) << first;
    EXPECT_NE(second.find(en), std::string::npos) << second;
    EXPECT_EQ(first.find(en), std::string::npos) << first;
    EXPECT_EQ(first.find("[["), std::string::npos) << first;
  }

  std::unique_ptr<UnitDevice> device_;
  Language language_ = Language::kVietnamese;
  Session session_;
  SyncState sync_;
  int asked_ = 0;
  Sessions sessions_{SystemRandom()};
  Services services_{[this] { return sync_; }, [this] { ++asked_; }};

 private:
  static Templates LoadTemplates() {
    std::vector<Templates::Source> sources;
    for (const EmbeddedFile& file : PageTemplates()) {
      sources.push_back({file.name.substr(0, file.name.rfind('.')), file.bytes});
    }
    auto loaded = Templates::Load(sources);
    EXPECT_TRUE(loaded) << loaded.error().message;
    return *std::move(loaded);
  }
  static std::vector<std::string> Segments(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
      path.remove_prefix(1);
      const std::size_t end = std::min(path.find('/'), path.size());
      segments.emplace_back(path.substr(0, end));
      path.remove_prefix(end);
    }
    return segments;
  }
  static bool Matches(std::string_view pattern, std::string_view path,
                      std::vector<std::string>& parts) {
    const auto wanted = Segments(pattern), given = Segments(path);
    if (wanted.size() != given.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i] == "{}") {
        parts.push_back(given[i]);
      } else if (wanted[i] != given[i]) {
        return false;
      }
    }
    return true;
  }
};

}  // namespace client
}  // namespace tram
