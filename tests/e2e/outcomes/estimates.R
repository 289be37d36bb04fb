# Estimates from individual data, by R's survival and prop.test, in long format.

suppressMessages(library(survival))

kTimes <- c(90, 180, 365)
kMonths <- 30 * (0:60)
kCauses <- c("relapse", "died", "detained")
kSuccess <- c("not_using_in_treatment", "not_using_out_of_treatment")
kKnown <- c(kSuccess, "using", "died", "detained")
# Indicators whose rows are by month and not to be added over months: a year has its last month's.
kMonthsApart <- c("active", "served", "sessions_per_active")
kCounts <- c("clients_ever", "active", "new", "served", "sessions", "training", "outreach",
             "funding", "new_profile", "immature", "immature_end")
kShares <- c("retention", "readmission", "self_referred", "family_present", "support_arranged",
             "supply", "stock_out", "followups_due", "followups_on_time", "trained_staff")

# ---- Groups: the place and stratum that a row belongs to; a row is in several ----

# Lines of a table (row numbers) once for every group that they are in: country, province and unit
# with each of the strata.
grouped <- function(d, unit, strata) {
  province <- d$units$province[match(unit, d$units$code)]
  line <- seq_along(unit)
  one <- function(kind, place, stratum) {
    data.frame(place_kind = rep(kind, length(unit)), place = place, stratum = stratum, line = line)
  }
  whole <- rep("", length(unit))
  parts <- lapply(strata, function(stratum) {
    rbind(one("country", whole, stratum), one("province", province, stratum),
          one("unit", unit, stratum))
  })
  do.call(rbind, parts)
}

group_key <- function(groups) paste(groups$place_kind, groups$place, groups$stratum, sep = "\r")

# A year's cohort, or all (""): the lines of `period` that are in it.
cohort_years <- function(period) c("", sort(unique(substr(period[period != ""], 1, 4))))

in_year <- function(period, year) year == "" | substr(period, 1, 4) == year

# Long lines: `key` (of group_key) with a name and a value each; NA values are not defined and go.
long <- function(indicator, year, key, what, value) {
  keep <- !is.na(value)
  key <- factor(key[keep])
  part <- do.call(rbind, strsplit(levels(key), "\r", fixed = TRUE))
  part <- if (is.null(part)) matrix("", 0, 3) else part[as.integer(key), , drop = FALSE]
  ends <- if (year == "") c("", "") else paste0(year, c("-01", "-12"))
  n <- sum(keep)
  data.frame(place_kind = part[, 1], place = part[, 2], indicator = rep(indicator, n),
             cohort_from = rep(ends[1], n), cohort_to = rep(ends[2], n), stratum = part[, 3],
             what = what[keep], value = as.numeric(value[keep]))
}

# ---- Curves ----

# survfit of each group, read at the days that are told (as its summary does, which is slow with
# many groups): key, day, n.risk, seen (someone is at risk), and the row of the fit that holds on
# the day (NA before the group's first). Curves of everybody, all years together, are told every
# month too, as far as they go.
fit_groups <- function(response, key, year, ...) {
  key <- factor(key)
  fit <- if (nlevels(key) == 1) survfit(response ~ 1, ...) else survfit(response ~ key, ...)
  rows <- split(seq_along(fit$time), rep(seq_len(nlevels(key)),
                                         if (nlevels(key) == 1) length(fit$time) else fit$strata))
  n_risk <- as.matrix(fit$n.risk)[, 1]
  at <- do.call(rbind, lapply(seq_along(rows), function(group) {
    own <- rows[[group]]
    whole <- year == "" && endsWith(levels(key)[group], "\rall")
    days <- if (whole) sort(union(kTimes, kMonths)) else kTimes
    next_one <- own[findInterval(days, fit$time[own], left.open = TRUE) + 1]
    before <- findInterval(days, fit$time[own])
    at_risk <- ifelse(is.na(next_one), 0, n_risk[next_one])
    told <- days %in% kTimes | at_risk > 0
    last <- own[ifelse(before == 0, NA_integer_, before)]
    data.frame(group = rep(group, sum(told)), day = days[told], n.risk = at_risk[told],
               row = last[told])
  }))
  at$key <- levels(key)[at$group]
  at$seen <- at$n.risk > 0
  list(fit = fit, at = at)
}

