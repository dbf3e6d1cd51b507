// Drawn scenes: shapes where their equations say, depth that is exact, pictures by seed; and the command.
#include <doctest/doctest.h>

#include <cmath>

#include "loaders/depth_set.h"
#include "tests/tools/shell.h"
#include "tools/scenes/places.h"

using namespace impasto;
using namespace impasto::scenes;
namespace fs = studio::fs;

namespace {

Meeting met(Form form, const Ray& ray) {
  Meeting m{};
  REQUIRE(meet(form, nullptr, ray, 1e-4f, 100, m));
  return m;
}
bool missed(Form form, const Ray& ray) {
  Meeting m{};
  return !meet(form, nullptr, ray, 1e-4f, 100, m);
}

// A camera at the origin that looks ahead, one metre of picture a metre ahead.
Scene before_camera(std::vector<Thing> things) {
  Scene scene;
  scene.things = std::move(things);
  scene.lights.push_back({{0, 5, 0}});
  return scene;
}

}  // namespace

TEST_CASE("rays meet shapes where their equations say, with normals outwards") {
  const Ray ahead{{0.5f, 0, -3}, {0, 0, 1}};
  CHECK(met(Form::box, ahead).t == doctest::Approx(2));
  CHECK(met(Form::box, ahead).normal.z == -1);
  CHECK(met(Form::sphere, ahead).t == doctest::Approx(3 - std::sqrt(0.75)));
  CHECK(met(Form::sphere, ahead).normal.x == doctest::Approx(0.5));
  CHECK(met(Form::cylinder, ahead).t == doctest::Approx(3 - std::sqrt(0.75)));
  CHECK(met(Form::cylinder, ahead).normal.y == 0);
  CHECK(missed(Form::cone, {{0.6f, 0, -3}, {0, 0, 1}}));  // of radius 1/2 there
  CHECK(met(Form::cone, {{0, 0, -3}, {0, 0, 1}}).t == doctest::Approx(2.5));
  CHECK(met(Form::cone, {{0, 0, -3}, {0, 0, 1}}).normal.y > 0);
  const Ray down{{0.3f, 4, 0.4f}, {0, -1, 0}};
  CHECK(met(Form::square, down).t == doctest::Approx(4));
  CHECK(met(Form::cylinder, down).t == doctest::Approx(3));
  CHECK(met(Form::cone, down).t == doctest::Approx(4));                           // half as high where it is half as wide
  CHECK(met(Form::cone, {{0.3f, -4, 0.4f}, {0, 1, 0}}).t == doctest::Approx(3));  // its base
  for (const Form form : {Form::box, Form::sphere, Form::cylinder, Form::cone, Form::square}) {
    CHECK(missed(form, {{2, 0, -3}, {0, 0, 1}}));
    CHECK(missed(form, {{0.1f, 0.1f, 3}, {0, 0, 1}}));  // behind
  }
  CHECK(met(Form::box, {{0, 0, 0}, {0, 0, 1}}).t == doctest::Approx(1));  // from within
  const Heights hills(5, 4, false);
  Meeting m{};
  REQUIRE(meet(Form::terrain, &hills, {{0.2f, 3, -0.3f}, {0, -1, 0}}, 1e-4f, 100, m));
  CHECK(3 - m.t == doctest::Approx(2 * hills.at(0.2f, -0.3f) - 1).epsilon(1e-3));
  CHECK(m.normal.y > 0);
}

