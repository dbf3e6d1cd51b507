// Whether a painted picture keeps the photo's edges: both as one network sees them, 0 (none) to 1.
#pragma once
#include "loaders/plane.h"

namespace impasto {

struct EdgeMatch {
  double threshold = 0.5;  ///< from here on a pixel of the photo's map is an edge
  int tolerance = 2;       ///< pixels along either axis between edges that are taken for one
};

struct EdgeScore {
  double f, precision, recall;
  double threshold;  ///< of the result's map, where F is highest
};

/// F = 2 P R / (P + R) at the best of the thresholds 0.01, 0.02, ... 0.99 of the result's map. P: of its edge pixels the share with an edge
/// pixel of the photo within the tolerance; R: the other way round. Edges are as thick as the network draws them: nothing is thinned.
/// NaN if the photo has no edge; 0 if the result has none.   Throws ShapeError if the sizes differ.
/// Martin, Fowlkes, Malik 2004 (PAMI), with nearness in place of their one-to-one matching.
EdgeScore edge_score(const Plane& photo, const Plane& result, const EdgeMatch& how = {});

}  // namespace impasto