# How many there are of each key.
count_lines <- function(indicator, year, key, what) {
  sums <- rowsum(rep(1, length(key)), key)
  long(indicator, year, rownames(sums), rep(what, nrow(sums)), sums[, 1])
}

survival_lines <- function(indicator, year, key, times) {
  fitted <- fit_groups(Surv(times$time, times$event), key, year, conf.type = "log-log")
  at <- fitted$at
  survival <- ifelse(is.na(at$row), 1, fitted$fit$surv[at$row])
  varies <- at$seen & survival > 0 & survival < 1
  name <- function(what) sprintf("%s_%d", what, as.integer(at$day))
  figure <- function(what, value, told) {
    long(indicator, year, at$key, name(what), ifelse(told, value, NA))
  }
  rbind(count_lines(indicator, year, key, "cohort"),
        count_lines(indicator, year, key[times$event], "events"),
        long(indicator, year, at$key, name("at_risk"), at$n.risk),
        figure("survival", survival, at$seen),
        figure("lower", fitted$fit$lower[at$row], varies),
        figure("upper", fitted$fit$upper[at$row], varies))
}

competing_lines <- function(indicator, year, key, times) {
  cause <- factor(times$event, levels = c("", kCauses), labels = c("censored", kCauses))
  fitted <- fit_groups(Surv(times$time, cause), key, year)
  at <- fitted$at
  states <- c(1, match(kCauses, fitted$fit$states))  # no event first
  names <- c("event_free", kCauses)
  parts <- lapply(seq_along(states), function(i) {
    first <- if (i == 1) 1 else 0  # before the first day
    of <- function(values, before) ifelse(is.na(at$row), before, values[at$row, states[i]])
    share <- of(fitted$fit$pstate, first)
    figure <- function(what, value, told) {
      long(indicator, year, at$key, sprintf("%s_%s_%d", what, names[i], as.integer(at$day)),
           ifelse(told, value, NA))
    }
    some <- at$seen & share > 0
    rbind(figure("incidence", share, at$seen),
          figure("std_err", of(fitted$fit$std.err, 0), at$seen),
          figure("lower", of(fitted$fit$lower, first), some),
          figure("upper", of(fitted$fit$upper, first), some))
  })
  events <- lapply(kCauses, function(which) {
    count_lines(indicator, year, key[times$event == which], paste0("events_", which))
  })
  name <- sprintf("at_risk_%d", as.integer(at$day))
  rbind(count_lines(indicator, year, key, "cohort"), do.call(rbind, events),
        long(indicator, year, at$key, name, at$n.risk), do.call(rbind, parts))
}

# Log-rank between `groups` of persons: chi-square, degrees of freedom, p; nothing for one group, or
# where so few are at risk at the events that the variance is singular and R refuses.
log_rank <- function(times, lines, groups) {
  if (length(unique(groups)) < 2) return(rep(NA, 3))
  response <- Surv(times$time[lines], times$event[lines])
  test <- tryCatch(suppressWarnings(survdiff(response ~ groups)),
                   error = function(e) if (grepl("singular", e$message)) NULL else stop(e))
  if (is.null(test)) return(rep(NA, 3))
  df <- sum(test$exp > 0) - 1
  if (df < 1) return(rep(NA, 3))
  c(test$chisq, df, pchisq(test$chisq, df, lower.tail = FALSE))
}

# Between places, of everybody and in each stratum ("province", "unit sex=male"), and between the
# strata of each dimension, in each place; who has no code recorded is in no group.
log_rank_lines <- function(d, indicator, year, curve, times, strata) {
  test <- function(kind, place, name, groups, lines) {
    key <- group_key(list(place_kind = kind, place = place, stratum = name))
    long(indicator, year, rep(key, 3), c("logrank_chisq", "logrank_df", "logrank_p"),
         log_rank(times, lines, groups[lines]))
  }
  places <- list(country = rep("", nrow(curve)), unit = curve$unit,
                 province = d$units$province[match(curve$unit, d$units$code)])
  everybody <- seq_len(nrow(curve))
  between_places <- lapply(c("province", "unit"), function(kind) {
    do.call(rbind, lapply(strata, function(stratum) {
      do.call(rbind, lapply(unique(stratum), function(one) {
        name <- if (one == "all") kind else paste(kind, one)
        test("country", "", name, places[[kind]], everybody[stratum == one])
      }))
    }))
  })
  between_strata <- lapply(names(places), function(kind) {
    do.call(rbind, lapply(strata[-1], function(stratum) {
      dimension <- sub("=.*", "", stratum[1])
      do.call(rbind, lapply(unique(places[[kind]]), function(place) {
        recorded <- places[[kind]] == place & !endsWith(stratum, "=")
        test(kind, place, dimension, stratum, everybody[recorded])
      }))
    }))
  })
  do.call(rbind, c(between_places, between_strata))
}