TEST_CASE("of many things the nearest is found, as if each had been asked") {
  Draws draw(3);
  Scene scene;
  for (int i = 0; i < 60; i++) {
    const Form form = draw.one_of({Form::box, Form::sphere, Form::cylinder, Form::cone});
    const Vec at{draw.uniform(-4, 4), draw.uniform(-4, 4), draw.uniform(3, 9)},
        half{draw.uniform(0.1f, 0.8f), draw.uniform(0.1f, 0.8f), draw.uniform(0.1f, 0.8f)};
    scene.things.push_back({form, {at, half, turned(draw.uniform(0, 6), draw.uniform(-1, 1), draw.uniform(-1, 1))}, {}});
  }
  const Tracer tracer(scene);
  int met = 0;
  for (int i = 0; i < 400; i++) {
    const Ray ray{{0, 0, 0}, {draw.uniform(-1, 1), draw.uniform(-1, 1), 1}};
    float nearest = 1e9f;
    for (const Thing& t : scene.things)
      if (Meeting m{}; meet(t.form, nullptr, {t.place.to_object(ray.from), t.place.direction_to_object(ray.along)}, 1e-4f, nearest, m))
        nearest = m.t;
    Hit hit{};
    const bool found = tracer.first(ray, 1e9f, hit);
    REQUIRE(found == (nearest < 1e9f));
    CHECK(tracer.blocked(ray, 1e9f) == found);
    if (!found) continue;
    met++;
    CHECK(hit.t == doctest::Approx(nearest).epsilon(1e-4));  // a compiler may contract either
    CHECK(dot(hit.normal, ray.along) <= 0);
    CHECK(!tracer.blocked(ray, nearest * 0.99f));
  }
  CHECK(met > 100);
}

TEST_CASE("depth is that along the axis, exactly, whatever the samples; the sky has none") {
  Thing wall{Form::box, {{0, 0, 5}, {10, 10, 1}, {}}, {}}, ball{Form::sphere, {{0, 0, 3}, {0.5f, 0.5f, 0.5f}, {}}, {}};
  const View view = render(before_camera({wall, ball}), 9, 9, 3, {});
  REQUIRE(view.picture.rgb.size() == 3 * 81);
  CHECK(view.inverse_depth.values[0] == doctest::Approx(1.0 / 4));  // not longer in the corner
  CHECK(view.inverse_depth.values[40] == doctest::Approx(1 / 2.5));
  const View sky = render(before_camera({ball}), 9, 9, 1, {});
  CHECK(sky.inverse_depth.values[0] == 0);
  // Places farther off are smaller: a ball twice as far covers a quarter.
  const auto covered = [&](float z) {
    Thing b = ball;
    b.place.centre.z = z;
    const View v = render(before_camera({b}), 160, 160, 1, {});
    return std::count_if(v.inverse_depth.values.begin(), v.inverse_depth.values.end(), [](float d) { return d > 0; });
  };
  CHECK(double(covered(3)) / double(covered(6)) == doctest::Approx(4).epsilon(0.08));
}

TEST_CASE("what is turned to the light is brighter, and what stands in its way throws a shadow") {
  const Thing floor{Form::square, {{0, -1, 4}, {20, 1, 20}, {}}, {}}, roof{Form::box, {{-1, 1.5f, 4}, {1, 0.1f, 20}, {}}, {}};
  Scene scene = before_camera({floor, roof});
  scene.ambient = {0.1f, 0.1f, 0.1f};
  scene.lights = {{{0, 1, 0}, {1, 1, 1}, true}};
  const View view = render(scene, 20, 20, 1, {});
  const auto brightness = [&](int x, int y) { return view.picture.rgb[size_t(20 * y + x)]; };
  CHECK(brightness(13, 15) > 1.5f * brightness(6, 15));
}

TEST_CASE("light from around is smooth where a few rays would be grainy, and does not cross to what is farther") {
  // A board on the left; on the right, behind its edge, an alcove that little light gets into.
  const auto box = [](Vec at, Vec half) { return Thing{Form::box, {at, half, {}}, {}}; };
  Scene scene = before_camera({box({-1, 0, 2}, {1, 2, 0.05f}), box({1, 0, 4}, {1, 2, 0.05f}), box({1, 0.45f, 3}, {1, 0.05f, 1}),
                               box({1, -0.45f, 3}, {1, 0.05f, 1})});
  scene.ambient = {1, 1, 1};
  scene.lights.clear();
  const View view = render(scene, 60, 60, 1, {});
  const float* row = view.picture.rgb.data() + 30 * 60;
  CHECK(view.inverse_depth.values[30 * 60 + 29] > 1.5f * view.inverse_depth.values[30 * 60 + 30]);
  CHECK(row[29] == doctest::Approx(row[10]).epsilon(1e-4));
  float apart = 0, alcove = 0;
  for (int x = 34; x < 54; x++) {
    apart += std::abs(row[x] - row[x - 1]) / 20;
    alcove += row[x] / 20;
  }
  CHECK(alcove < 0.9f * row[10]);
  CHECK(apart < 0.02f);
}

