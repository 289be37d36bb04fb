#include "web/qr.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "tram/base/embedded.h"
#include "tram/web/site.h"

namespace tram {

std::span<const EmbeddedFile> DashboardTemplates();

namespace server {
namespace {

using Squares = std::vector<std::string>;

/// The picture that a browser draws of the path: '#' is dark.
Squares Drawn(const QrCode& code) {
  Squares squares(code.size, std::string(code.size, '.'));
  std::istringstream path(code.path);
  char command = 0;
  for (int x = 0, y = 0, run = 0, back = 0, down = 0; path >> command;) {
    EXPECT_EQ(command, 'M');
    path >> x >> y >> command >> run >> command >> down >> command >> back >> command;
    EXPECT_EQ(command, 'z');
    EXPECT_EQ(down, 1);
    EXPECT_EQ(back, -run);
    for (int i = 0; i < run; ++i) squares.at(y).at(x + i) = '#';
  }
  return squares;
}

TEST(QrTest, HasItsThreeCornersAndAWhiteEdgeOfFourSquares) {
  auto code = DrawQr("http://127.0.0.1:8080\nABCD-EFGH-JKLM-NPQR");
  ASSERT_TRUE(code) << code.error().message;
  const Squares squares = Drawn(*code);
  ASSERT_EQ((code->size - 8 - 17) % 4, 0) << "versions are 21, 25, 29 … squares wide";
  const Squares corner = {"#######", "#.....#", "#.###.#", "#.###.#",
                          "#.###.#", "#.....#", "#######"};
  const int far = code->size - 4 - 7;
  for (const auto& [top, left] : {std::pair(4, 4), std::pair(4, far), std::pair(far, 4)}) {
    for (int row = 0; row < 7; ++row) EXPECT_EQ(squares[top + row].substr(left, 7), corner[row]);
  }
  for (int i = 0; i < code->size; ++i) {
    for (int edge = 0; edge < 4; ++edge) {
      EXPECT_EQ(squares[edge][i], '.');
      EXPECT_EQ(squares[i][edge], '.');
      EXPECT_EQ(squares[code->size - 1 - edge][i], '.');
    }
  }
}

TEST(QrTest, OneLetterMoreIsAnotherPicture) {
  EXPECT_NE(DrawQr("ABCD")->path, DrawQr("ABCE")->path);
  EXPECT_GT(DrawQr(std::string(300, 'a'))->size, DrawQr("a")->size);
}

TEST(QrTest, StandsInAPageAsItWasDrawn) {
  auto templates = LoadPageTemplates(DashboardTemplates());
  ASSERT_TRUE(templates) << templates.error().message;
  const QrCode code = *DrawQr("một \"mã\" <có> dấu");
  const std::string page =
      templates->Render("qr", Language::kVietnamese, QrModel(code, "Mã \"<1>\""));
  EXPECT_THAT(page, testing::HasSubstr("d=\"" + code.path + "\""));
  EXPECT_THAT(page, testing::HasSubstr("aria-label=\"Mã &quot;&lt;1&gt;&quot;\""));
}

TEST(QrTest, WhatDoesNotFitOnPaperIsRefused) {
  EXPECT_FALSE(DrawQr(""));
  EXPECT_FALSE(DrawQr(std::string("a\0b", 3)));
  EXPECT_TRUE(DrawQr(std::string(kQrBytesMax, 'a')));
  EXPECT_FALSE(DrawQr(std::string(kQrBytesMax + 1, 'a')));
}

}  // namespace
}  // namespace server
}  // namespace tram
