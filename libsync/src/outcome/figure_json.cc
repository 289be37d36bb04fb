#include "outcome/figure_words.h"

namespace tram {
namespace {

using Json = nlohmann::ordered_json;

/// A number where it is exact, else an object, so that nobody takes it for the count.
Json ShownJson(Shown shown) {
  if (shown.hidden()) return {{"hidden", true}};
  if (shown.exact()) return *shown.value();
  return {{"rounded", *shown.value()}, {"to", shown.rounded_to()}};
}

Json OrNull(const std::optional<double>& number) { return number ? Json(*number) : Json(nullptr); }

void AddInterval(Json& json, const std::optional<Interval>& interval) {
  json["low"] = interval ? Json(interval->low) : Json(nullptr);
  json["high"] = interval ? Json(interval->high) : Json(nullptr);
}

Json ShareJson(const Share& share) {
  Json json{{"share", OrNull(share.value)}};
  AddInterval(json, share.interval);
  return json;
}

Json StateJson(const StateProbability& state) {
  Json json{{"probability", state.probability}, {"std_error", state.std_error}};
  AddInterval(json, state.interval);
  return json;
}

/// Adds what a figure says to its line; counts and rates have a line for each bin.
class Lines {
 public:
  Lines(const Indicator& indicator, Language language, Json line, Json& to)
      : indicator_(indicator), language_(language), line_(std::move(line)), to_(to) {}

  void operator()(const CountFigure& figure) const {
    for (const CountFigure::Part& part : figure.parts) {
      Json line = WithBin(part.bin);
      line["numerator"] = ShownJson(part.count);
      to_.push_back(std::move(line));
    }
  }

  void operator()(const RateFigure& figure) const {
    for (const RateFigure::Part& part : figure.parts) {
      Json line = WithBin(part.bin);
      line["numerator"] = ShownJson(part.numerator);
      line["denominator"] = ShownJson(part.denominator);
      line["rate"] = OrNull(part.share.value);
      AddInterval(line, part.share.interval);
      to_.push_back(std::move(line));
    }
  }

  void operator()(const SurvivalFigure& figure) const {
    Json line = line_;
    line["cohort"] = ShownJson(figure.cohort);
    line["events"] = ShownJson(figure.events);
    auto points = [](const std::vector<SurvivalFigure::At>& all) {
      Json array = Json::array();
      for (const SurvivalFigure::At& at : all) {
        Json point{{"day", at.day}, {"at_risk", ShownJson(at.at_risk)}};
        point["survival"] = OrNull(at.survival);
        AddInterval(point, at.interval);
        array.push_back(std::move(point));
      }
      return array;
    };
    line["survival"] = points(figure.at);
    line["months"] = points(figure.months);
    to_.push_back(std::move(line));
  }

  void operator()(const IncidenceFigure& figure) const {
    Json line = line_;
    line["cohort"] = ShownJson(figure.cohort);
    line["events"] = Json::object();
    for (const IncidenceFigure::Cause& cause : figure.causes) {
      line["events"][cause.bin] = ShownJson(cause.events);
    }
    auto points = [&](const std::vector<IncidenceFigure::At>& all) {
      Json array = Json::array();
      for (const IncidenceFigure::At& at : all) {
        Json point{{"day", at.day}, {"at_risk", ShownJson(at.at_risk)}};
        point["event_free"] = at.event_free ? StateJson(*at.event_free) : Json(nullptr);
        point["causes"] = Json::object();
        for (std::size_t i = 0; i < figure.causes.size(); ++i) {
          point["causes"][figure.causes[i].bin] =
              i < at.causes.size() ? StateJson(at.causes[i]) : Json(nullptr);
        }
        array.push_back(std::move(point));
      }
      return array;
    };
    line["incidence"] = points(figure.at);
    line["months"] = points(figure.months);
    to_.push_back(std::move(line));
  }

