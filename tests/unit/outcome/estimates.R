# Estimates by R, for the test that compares ours with them. Reads a file of persons
# "set group day cause" (cause 0: censored) and writes one line a figure; "NA" where R gives none.
# Independent of the project's own code.
suppressMessages(library(survival))
persons <- read.table(commandArgs(trailingOnly = TRUE)[1], header = TRUE)
causes <- 3

number <- function(x) ifelse(is.na(x) | is.nan(x), "NA", sprintf("%.12g", x))
line <- function(kind, set, what, values) {
  cat(kind, set, what, number(values), "\n")
}

for (set in unique(persons$set)) {
  rows <- persons[persons$set == set, ]
  days <- sort(unique(c(0, rows$day, floor(rows$day / 2))))
  days <- days[days <= max(rows$day)]

  fit <- survfit(Surv(day, cause > 0) ~ 1, data = rows, conf.type = "log-log")
  at <- summary(fit, times = days)
  for (i in seq_along(days)) {
    line("km", set, days[i], c(at$n.risk[i], at$surv[i], at$lower[i], at$upper[i]))
  }

  if (length(unique(rows$group)) > 1) {
    test <- tryCatch(survdiff(Surv(day, cause > 0) ~ group, data = rows), error = function(e) NULL)
    if (is.null(test)) {
      line("logrank", set, "test", c(NA, NA, NA))
    } else {
      df <- sum(test$exp > 0) - 1
      values <- c(test$chisq, df, pchisq(test$chisq, df, lower.tail = FALSE))
      # Fewer than two groups of which anything is expected: survdiff gives a chi-square of 0.
      line("logrank", set, "test", if (df < 1) c(NA, NA, NA) else values)
      groups <- sort(unique(rows$group))
      for (i in seq_along(groups)) {
        line("expected", set, groups[i], c(test$n[i], test$obs[i], test$exp[i]))
      }
    }
  }

  if (any(rows$cause > 0)) {
    fit <- survfit(Surv(day, factor(cause, 0:causes)) ~ 1, data = rows)
    # Before its first time the summary holds intervals of 0 to 0, of 1, too.
    days <- days[days >= min(rows$day)]
    at <- summary(fit, times = days)
    for (i in seq_along(days)) {
      for (state in 1:(causes + 1)) {
        line("state", set, paste(days[i], state - 1),
             c(at$pstate[i, state], at$std.err[i, state], at$lower[i, state], at$upper[i, state]))
      }
    }
  }

  line("quartiles", set, "days", quantile(rows$day, c(0.25, 0.5, 0.75)))
  interval <- suppressWarnings(prop.test(sum(rows$cause > 0), nrow(rows), correct = FALSE)$conf.int)
  line("wilson", set, "events", c(sum(rows$cause > 0), nrow(rows), interval[1], interval[2]))
}
