# Compares figures of two origins; lists the first differences and ends with status 1 where there is
# one.
#
#   Rscript compare.R ROWS_A ROWS_B [ESTIMATES_A ESTIMATES_B]
#
# Rows (unit, indicator, period, stratum, bin, numerator, denominator; other columns are not looked
# at, so `central-server export --exact` can be given as it is) must be equal, one to one; estimates
# (place_kind, place, indicator, cohort_from, cohort_to, stratum, what, value) to 1e-6 of the value
# (or to 1e-9: what is 0 in one formula is noise in another).
# ESTIMATES of the server: report_estimates.py. What no export file can tell is left out:
# days_to_arrival, conflicts, findings.

kRowKey <- c("unit", "indicator", "period", "stratum", "bin")
kEstimateKey <- c("place_kind", "place", "indicator", "cohort_from", "cohort_to", "stratum", "what")
kServerOnly <- c("days_to_arrival", "conflicts", "findings")
kTolerance <- 1e-6
kNoise <- 1e-9
kShownPerIndicator <- 5

read_figures <- function(file, key, values) {
  table <- read.csv(file, colClasses = "character", na.strings = character(0), check.names = FALSE,
                    encoding = "bytes")
  missing <- setdiff(c(key, values), names(table))
  if (length(missing) > 0) stop(file, " has no column ", missing[1])
  table <- table[!table$indicator %in% kServerOnly, c(key, values)]
  if (nrow(table) == 0) stop(file, " has no figures")
  for (value in values) {
    table[[value]] <- suppressWarnings(as.numeric(table[[value]]))
    if (anyNA(table[[value]])) stop(file, ": not a number in column ", value)
  }
  table$key <- do.call(paste, c(table[key], sep = ","))
  table
}

# What differs, a line each: indicator and text.
differences <- function(a, b, values, equal) {
  report <- function(table, lines, text) {
    data.frame(indicator = table$indicator[lines], text = paste(table$key[lines], text[lines]))
  }
  shown <- function(table) {
    do.call(paste, c(lapply(values, function(v) format(table[[v]], digits = 15, trim = TRUE)),
                     sep = "/"))
  }
  twice <- function(table) which(duplicated(table$key))
  at <- match(a$key, b$key)
  same <- Reduce(`&`, lapply(values, function(v) equal(a[[v]], b[[v]][at])))
  rbind(report(a, twice(a), rep("stands twice in A", nrow(a))),
        report(b, twice(b), rep("stands twice in B", nrow(b))),
        report(a, which(is.na(at)), paste("only in A:", shown(a))),
        report(b, which(!b$key %in% a$key), paste("only in B:", shown(b))),
        report(a, which(!is.na(at) & !same),
               paste("A", shown(a), "B", shown(b[match(a$key, b$key), ]))))
}

show_differences <- function(name, a, b, found) {
  cat(sprintf("%s: %d in A, %d in B, %d differences\n", name, nrow(a), nrow(b), nrow(found)))
  for (indicator in unique(found$indicator)) {
    own <- found$text[found$indicator == indicator]
    cat(sprintf("  %s: %d\n", indicator, length(own)))
    cat(sprintf("    %s\n", head(own, kShownPerIndicator)), sep = "")
  }
  nrow(found) == 0
}

compare <- function(name, files, key, values, equal) {
  a <- read_figures(files[1], key, values)
  b <- read_figures(files[2], key, values)
  show_differences(name, a, b, differences(a, b, values, equal))
}

main <- function(arguments) {
  if (!length(arguments) %in% c(2, 4)) {
    message("usage: Rscript compare.R ROWS_A ROWS_B [ESTIMATES_A ESTIMATES_B]")
    quit(status = 2)
  }
  same <- compare("rows", arguments[1:2], kRowKey, c("numerator", "denominator"), `==`)
  if (length(arguments) == 4) {
    close <- function(x, y) abs(x - y) <= pmax(kNoise, kTolerance * pmax(abs(x), abs(y)))
    same <- compare("estimates", arguments[3:4], kEstimateKey, "value", close) && same
  }
  quit(status = if (same) 0 else 1)
}

main(commandArgs(trailingOnly = TRUE))