  void operator()(const StatesFigure& figure) const {
    Json line = line_;
    line["cohort"] = ShownJson(figure.cohort);
    line["states"] = Json::object();
    line["shares"] = Json::object();
    for (const StatesFigure::State& state : figure.states) {
      line["states"][state.bin] = ShownJson(state.persons);
      line["shares"][state.bin] = OrNull(state.share.value);
    }
    if (figure.outcome) {
      const OutcomeFigure& outcome = *figure.outcome;
      line["outcome"] = {{"known", ShownJson(outcome.known)},
                         {"success", ShownJson(outcome.success)},
                         {"unknown_as_failure", OrNull(outcome.low.value)},
                         {"of_known", ShareJson(outcome.of_known)},
                         {"unknown_as_success", OrNull(outcome.high.value)},
                         {"coverage", OrNull(outcome.coverage.value)}};
    }
    if (figure.immature) line["immature"] = ShownJson(*figure.immature);
    to_.push_back(std::move(line));
  }

  void operator()(const DaysFigure& figure) const {
    Json line = line_;
    line["records"] = ShownJson(figure.records);
    const auto& quartiles = figure.quartiles;
    line["lower_quartile"] = quartiles ? Json(quartiles->lower) : Json(nullptr);
    line["median"] = quartiles ? Json(quartiles->median) : Json(nullptr);
    line["upper_quartile"] = quartiles ? Json(quartiles->upper) : Json(nullptr);
    to_.push_back(std::move(line));
  }

 private:
  Json WithBin(const std::string& bin) const {
    Json line = line_;
    line["bin"] = bin;
    if (!bin.empty()) line["bin_label"] = BinLabel(indicator_, bin, language_);
    return line;
  }

  const Indicator& indicator_;
  Language language_;
  Json line_;
  Json& to_;
};

Json PlaceJson(const FigurePlace& place) {
  return {{"place", place.code}, {"place_name", place.name}};
}

Json ComparisonJson(const FigureReport& report, const Comparison& comparison, Language language) {
  const bool places = comparison.of == Comparison::Of::kPlaces;
  Json json{{"between", places ? "places" : "strata"}, {"period", comparison.period}};
  if (places) {
    json["stratum"] = comparison.stratum;
  } else {
    json.update(PlaceJson(comparison.place));
    json["dimension"] = comparison.stratum;
  }
  json["chi_square"] = OrNull(comparison.test.chi_square);
  json["df"] = comparison.test.degrees;
  json["p"] = OrNull(comparison.test.p);
  json["groups"] = Json::array();
  const std::vector<std::string> labels = GroupLabels(report, comparison, language);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const LogRank::Group& group = comparison.test.groups[i];
    json["groups"].push_back(
        {{places ? "place" : "stratum", places ? comparison.places[i].code : comparison.strata[i]},
         {"label", labels[i]},
         {"persons", group.persons},
         {"observed", group.observed},
         {"expected", group.expected}});
  }
  return json;
}

}  // namespace

nlohmann::ordered_json FigureTablesJson(const FigureReport& report, Language language) {
  Json tables = Json::array();
  for (const FigureTable& table : report.tables) {
    const Indicator& indicator = *table.indicator;
    Json item{{"indicator", indicator.name},
              {"kind", indicator.kind == IndicatorKind::kActivity ? "activity" : "person"},
              {"shape", ShapeName(indicator.shape)},
              {"label", indicator.label.In(language)},
              {"definition", indicator.definition.In(language)},
              {"constants", Json::object()},
              {"released", table.released},
              {"notes", Json::array()},
              {"rows", Json::array()}};
    for (const Constant* constant : ConstantsOf(*report.programme, indicator)) {
      item["constants"][constant->name] = constant->value;
    }
    for (const Label& note : table.notes) item["notes"].push_back(note.In(language));
    for (const FigureLine& line : table.lines) {
      Json json = PlaceJson(line.place);
      json["period"] = line.period;
      json["stratum"] = line.stratum;
      json["stratum_label"] = StratumLabel(*report.programme, line.stratum, language);
      if (line.figure) {
        std::visit(Lines(indicator, language, std::move(json), item["rows"]), *line.figure);
      } else {
        json["not_shown"] = true;
        item["rows"].push_back(std::move(json));
      }
    }
    if (indicator.shape == IndicatorShape::kSurvival) {
      item["log_rank"] = Json::array();
      for (const Comparison& comparison : table.comparisons) {
        item["log_rank"].push_back(ComparisonJson(report, comparison, language));
      }
    }
    tables.push_back(std::move(item));
  }
  return tables;
}

}  // namespace tram
