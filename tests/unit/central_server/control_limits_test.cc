#include "rollup/control_limits.h"

#include <gtest/gtest.h>

namespace tram::server {
namespace {

// In R, with r <- qbinom(q, n, p):
// (r - (pbinom(r, n, p) - q) / (pbinom(r, n, p) - pbinom(r - 1, n, p))) / n, not below 0.
TEST(ControlLimitsTest, TheyAreThoseOfTheBinomialDistribution) {
  EXPECT_NEAR(ControlLimits(20, 0.5, kTailNear).low, 0.255823529412, 1e-11);
  EXPECT_NEAR(ControlLimits(20, 0.5, kTailNear).high, 0.694176470588, 1e-11);
  EXPECT_NEAR(ControlLimits(100, 0.37, kTailFar).low, 0.220507751980, 1e-11);
  EXPECT_NEAR(ControlLimits(100, 0.37, kTailFar).high, 0.517446060148, 1e-11);
  EXPECT_NEAR(ControlLimits(5, 0.8, kTailNear).high, 0.984741210938, 1e-11);
  EXPECT_NEAR(ControlLimits(400, 0.62, kTailNear).low, 0.570871421281, 1e-11);
}

TEST(ControlLimitsTest, TheyStayBetweenNobodyAndEverybody) {
  EXPECT_EQ(ControlLimits(3, 0.1, kTailFar).low, 0);
  EXPECT_EQ(ControlLimits(1, 0, kTailNear).low, 0);
  EXPECT_LE(ControlLimits(4, 1, kTailFar).high, 1);
}

}  // namespace
}  // namespace tram::server