TEST_CASE("heaps are seen from in front: lower is mostly nearer") {
  int64_t wrong = 0, all = 0;
  for (uint64_t seed = 0; seed < 40; seed++) {
    const Shot shot = make_scene(Kind::heap, seed, {}, 4.0f / 3);
    const View view = render(shot.scene, 32, 24, 1, shot.film);
    Draws draw(seed);
    for (int k = 0; k < 200; k++) {
      const int a = draw.integer(0, 767), b = draw.integer(0, 767);
      const float near = view.inverse_depth.values[size_t(a)], far = view.inverse_depth.values[size_t(b)];
      if (near < 1.02f * far || a / 32 == b / 32) continue;
      all++;
      wrong += a / 32 < b / 32;
    }
  }
  CHECK(double(wrong) / double(all) < 0.3);
  CHECK(double(wrong) / double(all) > 0.1);  // or there would be nothing to learn but that
}

TEST_CASE("a seed makes the same scene, another one another, of every kind") {
  for (const auto& [name, kind] : kinds()) {
    CAPTURE(name);
    const auto drawn = [&](uint64_t seed) {
      const Shot shot = make_scene(kind, seed, {}, 4.0f / 3);
      return render(shot.scene, 32, 24, 1, shot.film);
    };
    const View a = drawn(4), b = drawn(4), c = drawn(5);
    CHECK(a.picture.rgb == b.picture.rgb);
    CHECK(a.inverse_depth.values == b.inverse_depth.values);
    CHECK(a.picture.rgb != c.picture.rgb);
    for (const float v : a.picture.rgb) REQUIRE((v >= 0 && v <= 1));
    for (const float v : a.inverse_depth.values) REQUIRE((v >= 0 && std::isfinite(v)));
  }
}

TEST_CASE("impasto dataset scenes writes pairs that train depth reads, and goes on where it was") {
  const studio::Folder folder;
  write_picture(folder.path + "/texture.png", studio::picture(7, 60, 50));
  const auto run = [&](const std::string& words) {
    return studio::shell("cd '" + folder.path + "' && '" IMPASTO_PROGRAM "' dataset scenes " + words + " 2>&1");
  };
  const std::string usual = "-o out --width 32 --height 24 --samples 1 --textures . --seed 3 --count ";
  CHECK(run(usual + "3").code == 0);
  const std::string first = folder.bytes("out/000000_rgb.jpg"), third = folder.bytes("out/000002_disp.png");
  fs::remove(folder.path + "/out/000002_rgb.jpg");
  const auto written = fs::last_write_time(folder.path + "/out/000000_rgb.jpg");
  CHECK(run(usual + "5").has("5 scenes of 32x24"));
  CHECK(folder.bytes("out/000000_rgb.jpg") == first);
  CHECK(fs::last_write_time(folder.path + "/out/000000_rgb.jpg") == written);
  CHECK(folder.bytes("out/000002_disp.png") == third);
  const auto set = open_depth_set(folder.path + "/out");
  REQUIRE(set->size() == 5);
  for (int64_t i = 0; i < 5; i++) {
    const DepthPair pair = set->read(i);
    CHECK(*std::min_element(pair.depth.values.begin(), pair.depth.values.end()) == doctest::Approx(1));
  }
  const studio::Answer wrong = run("-o out --kinds room,cellar");
  CHECK(wrong.code == 2);
  CHECK(wrong.has("\"cellar\" is no kind of scene; there are room, heap, street, landscape, portrait"));
  CHECK(run("-o out --count 1 --textures out/nowhere").has("no such file"));
  CHECK(run("-o texture.png/under --count 1").has("cannot be made"));
}
