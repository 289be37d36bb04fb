# Estimates of uis.csv by site and treatment, by R's survival, for the test that compares: one line a
# figure. Deaths as uis_to_csv.py --treat makes them. Independent of the project's own code.
#   km GROUP DAY at_risk survival lower upper
#   cif GROUP DAY CAUSE at_risk incidence std_err lower upper
#   test OF GROUP chisq df p
# GROUP is PLACE|STRATUM, "all" for everybody.
suppressMessages(library(survival))
uis <- read.csv(commandArgs(trailingOnly = TRUE)[1])
uis$site <- ifelse(uis$SITE == 1, "site_b", "site_a")
uis$treat <- ifelse(uis$TREAT == 1, "treat=long", "treat=short")
died <- uis$ID %% 3 == 0
uis$first <- ifelse(died, uis$TIME %/% 2, uis$TIME)
uis$cause <- factor(ifelse(died, "died", ifelse(uis$CENSOR == 1, "relapse", "none")),
                    levels = c("none", "relapse", "died"))
days <- c(90, 180, 365)
line <- function(...) cat(..., "\n")
number <- function(x) sprintf("%.12g", x)

curves <- function(group, rows) {
  at <- summary(survfit(Surv(TIME, CENSOR) ~ 1, data = rows, conf.type = "log-log"), times = days)
  for (i in seq_along(at$time)) {
    line("km", group, at$time[i],
         number(c(at$n.risk[i], at$surv[i], at$lower[i], at$upper[i])))
  }
  fit <- survfit(Surv(first, cause) ~ 1, data = rows)
  at <- summary(fit, times = days)
  for (i in seq_along(at$time)) {
    for (cause in c("relapse", "died")) {
      column <- match(cause, fit$states)
      line("cif", group, at$time[i], cause, number(c(
        as.matrix(at$n.risk)[i, 1], at$pstate[i, column], at$std.err[i, column],
        at$lower[i, column], at$upper[i, column])))
    }
  }
}
test <- function(of, group, fit) {
  df <- length(fit$n) - 1
  line("test", of, group, number(c(fit$chisq, df, pchisq(fit$chisq, df, lower.tail = FALSE))))
}

for (place in c("all", "site_a", "site_b")) {
  of_place <- if (place == "all") uis else uis[uis$site == place, ]
  curves(paste0(place, "|all"), of_place)
  test("strata", paste0(place, "|treat"), survdiff(Surv(TIME, CENSOR) ~ treat, data = of_place))
  for (treat in unique(uis$treat)) {
    curves(paste0(place, "|", treat), of_place[of_place$treat == treat, ])
  }
}
test("places", "all|all", survdiff(Surv(TIME, CENSOR) ~ site, data = uis))
for (treat in unique(uis$treat)) {
  test("places", paste0("all|", treat),
       survdiff(Surv(TIME, CENSOR) ~ site, data = uis[uis$treat == treat, ]))
}
