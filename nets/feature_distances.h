// How far a picture is from a photo and from a painting, as VGG sees them. The layers are those by which networks are trained
// (nets/objective_settings.h): relu2_2 for content; relu1_2, relu2_2, relu3_3 and relu4_3 for style.
#pragma once
#include <string>
#include <vector>

#include "nets/vgg.h"

namespace impasto {

/// What of the network's layers the distances need.
std::vector<std::string> feature_distance_layers();

/// A picture's content features and its Gram matrices, layer by layer, divided by C H W.
struct SeenFeatures {
  Tensor content;
  std::vector<std::vector<float>> grams;
};

/// network: loaded as far as feature_distance_layers().   Throws ShapeError if the picture is smaller than the network's least side.
SeenFeatures seen_features(const Vgg& network, const Picture& picture);

/// mean((F - F_photo)^2): the content loss at weight 1.   Throws ShapeError for pictures of two sizes.
double content_distance(const SeenFeatures& result, const SeenFeatures& photo);

/// The mean over the layers of |G - A|^2 / |A|^2, with A the painting's Gram matrix: every layer counts alike whatever its size. 0 for the
/// painting itself; 1 is what a picture without any features has. Sizes may differ.
double style_distance(const SeenFeatures& result, const SeenFeatures& painting);

}  // namespace impasto
