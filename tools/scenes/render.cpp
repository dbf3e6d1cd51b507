#include "tools/scenes/render.h"

#include "tools/scenes/noise.h"

namespace impasto::scenes {
namespace {

constexpr float horizon = 1e5f;        // metres
constexpr float reach_of_corners = 4;  // metres from which light from around is kept away by what stands there

/// What a ray sees. The light from around is kept apart, since what is known of `open` is the mean of few rays.
struct Seen {
  Colour colour{0, 0, 0}, from_around{0, 0, 0};  // from_around: as if nothing stood in its way
  float open = 1;                                // the part of it that arrives
  float depth = 0;                               // along the optical axis, 0 for the sky
};

class Renderer {
 public:
  explicit Renderer(const Scene& scene) : scene_(scene), tracer_(scene) {}

  Seen seen(const Ray& ray, Draws& draw) const {
    Hit hit;
    Seen s;
    if (!tracer_.first(ray, horizon, hit)) {
      s.colour = scene_.sky.at(unit(ray.along));
      if (scene_.fog > 0) s.colour = mix(s.colour, scene_.fog_colour, 60 * scene_.fog);
      return s;
    }
    s = lit(hit, ray, draw);
    const float clear = std::exp(-scene_.fog * hit.t * length(ray.along));
    s.colour = mix(scene_.fog_colour, s.colour, clear);
    s.from_around = s.from_around * clear;
    s.depth = hit.t;  // camera rays are one metre long along the axis
    return s;
  }

 private:
  Seen lit(const Hit& hit, const Ray& ray, Draws& draw) const {
    const Material& m = hit.thing->material;
    const Vec on_object = hit.thing->place.frame.in(hit.place - hit.thing->place.centre), local = hit.thing->place.frame.in(hit.normal);
    const int axis = std::abs(local.y) > std::max(std::abs(local.x), std::abs(local.z)) ? 1 : std::abs(local.x) > std::abs(local.z) ? 0 : 2;
    const Colour paint = m.texture.at(on_object, axis);
    const Vec start = hit.place + hit.normal * (1e-3f + 2e-4f * hit.t), to_eye = unit(-ray.along);
    Colour light{m.glow, m.glow, m.glow}, mirrored{0, 0, 0};
    for (const Light& lamp : scene_.lights) {
      const Vec way = lamp.sun ? lamp.at * horizon : lamp.at - start;
      const float distance = length(way), slope = dot(hit.normal, way) / distance;
      if (slope <= 0 || tracer_.blocked({start, way * (1 / distance)}, distance * 0.999f)) continue;
      const Colour arriving = lamp.colour * (lamp.sun ? 1 : 1 / (0.5f + distance * distance));
      light = light + arriving * slope;
      const float facing = std::max(0.0f, dot(hit.normal, unit(way * (1 / distance) + to_eye)));
      mirrored = mirrored + arriving * (m.gloss * std::pow(facing, m.shine));
    }
    return {paint * light + mirrored, paint * scene_.ambient * (0.75f + 0.25f * hit.normal.y), open(start, hit.normal, draw), 0};
  }

  // Of the light from around, how much reaches a place: one ray, so that it is right on the mean.
  float open(Vec start, Vec normal, Draws& draw) const {
    const float u = draw.uniform(-1, 1), turn = draw.uniform(0, 6.2832f), r = std::sqrt(std::max(0.0f, 1 - u * u));
    const Vec way = unit(normal * 1.02f + Vec{r * std::cos(turn), u, r * std::sin(turn)});
    return tracer_.blocked({start, way}, reach_of_corners) ? 0.35f : 1.0f;
  }

  const Scene& scene_;
  Tracer tracer_;
};

// The mean over the places around each pixel that are about as far.
std::vector<float> smoothed(const std::vector<float>& open, const Plane& inverse_depth) {
  constexpr int reach = 3;
  constexpr float as_far = 0.06f;
  const int width = inverse_depth.width, height = inverse_depth.height;
  std::vector<float> smooth(open.size());
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const float here = inverse_depth.values[size_t(y) * size_t(width) + size_t(x)];
      float sum = 0, weights = 0;
      for (int v = std::max(0, y - reach); v <= std::min(height - 1, y + reach); v++)
        for (int u = std::max(0, x - reach); u <= std::min(width - 1, x + reach); u++) {
          const size_t there = size_t(v) * size_t(width) + size_t(u);
          if (std::abs(inverse_depth.values[there] - here) > as_far * here) continue;
          sum += open[there];
          weights++;
        }
      smooth[size_t(y) * size_t(width) + size_t(x)] = sum / weights;
    }
  return smooth;
}

// Gaussian, by columns and rows, of one plane.
std::vector<float> blurred(const float* plane, int width, int height, float sigma) {
  const int reach = std::max(1, int(3 * sigma));
  std::vector<float> kernel;
  float sum = 0;
  for (int k = -reach; k <= reach; k++) sum += kernel.emplace_back(std::exp(-float(k * k) / (2 * sigma * sigma)));
  std::vector<float> across(size_t(width) * size_t(height)), both(across.size());
  const auto pass = [&](const float* from, float* to, bool rows) {
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++) {
        float value = 0;
        for (int k = -reach; k <= reach; k++) {
          const int i = rows ? std::clamp(x + k, 0, width - 1) : x, j = rows ? y : std::clamp(y + k, 0, height - 1);
          value += kernel[size_t(k + reach)] * from[size_t(j) * size_t(width) + size_t(i)];
        }
        to[size_t(y) * size_t(width) + size_t(x)] = value / sum;
      }
  };
  pass(plane, across.data(), true);
  pass(across.data(), both.data(), false);
  return both;
}

