// What rounding does to networks and to their pictures, on real weights and photographs (`impasto bench accuracy`).
#pragma once
#include <vector>

#include "loaders/picture.h"
#include "nets/convolution_errors.h"
#include "nets/transform.h"
#include "nets/vgg.h"

namespace impasto {

/// The largest square in the middle, resized to side x side; alpha is left out.
Picture middle_square(const Picture& picture, int side);

/// Peak signal to noise ratio in dB, of values cut to 0..1; infinite for equal ones. Throws ShapeError if the sizes differ.
double psnr(const Picture& a, const Picture& b);

/// Every convolution of one step of Gatys' optimisation: forward and data gradient, with the gradient of `painting`'s style in relu1_2,
/// relu2_2, relu3_3, relu4_3 and relu5_3, as far as the network has them. Runs on `runs`.
std::vector<ConvolutionErrors::Line> vgg_errors(Backend& runs, const std::vector<ConvolutionPath>& paths, const VggWeights& weights,
                                                const Picture& photo, const Picture& painting);

/// Every convolution of a style network that learns to give back the photo: forward, data gradient and weight gradient. Of several styles
/// the first.
std::vector<ConvolutionErrors::Line> transform_errors(Backend& runs, const std::vector<ConvolutionPath>& paths,
                                                      const TransformWeights& weights, const Picture& photo);

}  // namespace impasto
