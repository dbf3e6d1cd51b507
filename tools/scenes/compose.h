// Whole places, and what they have in common: light, a camera, things strewn about.
#pragma once
#include "tools/scenes/builder.h"

namespace impasto::scenes {

/// Level but for a little, now and then leaning by up to 30 degrees; `view_degrees` across the picture.
Camera camera(Draws& draw, Vec at, Vec towards, float view_degrees);
/// A sun, a sky, sometimes fog.
void daylight(Builder& b);
/// One to three lamps in the upper half of a box of space.
void lamps(Builder& b, Vec low, Vec high);
/// Small things where there is room around `middle`, of half widths from smallest to largest.
void clutter(Builder& b, Vec middle, Vec reach, int count, float smallest, float largest);

// What Kind in places.h says.
void room(Builder& b);
void heap(Builder& b);
void street(Builder& b);
void landscape(Builder& b);
void portrait(Builder& b);

}  // namespace impasto::scenes
