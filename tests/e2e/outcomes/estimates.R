# Estimates from individual data, by R's survival and prop.test, in long format.

suppressMessages(library(survival))

kTimes <- c(90, 180, 365)
kCauses <- c("relapse", "died", "detained")
kSuccess <- c("not_using_in_treatment", "not_using_out_of_treatment")
kKnown <- c(kSuccess, "using", "died", "detained")
kShares <- c("retention", "readmission", "self_referred", "family_present", "support_arranged",
             "supply", "stock_out", "followups_due", "followups_on_time", "trained_staff")

# ---- Groups: the place and stratum that a row belongs to; a row is in several ----

# Lines of a table (row numbers) once for every group that they are in: the country and the
# provinces with all strata, units with all clients.
grouped <- function(d, unit, strata) {
  province <- d$units$province[match(unit, d$units$code)]
  line <- seq_along(unit)
  one <- function(kind, place, stratum, keep = rep(TRUE, length(unit))) {
    data.frame(place_kind = rep(kind, sum(keep)), place = place[keep], stratum = stratum[keep],
               line = line[keep])
  }
  whole <- rep("", length(unit))
  parts <- lapply(strata, function(stratum) {
    rbind(one("country", whole, stratum), one("province", province, stratum),
          one("unit", unit, stratum, stratum == "all"))
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
  part <- do.call(rbind, strsplit(as.character(key[keep]), "\r", fixed = TRUE))
  if (is.null(part)) part <- matrix("", 0, 3)
  ends <- if (year == "") c("", "") else paste0(year, c("-01", "-12"))
  n <- sum(keep)
  data.frame(place_kind = part[, 1], place = part[, 2], indicator = rep(indicator, n),
             cohort_from = rep(ends[1], n), cohort_to = rep(ends[2], n), stratum = part[, 3],
             what = what[keep], value = as.numeric(value[keep]))
}

# ---- Curves ----

# survfit of each group; one group has no strata of its own.
fit_groups <- function(response, key, ...) {
  key <- factor(key)
  fit <- if (nlevels(key) == 1) survfit(response ~ 1, ...) else survfit(response ~ key, ...)
  at <- summary(fit, times = kTimes, extend = TRUE)
  at$key <- if (nlevels(key) == 1) rep(levels(key), length(at$time)) else
    levels(key)[as.integer(at$strata)]
  list(fit = fit, at = at, keys = levels(key))
}

survival_lines <- function(indicator, year, key, times) {
  fitted <- fit_groups(Surv(times$time, times$event), key, conf.type = "log-log")
  at <- fitted$at
  seen <- at$n.risk > 0
  name <- function(what) sprintf("%s_%d", what, as.integer(at$time))
  median <- if (is.matrix(at$table)) at$table[, "median"] else at$table["median"]
  rbind(long(indicator, year, at$key, name("at_risk"), at$n.risk),
        long(indicator, year, at$key, name("survival"), ifelse(seen, at$surv, NA)),
        long(indicator, year, at$key, name("lower"), ifelse(seen, at$lower, NA)),
        long(indicator, year, at$key, name("upper"), ifelse(seen, at$upper, NA)),
        long(indicator, year, fitted$keys, rep("median", length(fitted$keys)), median))
}

competing_lines <- function(indicator, year, key, times) {
  cause <- factor(times$event, levels = c("", kCauses), labels = c("censored", kCauses))
  fitted <- fit_groups(Surv(times$time, cause), key)
  at <- fitted$at
  seen <- at$n.risk[, 1] > 0
  states <- match(kCauses, fitted$fit$states)
  parts <- lapply(seq_along(kCauses), function(i) {
    name <- function(what) sprintf("%s_%s_%d", what, kCauses[i], as.integer(at$time))
    figure <- function(what, values) {
      long(indicator, year, at$key, name(what), ifelse(seen, values[, states[i]], NA))
    }
    rbind(figure("incidence", at$pstate), figure("std_err", at$std.err),
          figure("lower", at$lower), figure("upper", at$upper))
  })
  name <- sprintf("at_risk_%d", as.integer(at$time))
  rbind(long(indicator, year, at$key, name, at$n.risk[, 1]), do.call(rbind, parts))
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

log_rank_lines <- function(d, indicator, year, curve, times) {
  province <- d$units$province[match(curve$unit, d$units$code)]
  what <- c("logrank_chisq", "logrank_df", "logrank_p")
  test <- function(kind, place, dimension, groups, lines) {
    key <- group_key(list(place_kind = kind, place = place, stratum = dimension))
    long(indicator, year, rep(key, 3), what, log_rank(times, lines, groups[lines]))
  }
  everybody <- seq_len(nrow(curve))
  strata <- strata_of(curve)[-1]
  within <- function(kind, place, lines) {
    do.call(rbind, lapply(seq_along(kDimensions), function(i) {
      test(kind, place, kDimensions[i], strata[[i]], lines)
    }))
  }
  provinces <- lapply(sort(unique(province)), function(place) {
    within("province", place, everybody[province == place])
  })
  rbind(test("country", "", "province", province, everybody), within("country", "", everybody),
        do.call(rbind, provinces))
}

curve_estimates <- function(d, curve, suffix) {
  parts <- lapply(cohort_years(curve$month), function(year) {
    cohort <- curve[in_year(curve$month, year), ]
    if (nrow(cohort) == 0) return(NULL)
    groups <- grouped(d, cohort$unit, strata_of(cohort))
    key <- group_key(groups)
    each <- function(times) lapply(times, function(values) values[groups$line])
    survival <- function(name, times) {
      rbind(survival_lines(paste0(name, suffix), year, key, each(times)),
            log_rank_lines(d, paste0(name, suffix), year, cohort, times))
    }
    rbind(survival("relapse_free", relapse_free(cohort)),
          survival("relapse_or_loss", relapse_or_loss(cohort)),
          competing_lines(paste0("relapse_competing", suffix), year, key,
                          each(relapse_competing(cohort))))
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
  shares <- lapply(kShares, function(name) {
    if (nrow(of(name)) > 0) rate_estimates(d, of(name), name)
  })
  persons <- lapply(names(suffixes), function(name) {
    state <- paste0("state_12m", suffixes[[name]])
    no_use <- paste0("no_use_12m", suffixes[[name]])
    rbind(state_estimates(d, of(state), state, states, state_lines),
          state_estimates(d, of(no_use), no_use, c("no_use", "some_use", "not_known"),
                          no_use_lines),
          curve_estimates(d, curves[[name]], suffixes[[name]]))
  })
  all <- do.call(rbind, c(shares, persons))
  all[order(all$indicator, all$place_kind, all$place, all$cohort_from, all$stratum, all$what,
            method = "radix"), ]
}
