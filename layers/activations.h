// Activations: functions of single elements.   x, y: [N, C, H, W] in the same layout;   dx = f'(x) dy
// Under NoGrad y takes the place of an x that was moved in.
// At a kink the derivative is the one from the left (relu, leaky_relu, elu at 0), and 0 at both ends of relu6.
#pragma once
#include "engine/variable.h"

namespace impasto {

/// y = max(x, 0);   dx = dy where y > 0, else 0.   Behind a convolution, conv2d's fused relu is cheaper.
Variable relu(Variable x);

/// y = x where x > 0, else slope x;   dx = dy where x > 0, else slope dy.   Maas et al. 2013.
Variable leaky_relu(Variable x, double slope = 0.01);

/// y = min(max(x, 0), 6);   dx = dy where 0 < x < 6, else 0.   Howard et al. 2017 (MobileNets).
Variable relu6(Variable x);

/// y = x where x > 0, else alpha (e^x - 1);   dx = dy where x > 0, else (y + alpha) dy.   Clevert et al. 2016.
Variable elu(Variable x, double alpha = 1);

/// y = x s,  s = sigmoid(x);   dx = s (1 + x (1 - s)) dy.   Elfwing et al. 2018; "swish" in Ramachandran et al. 2017.
Variable silu(Variable x);

/// y = 1 / (1 + e^-x);   dx = y (1 - y) dy.
Variable sigmoid(Variable x);

/// y = scale tanh(x);   dx = (scale - y^2 / scale) dy.   scale 150 ends the networks of Johnson et al. 2016. scale must not be 0.
Variable scaled_tanh(Variable x, double scale = 1);

}  // namespace impasto