// What is out of focus, between the sharp picture and two blurred ones.
void defocus(std::vector<float>& light, const Plane& inverse_depth, const Film& film) {
  const size_t pixels = inverse_depth.pixels();
  for (size_t c = 0; c < 3; c++) {
    float* plane = light.data() + c * pixels;
    const auto half = blurred(plane, inverse_depth.width, inverse_depth.height, 0.5f * film.defocus);
    const auto whole = blurred(plane, inverse_depth.width, inverse_depth.height, film.defocus);
    for (size_t p = 0; p < pixels; p++) {
      const float circle = std::min(1.0f, std::abs(inverse_depth.values[p] * film.focus - 1));
      plane[p] = circle < 0.5f ? plane[p] + (half[p] - plane[p]) * 2 * circle : half[p] + (whole[p] - half[p]) * (2 * circle - 1);
    }
  }
}

void expose(std::vector<float>& light, int width, int height, const Film& film) {
  const size_t pixels = light.size() / 3;
  double sum = 0;
  for (const float v : light) sum += std::sqrt(std::clamp(v, 0.0f, 4.0f));
  const float gain = std::pow(film.exposure / std::max(0.01f, float(sum / double(light.size()))), 2.0f);
  Draws draw(film.seed);
  for (size_t p = 0; p < pixels; p++) {
    const float x = 2 * (float(p % size_t(width)) / float(width)) - 1, y = 2 * (float(p / size_t(width)) / float(height)) - 1;
    const float edge = 1 - film.vignette * 0.5f * (x * x + y * y);
    float shown[3], grey = 0;
    for (size_t c = 0; c < 3; c++) {
      const float v = light[c * pixels + p] * gain * edge * film.white[int(c)];
      shown[c] = std::pow(v / (1 + 0.25f * v), 1 / 2.2f);
      grey += shown[c] / 3;
    }
    for (size_t c = 0; c < 3; c++) {
      const float coloured = grey + film.saturation * (shown[c] - grey),
                  noise = film.noise * (draw.uniform() + draw.uniform() + draw.uniform() - 1.5f);
      light[c * pixels + p] = std::clamp(film.exposure + film.contrast * (coloured - film.exposure) + noise, 0.0f, 1.0f);
    }
  }
}

// The light that each pixel gets, linear, and how far what it shows is.
std::vector<float> traced(const Scene& scene, int samples, uint64_t seed, Plane& inverse_depth) {
  const Renderer renderer(scene);
  const int width = inverse_depth.width, height = inverse_depth.height;
  const size_t pixels = inverse_depth.pixels();
  std::vector<float> light(3 * pixels), from_around(3 * pixels), open(pixels);
  const float step = scene.camera.width / float(width);
  for (size_t p = 0; p < pixels; p++) {
    Draws draw(seed ^ (uint64_t(p + 1) * 0x9E3779B97F4A7C15u));
    for (int k = 0; k < samples; k++) {
      const float x = float(p % size_t(width)) + (k == 0 ? 0.5f : draw.uniform()),
                  y = float(p / size_t(width)) + (k == 0 ? 0.5f : draw.uniform());
      const Vec along = scene.camera.frame.out({(x - 0.5f * float(width)) * step, (0.5f * float(height) - y) * step, 1});
      const Seen seen = renderer.seen({scene.camera.at, along}, draw);
      if (k == 0) inverse_depth.values[p] = seen.depth > 0 ? 1 / seen.depth : 0;
      for (size_t c = 0; c < 3; c++) {
        light[c * pixels + p] += std::max(0.0f, seen.colour[int(c)]) / float(samples);
        from_around[c * pixels + p] += std::max(0.0f, seen.from_around[int(c)]) / float(samples);
      }
      open[p] += seen.open / float(samples);
    }
  }
  open = smoothed(open, inverse_depth);
  for (size_t i = 0; i < light.size(); i++) light[i] += from_around[i] * open[i % pixels];
  return light;
}

}  // namespace

View render(const Scene& scene, int width, int height, int samples, const Film& film) {
  View view;
  view.inverse_depth = {width, height, std::vector<float>(size_t(width) * size_t(height))};
  const size_t pixels = view.inverse_depth.pixels();
  std::vector<float> light = traced(scene, samples, film.seed, view.inverse_depth);
  if (film.defocus > 0.3f) defocus(light, view.inverse_depth, film);
  if (film.blur > 0.2f) {
    for (size_t c = 0; c < 3; c++) {
      const auto soft = blurred(light.data() + c * pixels, width, height, film.blur);
      std::copy(soft.begin(), soft.end(), light.begin() + ptrdiff_t(c * pixels));
    }
  }
  expose(light, width, height, film);
  view.picture.width = width;
  view.picture.height = height;
  view.picture.rgb = std::move(light);
  return view;
}

}  // namespace impasto::scenes
