#include "tests/kernels/primitive_table.h"

namespace impasto {
namespace {

// Other operands, the same each time they are asked for.
Tensor weights(Bench& b, Shape shape, uint64_t key) {
  Tensor w = b.planar(shape);
  b->random_normal(key, 0, w);
  return w;
}

void add_convolutions(std::vector<Primitive>& table) {
  struct Case {
    std::string name;
    Shape x, w;
    ConvParams params;
    int p, q;
  };
  ConvParams uneven{.stride_h = 2, .stride_w = 3, .pad_top = 0, .pad_left = 2, .pad_bottom = 3, .pad_right = 1};
  uneven.dilation_h = 2;
  ConvParams grouped = same_padding(1), depthwise = same_padding(1, 2);
  grouped.groups = 3;
  depthwise.groups = 17;
  const auto bordered = [](Padding padding, int stride, int upsample) {
    ConvParams params = same_padding(1, stride);
    params.padding = padding;
    params.upsample = upsample;
    return params;
  };
  const Padding zero = Padding::zero, reflect = Padding::reflect, replicate = Padding::replicate;
  for (const Case& c : {Case{"1x1 on 1x1", {1, 3, 1, 1}, {17, 3, 1, 1}, {}, 1, 1},
                        {"3x3", {2, 17, 5, 7}, {3, 17, 3, 3}, same_padding(1), 5, 7},
                        {"stride 2", {1, 3, 6, 5}, {9, 3, 3, 3}, same_padding(1, 2), 3, 3},
                        {"uneven", {1, 2, 7, 8}, {3, 2, 3, 2}, uneven, 3, 4},
                        {"groups", {1, 9, 4, 3}, {6, 3, 3, 3}, grouped, 4, 3},
                        {"depthwise", {1, 17, 5, 4}, {17, 1, 3, 3}, depthwise, 3, 2},
                        {"reflect", {1, 17, 6, 5}, {9, 17, 3, 3}, bordered(reflect, 1, 1), 6, 5},
                        {"replicate, stride 2", {2, 9, 5, 4}, {9, 9, 3, 3}, bordered(replicate, 2, 1), 3, 2},
                        {"upsampled", {1, 9, 3, 4}, {17, 9, 3, 3}, bordered(zero, 1, 2), 6, 8},
                        {"upsampled, reflect", {2, 17, 3, 5}, {9, 17, 3, 3}, bordered(reflect, 1, 2), 6, 10},
                        {"upsampled, replicate, stride 2", {1, 3, 5, 3}, {3, 3, 3, 3}, bordered(replicate, 2, 2), 5, 3}}) {
    const Shape y{c.x.n, c.w.n, c.p, c.q};
    const auto params = c.params;
    const Shape xs = c.x, ws = c.w;
    table.push_back(
        {"conv2d " + c.name + ", in x", Kind::linear, c.x, y,
         [=](Bench& b, const Tensor& x, Tensor& out) { b->conv2d(x, weights(b, ws, 3), params, {}, {}, {out}); },
         [=](Bench& b, const Tensor&, const Tensor& dy, Out dx) { b->conv2d_backward_data(dy, weights(b, ws, 3), params, nullptr, dx); }});
    table.push_back(
        {"conv2d " + c.name + ", in w", Kind::linear, c.w, y,
         [=](Bench& b, const Tensor& w, Tensor& out) { b->conv2d(b.normal(xs, 4), w, params, {}, {}, {out}); },
         [=](Bench& b, const Tensor&, const Tensor& dy, Out dw) { b->conv2d_backward_weights(b.normal(xs, 4), dy, params, {}, nullptr, dw); },
         true});
  }
}

// A normed input and moments of the output, behind everything that can stand between.
void add_fused_convolutions(std::vector<Primitive>& table) {
  const Shape x{2, 17, 4, 3}, w{9, 17, 3, 3}, row{2, 9, 1, 1};
  struct Case {
    std::string name;
    int rows;  // of scale and shift
    ConvParams params;
    Shape y;
  };
  ConvParams mirrored = same_padding(1), doubled = same_padding(1, 2);
  mirrored.padding = Padding::reflect;
  doubled.upsample = 2;
  for (const Case& c : {Case{"zero pad", 1, same_padding(1), {2, 9, 4, 3}},
                        {"reflect, rows of each image", 2, mirrored, {2, 9, 4, 3}},
                        {"upsampled, stride 2", 2, doubled, {2, 9, 4, 3}}}) {
    const auto params = c.params;
    const Shape rows{c.rows, x.c, 1, 1}, y = c.y;
    const auto run = [=](Bench& b, const Tensor& w, Tensor& out, Tensor* mean, Tensor* variance) {
      const Tensor scale = weights(b, rows, 5), shift = weights(b, rows, 6);
      b->conv2d(b.normal(x, 4), w, params, {&scale, &shift, true}, {.mean = mean, .variance = variance}, {out});
    };
    const auto gradient = [=](Bench& b, const Tensor& dy, Out dw) {
      const Tensor scale = weights(b, rows, 5), shift = weights(b, rows, 6);
      b->conv2d_backward_weights(b.normal(x, 4), dy, params, {&scale, &shift, true}, nullptr, dw);
    };
    table.push_back({"conv2d of a normed input, " + c.name, Kind::linear, w, y,
                     [=](Bench& b, const Tensor& w, Tensor& out) { run(b, w, out, nullptr, nullptr); },
                     [=](Bench& b, const Tensor&, const Tensor& dy, Out dw) { gradient(b, dy, dw); }, true});
    for (bool of_mean : {true, false}) {
      table.push_back({std::string("conv2d's ") + (of_mean ? "mean, " : "variance, ") + c.name, Kind::smooth, w, row,
                       [=](Bench& b, const Tensor& w, Tensor& moment) {
                         Tensor out = b.empty(y), other = moment.like();
                         run(b, w, out, of_mean ? &moment : &other, of_mean ? &other : &moment);
                       },
                       [=](Bench& b, const Tensor& w, const Tensor& dy, Out dw) {
                         Tensor out = b.empty(y), mean = dy.like(), variance = dy.like(), dout = b.empty(y);
                         run(b, w, out, &mean, &variance);
                         b->channel_moments_backward(out, mean, of_mean ? &dy : nullptr, of_mean ? nullptr : &dy, {dout});
                         gradient(b, dout, dw);
                       },
                       true, true});
    }
  }
}

void add_elementwise(std::vector<Primitive>& table) {
  struct Case {
    std::string name;
    Unary op;
    double a, b;
  };
  for (const Case& c : {Case{"relu", Unary::relu, 0, 0},
                        {"leaky_relu", Unary::leaky_relu, 0.2, 0},
                        {"relu6", Unary::relu6, 0, 0},
                        {"elu", Unary::elu, 1.5, 0},
                        {"silu", Unary::silu, 0, 0},
                        {"sigmoid", Unary::sigmoid, 0, 0},
                        {"tanh", Unary::tanh, 150, 0},
                        {"affine", Unary::affine, 2, 3},
                        {"sqrt", Unary::sqrt, 4, 0},
                        {"clamp", Unary::clamp, -1, 1},
                        {"absolute", Unary::absolute, 0, 0}}) {
    table.push_back({c.name,
                     Kind::smooth,
                     {2, 17, 3, 1},
                     {2, 17, 3, 1},
                     [=](Bench& b, const Tensor& x, Tensor& y) { b->unary(c.op, c.a, c.b, x, y); },
                     [=](Bench& b, const Tensor& x, const Tensor& dy, Out dx) {
                       Tensor y = x.like();
                       b->unary(c.op, c.a, c.b, x, y);
                       b->unary_backward(c.op, c.a, c.b, x, y, dy, dx);
                     }});
  }
}

void add_structure(std::vector<Primitive>& table) {
  struct Case {
    std::string name;
    Shape x;
    Pads pads;
    Padding kind;
  };
  for (const Case& c : {Case{"zero pad", {1, 17, 3, 2}, {1, 0, 2, 3}, Padding::zero},
                        {"reflect pad", {2, 3, 4, 3}, {3, 2, 1, 0}, Padding::reflect},
                        {"replicate pad", {1, 9, 1, 2}, {2, 3, 1, 1}, Padding::replicate},
                        {"crop", {1, 3, 5, 6}, {-1, -2, 2, -3}, Padding::zero}}) {
    const Shape y{c.x.n, c.x.c, c.x.h + c.pads.top + c.pads.bottom, c.x.w + c.pads.left + c.pads.right};
    table.push_back({c.name, Kind::linear, c.x, y, [=](Bench& b, const Tensor& x, Tensor& out) { b->pad(x, c.pads, c.kind, out); },
                     [=](Bench& b, const Tensor&, const Tensor& dy, Out dx) { b->pad_backward(dy, c.pads, c.kind, dx); }});
  }
  table.push_back({"copy_channels",
                   Kind::linear,
                   {1, 17, 2, 3},
                   {1, 17, 2, 3},
                   [](Bench& b, const Tensor& x, Tensor& y) {  // turned by nine channels
                     b->copy_channels(x, 0, {y}, 9, 8);
                     b->copy_channels(x, 8, {y}, 0, 9);
                   },
                   [](Bench& b, const Tensor&, const Tensor& dy, Out dx) {
                     b->copy_channels(dy, 9, dx, 0, 8);
                     b->copy_channels(dy, 0, dx, 8, 9);
                   }});
}

void add_resampling(std::vector<Primitive>& table) {
  struct Pooling {
    Shape x;
    PoolParams params;
    int p, q;
  };
  for (const Pooling& c : {Pooling{{1, 17, 4, 6}, {2, 2, 0, false}, 2, 3},
                           {{2, 3, 5, 7}, {3, 2, 0, true}, 2, 3},
                           {{1, 2, 4, 7}, {3, 2, 1, true}, 3, 4},
                           {{1, 9, 1, 1}, {3, 1, 1, false}, 1, 1}}) {
    const Shape y{c.x.n, c.x.c, c.p, c.q};
    table.push_back({"average_pool of " + c.x.text(), Kind::linear, c.x, y,
                     [=](Bench& b, const Tensor& x, Tensor& out) { b->average_pool(x, c.params, out); },
                     [=](Bench& b, const Tensor&, const Tensor& dy, Out dx) { b->average_pool_backward(dy, c.params, dx); }});
    table.push_back({"max_pool of " + c.x.text(), Kind::smooth, c.x, y,
                     [=](Bench& b, const Tensor& x, Tensor& out) { b->max_pool(x, c.params, out); },
                     [=](Bench& b, const Tensor& x, const Tensor& dy, Out dx) {
                       Tensor out = dy.like();
                       b->max_pool(x, c.params, out);
                       b->max_pool_backward(x, out, dy, c.params, dx);
                     }});
  }
  table.push_back({"upsample_nearest",
                   Kind::linear,
                   {2, 17, 3, 1},
                   {2, 17, 9, 3},
                   [](Bench& b, const Tensor& x, Tensor& y) { b->upsample_nearest(x, 3, y); },
                   [](Bench& b, const Tensor&, const Tensor& dy, Out dx) { b->upsample_nearest_backward(dy, 3, dx); }});
  for (bool align : {false, true})
    for (const auto& [from, to] :
         {std::pair{Shape{1, 17, 3, 4}, Shape{1, 17, 7, 8}}, {{2, 3, 7, 5}, {2, 3, 3, 1}}, {{1, 2, 1, 1}, {1, 2, 3, 2}}}) {
      table.push_back({"resize_bilinear " + from.text() + (align ? " aligned" : ""), Kind::linear, from, to,
                       [=](Bench& b, const Tensor& x, Tensor& y) { b->resize_bilinear(x, align, y); },
                       [=](Bench& b, const Tensor&, const Tensor& dy, Out dx) { b->resize_bilinear_backward(dy, align, dx); }});
    }
}

void add_normalisation(std::vector<Primitive>& table) {
  const Shape s{2, 17, 3, 2};
  for (NormScope scope : {NormScope::image, NormScope::batch, NormScope::frozen})
    for (int rows : {1, 2}) {
      if (scope == NormScope::batch && rows > 1) continue;  // engine/backend.h: not with the batch's statistics
      const Shape of_mean{scope == NormScope::image ? s.n : 1, s.c, 1, 1}, of_gamma{rows, s.c, 1, 1};
      const bool relu = rows == 2 || scope == NormScope::batch;
      const std::string name =
          "norm of scope " + std::to_string(int(scope)) + ", gamma of " + std::to_string(rows) + (relu ? " rows, relu" : " rows");
      const auto run = [=](Bench& b, const Tensor& x, const Tensor& gamma, const Tensor& beta, Tensor& y) {
        Tensor mean = weights(b, of_mean, 5), rstd = weights(b, of_mean, 6);
        b->norm(scope, x, &gamma, &beta, 1e-3, relu, mean, rstd, y);
        return std::pair{mean, rstd};
      };
      const auto gradient = [=](Bench& b, const Tensor& x, const Tensor& gamma, const Tensor& beta, const Tensor& dy, Out* dx, Out* dgamma,
                                Out* dbeta) {
        Tensor y = dy.like();
        const auto [mean, rstd] = run(b, x, gamma, beta, y);
        b->norm_backward(scope, x, dy, &gamma, &beta, mean, rstd, relu, dx, dgamma, dbeta);
      };
      table.push_back({name + ", in x", Kind::smooth, s, s,
                       [=](Bench& b, const Tensor& x, Tensor& y) { run(b, x, weights(b, of_gamma, 7), weights(b, of_gamma, 8), y); },
                       [=](Bench& b, const Tensor& x, const Tensor& dy, Out dx) {
                         gradient(b, x, weights(b, of_gamma, 7), weights(b, of_gamma, 8), dy, &dx, nullptr, nullptr);
                       }});
      table.push_back({name + ", in gamma", Kind::smooth, of_gamma, s,
                       [=](Bench& b, const Tensor& gamma, Tensor& y) { run(b, b.normal(s, 9), gamma, weights(b, of_gamma, 8), y); },
                       [=](Bench& b, const Tensor& gamma, const Tensor& dy, Out dgamma) {
                         gradient(b, b.normal(s, 9), gamma, weights(b, of_gamma, 8), dy, nullptr, &dgamma, nullptr);
                       },
                       true});
      table.push_back({name + ", in beta", Kind::smooth, of_gamma, s,
                       [=](Bench& b, const Tensor& beta, Tensor& y) { run(b, b.normal(s, 9), weights(b, of_gamma, 7), beta, y); },
                       [=](Bench& b, const Tensor& beta, const Tensor& dy, Out dbeta) {
                         gradient(b, b.normal(s, 9), weights(b, of_gamma, 7), beta, dy, nullptr, nullptr, &dbeta);
                       },
                       true});
    }
  for (int rows : {1, 2})
    for (bool positive : {true, false}) {
      const Shape of_scale{rows, s.c, 1, 1};
      table.push_back({"scale_shift by " + std::to_string(rows) + (positive ? " rows, relu" : " rows, shortcut"), Kind::smooth, s, s,
                       [=](Bench& b, const Tensor& x, Tensor& y) {
                         const Tensor scale = weights(b, of_scale, 5), shift = weights(b, of_scale, 6), shortcut = b.normal(s, 7);
                         b->scale_shift(x, &scale, &shift, positive, positive ? nullptr : &shortcut, y);
                       },
                       [=](Bench& b, const Tensor& x, const Tensor& dy, Out dx) {
                         const Tensor scale = weights(b, of_scale, 5), shift = weights(b, of_scale, 6);
                         Tensor y = x.like(), masked = dy.like();
                         b->scale_shift(x, &scale, &shift, false, nullptr, y);
                         b->unary_backward(positive ? Unary::relu : Unary::affine, 1, 0, y, y, dy, {masked});
                         b->binary(Binary::multiply, 1, masked, scale, dx);
                       }});
    }
  const Shape row{2, 17, 1, 1};
  for (bool of_mean : {true, false}) {
    table.push_back({of_mean ? "mean of channels" : "variance of channels", Kind::smooth, s, row,
                     [=](Bench& b, const Tensor& x, Tensor& y) {
                       Tensor other = y.like();
                       b->channel_moments(x, of_mean ? y : other, of_mean ? other : y);
                     },
                     [=](Bench& b, const Tensor& x, const Tensor& dy, Out dx) {
                       Tensor mean = dy.like(), variance = dy.like();
                       b->channel_moments(x, mean, variance);
                       b->channel_moments_backward(x, mean, of_mean ? &dy : nullptr, of_mean ? nullptr : &dy, dx);
                     },
                     false, true});
  }
}

void add_losses(std::vector<Primitive>& table) {
  const Shape s{2, 9, 3, 5}, one{1, 1, 1, 1};
  for (const int channels : {9, 35})
    for (const Shape& of_mask : {one, Shape{1, 1, 3, 5}, {2, 1, 3, 5}}) {
      const bool plain = of_mask == one;
      table.push_back({"gram of " + std::to_string(channels) + " channels, mask " + (plain ? "none" : of_mask.text()),
                       Kind::smooth,
                       {2, channels, 3, 5},
                       {2, 1, channels, channels},
                       [=](Bench& b, const Tensor& x, Tensor& y) {
                         const Tensor m = weights(b, of_mask, 11);
                         b->gram(x, plain ? nullptr : &m, 0.3, y);
                       },
                       [=](Bench& b, const Tensor& x, const Tensor& dy, Out dx) {
                         const Tensor m = weights(b, of_mask, 11);
                         b->gram_backward(x, plain ? nullptr : &m, dy, 0.3, dx);
                       },
                       false,
                       true});
    }
  for (Variation kind : {Variation::squared, Variation::absolute, Variation::torch}) {
    table.push_back({"total_variation of kind " + std::to_string(int(kind)), Kind::smooth, s, one,
                     [=](Bench& b, const Tensor& x, Tensor& y) { b->total_variation(kind, x, 0.7, y); },
                     [=](Bench& b, const Tensor& x, const Tensor& dy, Out dx) { b->total_variation_backward(kind, x, dy, 0.7, dx); }, false,
                     true});
  }
  for (Loss kind : {Loss::squared, Loss::smooth_l1, Loss::absolute})
    for (const Shape& of_weight : {Shape{1, 1, 3, 5}, {2, 1, 3, 5}, s, one}) {
      const auto weight = [=](Bench& b) { return of_weight == s ? b.normal(s, 11) : weights(b, of_weight, 11); };
      const bool plain = of_weight == one;
      table.push_back({"loss of kind " + std::to_string(int(kind)) + ", weight " + (plain ? "none" : of_weight.text()), Kind::smooth, s,
                       one,
                       [=](Bench& b, const Tensor& x, Tensor& y) {
                         const Tensor w = weight(b);
                         b->loss(kind, x, b.normal(s, 10), plain ? nullptr : &w, 0.7, y);
                       },
                       [=](Bench& b, const Tensor& x, const Tensor& dy, Out dx) {
                         const Tensor w = weight(b);
                         b->loss_backward(kind, x, b.normal(s, 10), plain ? nullptr : &w, dy, 0.7, dx);
                       },
                       false, true});
    }
  const Shape depth{2, 1, 3, 5};
  const auto pairs = [](Bench& b) {
    std::vector<float> numbers;
    for (int row = 0; row < 6; row++)  // a, b and r of two images
      for (int k = 0; k < 9; k++) numbers.push_back(float(row % 3 == 2 ? k % 3 - 1 : (row % 3 == 0 ? 7 * k : 4 * k + row) % 15));
    Tensor y = b.planar({2, 1, 3, 9});
    b->upload(numbers.data(), y);
    return y;
  };
  table.push_back({"ranking", Kind::smooth, depth, one, [=](Bench& b, const Tensor& x, Tensor& y) { b->ranking(x, pairs(b), 0.7, y); },
                   [=](Bench& b, const Tensor& x, const Tensor& dy, Out dx) { b->ranking_backward(x, pairs(b), dy, 0.7, dx); }, true, true});
}

}  // namespace

Tensor spread(Bench& b, Shape shape) {
  return b.indexed(shape, [&](double i) { return std::fmod(i * 37, 101) / 10 - 3.03; });
}

const std::vector<Primitive>& primitives() {
  static const std::vector<Primitive> table = [] {
    std::vector<Primitive> all;
    for (auto add : {add_convolutions, add_fused_convolutions, add_elementwise, add_structure, add_resampling, add_normalisation, add_losses}) add(all);
    return all;
  }();
  return table;
}

}  // namespace impasto
