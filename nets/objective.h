// What a painted picture should be: like the photo in its content features, like the paintings in its Gram matrices, smooth, and as
// near and far as the photo. Of several pictures at once the loss is the mean of theirs.
//
//   loss = sum over content layers  w * mean((F - F_photo)^2)
//        + sum over style layers    w * sum((G - sum_k b_k G_k)^2),   G = F F^T / (C H W),  b: the blend of the paintings, sum 1
//        + w * sum(dx^2 + dy^2)     total variation of the picture
//        + w * mean((D - D_photo)^2) / v   D: what a depth network gives (nets/depth_map.h), v: how much that varies in a picture
//        + w * mean((x - photo)^2)  the pixels themselves, in network space
//
// The other style statistic of fast-neural-style: G = the mean of each channel of F instead of its Gram matrix.
//
// With masks m, averaged down to each layer, the content term is mean((m (F - F_photo))^2), and each of K paintings has a style
// term of its own in each layer, w b_k K sum((G - G_k)^2) with G = (F m_k) (F m_k)^T / (C H W mean(m_k^2)); G_k has no mask. At equal
// blend every region is then pulled as strongly as by a single painting.
//
// Gatys, Ecker, Bethge 2016 (CVPR); normalised as in Johnson et al. 2016, but for the sum over the Gram matrix. Depth: Liu, Lai, Xu,
// Ren 2017 (NPAR).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nets/depth_map.h"
#include "nets/mask.h"
#include "nets/objective_settings.h"
#include "nets/vgg.h"

namespace impasto {

class Objective {
 public:
  enum class Kind { content, style, variation, depth, pixel };
  struct Term {
    std::string name;  // "content relu2_2", "style relu3_3", "tv", "depth", "pixel"; of several masked paintings "style relu3_3 #2"
    Kind kind;
    std::string layer;  // "" for the picture itself
    double weight;
    size_t painting = 0;  // whose style, if they are masked
    double share = 1;     // of this painting, K times its part of the blend
    Tensor target = {}, mask = {};
  };
  /// total and terms, weighted, each [1, 1, 1, 1] on the device; terms in the order of terms().
  struct Losses {
    Variable total;
    std::vector<Variable> terms;
  };

  /// Throws UsageError for an unknown or repeated layer, a weight that is negative or not finite, depth without its network, or if
  /// nothing is left; masks with a statistic other than Gram matrices.
  Objective(const Vgg& network, const ObjectiveSettings& settings, const DepthNetwork* depth = nullptr);

  /// The targets, computed once and without a tape. Pictures are [N, 3, H, W] in network space, of any size and layout; what is
  /// evaluated later has the photos' number and size, and masks their size. Throws UsageError for a mask that is empty at a layer,
  /// ShapeError for sizes that the depth network does not take.
  void set_content(const Tensor& photo, const std::optional<Mask>& mask = {});
  /// Each painting [1, 3, H, W], for all pictures. `blend`: one weight >= 0 a painting, scaled to sum 1; empty: all alike. `masks`: as many
  /// as the settings say, one a painting, or none. Throws UsageError if they do not fit.
  void set_style(const std::vector<Tensor>& paintings, std::vector<double> blend = {}, const std::vector<Mask>& masks = {});

  /// Several paintings [1, 3, H, W], of which each picture is to have one; then which, a number from 0 for each picture. Neither blends nor
  /// masks. Throws UsageError if there are none, or no such painting.
  void set_styles(const std::vector<Tensor>& paintings);
  void choose_styles(const std::vector<int>& painting_of_picture);

  /// From the next evaluation on style counts this much of its weight; 1 until then. A recorded step does not see it (engine/repeated.h).
  void scale_style(double factor) { style_scale_ = factor; }

  /// Throws Error if a target has not been set.
  Losses evaluate(const Variable& picture) const;
  /// The same with the gradient of a picture that is a leaf; the losses have no tape. One network is worked off, forward and back,
  /// before the next, and a few images of it before the next ones, so that only their activations are alive at a time.
  Losses descend(const Variable& picture) const;
  /// One term alone. x: the features of its layer, or the picture for "tv", "depth" and "pixel".
  Variable loss_of(const Term& term, const Variable& x) const;

  const std::vector<Term>& terms() const { return terms_; }
  std::vector<std::string> term_names() const;
  const Vgg& network() const { return *network_; }

 private:
  std::vector<std::string> layers(Kind kind) const;
  int halvings(const std::string& layer) const;
  Variable depth_of(const Variable& picture) const;
  Variable style_of(const Variable& features) const;
  std::map<std::string, Tensor> style_of_painting(const Tensor& painting) const;
  void evaluate_depth(const Variable& picture, const std::vector<Term>& terms, Losses& losses) const;
  void evaluate_features(const Variable& picture, const std::vector<Term>& terms, Losses& losses) const;
  std::vector<Term> terms_of(int first, int count, int images) const;

  const Vgg* network_;
  const DepthNetwork* depth_;
  InputSize depth_size_;
  bool depth_relu_mask_;
  std::vector<Term> terms_;
  std::vector<std::string> layers_;
  size_t masked_paintings_;
  StyleStatistic statistic_;
  double style_scale_ = 1;
  std::vector<std::map<std::string, Tensor>> styles_;  // of set_styles: by painting and layer
};

}  // namespace impasto
