// The map of provinces as tiles: each province one tile near its place on a grid, for the 34
// provinces since July 2025 and the 63 before. Positions are our own; rows from the north, columns
// from the west, both from 1.
// Threads: constants.
#pragma once

#include <optional>
#include <string_view>

#include "storage/places.h"

namespace tram::server {

struct Tile {
  int row = 0, column = 0;
};
inline constexpr int kTileColumns = 9, kTileRows = 21;  // as many as figures.css has

/// Nothing for a province that was made after this table.
std::optional<Tile> TileOf(const Place& province);

}  // namespace tram::server