# Loss and competing events are told of everybody only, relapse of each stratum too.
curve_estimates <- function(d, curve, suffix) {
  parts <- lapply(cohort_years(curve$month), function(year) {
    cohort <- curve[in_year(curve$month, year), ]
    if (nrow(cohort) == 0) return(NULL)
    strata <- strata_of(cohort)
    each <- function(lines, name, times, strata) {
      do.call(rbind, lapply(strata, function(stratum) {  # survfit is slow with many groups at once
        groups <- grouped(d, cohort$unit, list(stratum))
        lines(paste0(name, suffix), year, group_key(groups),
              lapply(times, function(values) values[groups$line]))
      }))
    }
    survival <- function(name, times, strata) {
      rbind(each(survival_lines, name, times, strata),
            log_rank_lines(d, paste0(name, suffix), year, cohort, times, strata))
    }
    rbind(survival("relapse_free", relapse_free(cohort), strata),
          survival("relapse_or_loss", relapse_or_loss(cohort), strata[1]),
          each(competing_lines, "relapse_competing", relapse_competing(cohort), strata[1]))
  })
  do.call(rbind, parts)
}

# ---- Shares ----

# Wilson's interval for each pair, by prop.test; NA where n is 0.
wilson <- function(x, n) {
  pair <- paste(x, n)
  first <- which(!duplicated(pair))
  limits <- vapply(first, function(i) {
    if (n[i] == 0) return(c(NA_real_, NA_real_))
    as.numeric(suppressWarnings(prop.test(x[i], n[i], correct = FALSE))$conf.int)
  }, numeric(2))
  limits <- matrix(limits, nrow = 2)[, match(pair, pair[first]), drop = FALSE]
  list(low = limits[1, ], high = limits[2, ])
}

share_lines <- function(indicator, year, key, prefix, x, n) {
  ends <- wilson(x, n)
  name <- function(what) paste0(prefix, what)
  rbind(long(indicator, year, key, name("numerator"), x),
        long(indicator, year, key, name("denominator"), n),
        long(indicator, year, key, name("share"), ifelse(n > 0, x / n, NA)),
        long(indicator, year, key, name("wilson_low"), ends$low),
        long(indicator, year, key, name("wilson_high"), ends$high))
}

# Sums of `columns` of the rows in each group and bin.
group_sums <- function(d, rows) {
  groups <- grouped(d, rows$unit, list(rows$stratum))
  by <- paste(group_key(groups), rows$bin[groups$line], sep = "\n")
  sums <- rowsum(as.matrix(rows[groups$line, c("numerator", "denominator")]), by)
  part <- do.call(rbind, strsplit(paste0(rownames(sums), "\n "), "\n", fixed = TRUE))
  list(key = part[, 1], bin = part[, 2], numerator = sums[, 1], denominator = sums[, 2])
}

rate_estimates <- function(d, rows, indicator) {
  parts <- lapply(cohort_years(rows$period), function(year) {
    sums <- group_sums(d, rows[in_year(rows$period, year), ])
    prefix <- ifelse(sums$bin == "", "", paste0(sums$bin, "_"))
    share_lines(indicator, year, sums$key, prefix, sums$numerator, sums$denominator)
  })
  do.call(rbind, parts)
}

# The rows that a year's figure is of.
rows_of_year <- function(d, rows, indicator, year) {
  if (!indicator %in% kMonthsApart) return(rows[in_year(rows$period, year), ])
  now <- month_text(d$as_of)
  last <- paste0(year, "-12")
  rows[rows$period == (if (year == "" || last > now) now else last), ]
}

