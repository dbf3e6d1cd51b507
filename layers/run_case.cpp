#include "layers/run_case.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/random.h"
#include "layers/arithmetic.h"
#include "layers/mean.h"

namespace impasto {
namespace {

float whole(float normal) { return std::clamp(std::round(normal * 1.5f), -3.0f, 3.0f); }

float draw(const Input& input, uint64_t key, uint64_t i, bool integers) {
  const float normal = random::normal(key, i);
  switch (input.fill) {
    case Input::Fill::uniform: {
      const float u = float(input.low + (input.high - input.low) * random::uniform(key, i));
      return integers ? std::max(std::ceil(float(input.low)), std::round(u)) : u;
    }
    case Input::Fill::away_from_zero: {
      const float away = (normal < 0 ? -1.0f : 1.0f) * (0.1f + std::abs(normal));
      return integers ? (normal < 0 ? -1.0f : 1.0f) * (1 + std::abs(whole(normal))) : away;
    }
    default:
      return integers ? whole(normal) : normal;
  }
}

// Whole numbers in random order, or hundredths of them: the i-th smallest of random draws.
std::vector<float> distinct_values(size_t count, uint64_t key, bool integers) {
  std::vector<size_t> order(count);
  for (size_t i = 0; i < count; ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return random::bits(key, a) < random::bits(key, b); });
  std::vector<float> values(count);
  for (size_t rank = 0; rank < count; ++rank) {
    values[order[rank]] = integers ? float(rank % 200) - 100 : 0.02f * (float(rank) - float(count) / 2);
  }
  return values;
}

bool padding_is_zero(const Tensor& x) {
  if (!x.has_padding()) return true;
  const Shape s = x.shape();
  std::vector<unsigned char> bytes(x.bytes());
  x.backend().download(x, bytes.data());
  const size_t width = size_of(x.dtype());
  for (int n = 0; n < s.n; ++n) {
    for (int64_t p = 0; p < s.pixels(); ++p) {
      for (int c = s.c; c < x.groups() * x.lanes(); ++c) {
        const unsigned char* at = bytes.data() + size_t(x.index(n, c, 0, 0) + p * x.lanes()) * width;
        // -0 counts as zero: only the sign bit of the last byte may stand.
        if (std::any_of(at, at + width - 1, [](unsigned char b) { return b != 0; }) || (at[width - 1] & 0x7f)) return false;
      }
    }
  }
  return true;
}

Variable projected(const Variable& y, const CaseNumbers& numbers) {
  Input weights = y.value().lanes() == 1 ? parameter(y.shape()) : activation(y.shape());
  const std::vector<float> r = case_input(weights, 1000, numbers);
  Tensor planar = from_host(y.backend(), y.shape(), r.data()), like_y = y.value().like();
  y.backend().convert(planar, {like_y});
  return sum(multiply(y, Variable(like_y)));
}

}  // namespace

std::vector<float> case_input(const Input& input, size_t index, const CaseNumbers& numbers) {
  const uint64_t key = numbers.seed * 1000003 + index;
  const size_t count = size_t(input.shape.elements());
  if (input.fill == Input::Fill::distinct) return distinct_values(count, key, numbers.integers);
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = draw(input, key, i, numbers.integers);
  return values;
}

std::vector<Variable> case_variables(const Case& c, Backend& backend, const CaseNumbers& numbers) {
  std::vector<Variable> variables;
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    const Input& input = c.inputs[i];
    const std::vector<float> host = case_input(input, i, numbers);
    const bool is_activation = input.role == Input::Role::activation;
    Tensor x = from_host(backend, input.shape, host.data(), is_activation ? backend.lanes_for(input.shape.c) : 1);
    if (is_activation && numbers.activations == Dtype::bf16) {
      Tensor low(backend, x.shape(), x.lanes(), Dtype::bf16);
      backend.convert(x, {low});
      x = low;
    }
    variables.emplace_back(x, input.differentiable);
  }
  return variables;
}

CaseResult run_case(const Case& c, Backend& backend, const CaseNumbers& numbers) {
  std::vector<Variable> x = case_variables(c, backend, numbers);
  CaseResult result;
  {
    const Variable y = c.run(x);
    result.y = to_host_f64(y.value());
    result.padding_clean = padding_is_zero(y.value());
    const Variable loss = projected(y, numbers);
    if (loss.requires_grad()) backward(loss);
  }
  for (const Variable& input : x) {
    result.gradients.emplace_back();
    if (!input.has_grad()) continue;
    result.gradients.back() = to_host_f64(input.grad());
    result.padding_clean = result.padding_clean && padding_is_zero(input.grad());
  }
  return result;
}

double gradient_error(const Case& c, Backend& reference_f64, uint64_t seed) {
  if (c.bench_only) return 0;
  const CaseNumbers numbers{false, seed, Dtype::f64};
  const CaseResult analytic = run_case(c, reference_f64, numbers);
  std::vector<Variable> x = case_variables(c, reference_f64, numbers);
  const auto loss = [&] {
    NoGrad no_grad;
    return scalar(projected(c.run(x), numbers).value());
  };
  constexpr double step = 1e-5;
  double worst = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    if (analytic.gradients[i].empty()) continue;
    const Shape s = x[i].shape();
    std::vector<double> numeric;
    for (int64_t e = 0; e < s.elements(); ++e) {
      const int w = int(e % s.w), h = int(e / s.w % s.h), channel = int(e / s.pixels() % s.c), n = int(e / (s.pixels() * s.c));
      double& value = x[i].mutable_value().data<double>()[x[i].value().index(n, channel, h, w)];
      const double before = value;
      value = before + step;
      const double above = loss();
      value = before - step;
      const double below = loss();
      value = before;
      numeric.push_back((above - below) / (2 * step));
    }
    worst = std::max(worst, relative_error(analytic.gradients[i], numeric));
  }
  return worst;
}

double relative_error(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double difference = 0, largest = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) return std::numeric_limits<double>::infinity();
    difference = std::max(difference, std::abs(a[i] - b[i]));
    largest = std::max(largest, std::abs(b[i]));
  }
  // Where everything is (nearly) zero the difference itself counts.
  return difference / std::max(largest, 1e-3);
}

}  // namespace impasto
