#include "layers/registry.h"

namespace impasto {

const std::vector<LayerCases>& all_layers() {
  static const std::vector<LayerCases> layers{
      conv2d_cases(),
      conv_transpose2d_cases(),
      pad_cases(),
      crop_cases(),
      relu_cases(),
      leaky_relu_cases(),
      relu6_cases(),
      elu_cases(),
      silu_cases(),
      sigmoid_cases(),
      scaled_tanh_cases(),
      max_pool_cases(),
      average_pool_cases(),
      upsample_nearest_cases(),
      resize_bilinear_cases(),
      concat_cases(),
      slice_channels_cases(),
      slice_images_cases(),
      instance_norm_cases(),
      adain_cases(),
      batch_norm_cases(),
      deferred_norm_cases(),
      channel_moments_cases(),
      gram_cases(),
      matmul_cases(),
      mean_cases(),
      arithmetic_cases(),
      losses_cases(),
      total_variation_cases(),
      ranking_cases(),
  };
  return layers;
}

}  // namespace impasto