count_estimates <- function(d, rows, indicator) {
  parts <- lapply(cohort_years(rows$period), function(year) {
    own <- rows_of_year(d, rows, indicator, year)
    if (nrow(own) == 0) return(NULL)
    sums <- group_sums(d, own)
    what <- ifelse(sums$bin == "", "count", paste0(sums$bin, "_count"))
    long(indicator, year, sums$key, what, sums$numerator)
  })
  do.call(rbind, parts)
}

# Sessions for each client: no share, so without an interval.
ratio_estimates <- function(d, rows, indicator) {
  parts <- lapply(cohort_years(rows$period), function(year) {
    own <- rows_of_year(d, rows, indicator, year)
    if (nrow(own) == 0) return(NULL)
    sums <- group_sums(d, own)
    each <- function(what, value) {
      long(indicator, year, sums$key, rep(what, length(sums$key)), value)
    }
    rbind(each("numerator", sums$numerator), each("denominator", sums$denominator),
          each("ratio", ifelse(sums$denominator > 0, sums$numerator / sums$denominator, NA)))
  })
  do.call(rbind, parts)
}

# A matrix of persons: groups by bins.
bins_of <- function(d, rows, bins) {
  sums <- group_sums(d, rows)
  keys <- unique(sums$key)
  table <- matrix(0, length(keys), length(bins), dimnames = list(keys, bins))
  table[cbind(match(sums$key, keys), match(sums$bin, bins))] <- sums$numerator
  table
}

state_lines <- function(indicator, year, table) {
  key <- rownames(table)
  each <- function(what, value) long(indicator, year, key, rep(what, length(key)), value)
  success <- rowSums(table[, kSuccess, drop = FALSE])
  known <- rowSums(table[, kKnown, drop = FALSE])
  cohort <- rowSums(table)
  ends <- wilson(success, known)
  states <- lapply(colnames(table), function(state) each(paste0("n_", state), table[, state]))
  rbind(do.call(rbind, states), each("cohort", cohort), each("known", known),
        each("success", success), each("success_low", success / cohort),
        each("success_known", ifelse(known > 0, success / known, NA)),
        each("success_high", (success + cohort - known) / cohort),
        each("wilson_low", ends$low), each("wilson_high", ends$high),
        each("coverage", known / cohort))
}

no_use_lines <- function(indicator, year, table) {
  key <- rownames(table)
  prefix <- rep("no_use_", length(key))
  known <- table[, "no_use"] + table[, "some_use"]
  rbind(long(indicator, year, key, rep("cohort", length(key)), rowSums(table)),
        share_lines(indicator, year, key, prefix, table[, "no_use"], known))
}

state_estimates <- function(d, rows, indicator, bins, lines) {
  parts <- lapply(cohort_years(rows$period), function(year) {
    own <- rows[in_year(rows$period, year), ]
    if (nrow(own) == 0) return(NULL)
    lines(indicator, year, bins_of(d, own, bins))
  })
  do.call(rbind, parts)
}

all_estimates <- function(d, rows, curves) {
  states <- c(kKnown, "moved_or_transferred", "not_known")
  of <- function(indicator) rows[rows$indicator == indicator, ]
  of_all <- function(indicator) rows[rows$indicator == indicator & rows$stratum == "all", ]
  each <- function(names, estimates) {
    do.call(rbind, lapply(names, function(name) {
      if (nrow(of(name)) > 0) estimates(d, of(name), name)
    }))
  }
  simple <- list(each(kCounts, count_estimates), each(kShares, rate_estimates),
                 each("sessions_per_active", ratio_estimates))
  persons <- lapply(names(suffixes), function(name) {
    state <- paste0("state_12m", suffixes[[name]])
    no_use <- paste0("no_use_12m", suffixes[[name]])
    rbind(state_estimates(d, of(state), state, states, state_lines),
          state_estimates(d, of_all(no_use), no_use, c("no_use", "some_use", "not_known"),
                          no_use_lines),
          curve_estimates(d, curves[[name]], suffixes[[name]]))
  })
  all <- do.call(rbind, c(simple, persons))
  all[order(all$indicator, all$place_kind, all$place, all$cohort_from, all$stratum, all$what,
            method = "radix"), ]
}
