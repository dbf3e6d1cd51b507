// Every layer's cases by name: an explicit list, so that no linker drops one.
#pragma once
#include "layers/case.h"

namespace impasto {

LayerCases conv2d_cases();
LayerCases conv_transpose2d_cases();
LayerCases pad_cases();
LayerCases crop_cases();
LayerCases relu_cases();
LayerCases leaky_relu_cases();
LayerCases relu6_cases();
LayerCases elu_cases();
LayerCases silu_cases();
LayerCases sigmoid_cases();
LayerCases scaled_tanh_cases();
LayerCases max_pool_cases();
LayerCases average_pool_cases();
LayerCases upsample_nearest_cases();
LayerCases resize_bilinear_cases();
LayerCases concat_cases();
LayerCases slice_channels_cases();
LayerCases slice_images_cases();

LayerCases instance_norm_cases();
LayerCases adain_cases();
LayerCases batch_norm_cases();
LayerCases deferred_norm_cases();
LayerCases channel_moments_cases();
LayerCases gram_cases();
LayerCases total_variation_cases();
LayerCases ranking_cases();
LayerCases losses_cases();
LayerCases arithmetic_cases();
LayerCases matmul_cases();
LayerCases mean_cases();

}  // namespace impasto
