// `impasto evaluate` from outside: its figures are those of the library, its files whole and of one mind.
#include <doctest/doctest.h>

#include <cmath>

#include "kernels/cpu/backend.h"
#include "loaders/resize.h"
#include "nets/depth_map.h"
#include "nets/depth_metrics.h"
#include "nets/edge_metrics.h"
#include "nets/plane_metrics.h"
#include "nets/saliency.h"
#include "nets/ssim.h"
#include "nets/vgg_file.h"
#include "tests/tools/exhibition.h"
#include "tools/evaluate_results.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

using Found = nlohmann::json;

const Found& result_of(const Found& json, const std::string& photo, const std::string& label) {
  const auto found = std::find_if(json["results"].begin(), json["results"].end(),
                                  [&](const Found& r) { return r["photo"] == photo && r["label"] == label; });
  REQUIRE(found != json["results"].end());
  return *found;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace

TEST_CASE("copies keep everything, and other pictures as much as the library finds") {
  const Exhibition e;
  const Answer answer = e.run("photos same changed=other --painting painting.png --depth-net hourglass --depth-net ./second.h5 -o out");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  CHECK(answer.has("impasto: other: there is no photo of changed/extra.png\n"));
  CHECK(answer.has("out/report.html: 4 results of 2 photos"));
  const Found json = e.json("out/results.json");
  CHECK(json["results"].size() == 4);
  CHECK(json["missing"] == Found{"other: there is no photo of changed/extra.png"});

  for (const std::string photo : {"photos/a.png", "photos/sub/b.png"}) {
    const Found figures = result_of(json, photo, "same")["figures"];
    for (const char* net : {"hourglass", "second"}) {
      CHECK(figures[std::string("depth_error_") + net] == 0);
      CHECK(figures[std::string("depth_order_") + net] == 1);
    }
    for (const char* one : {"edge_correlation", "saliency_correlation", "ssim"}) CHECK(figures[one].get<double>() == doctest::Approx(1));
    CHECK(figures["content_distance"] == 0);
    CHECK(figures["style_distance"].get<double>() > 0.001);
    CHECK(figures["colour_distance"].get<double>() > 0.1);
  }

  const auto cpu = make_cpu_backend();
  const auto file = [&](const std::string& name) { return evaluating_networks().path + '/' + name; };
  const DepthNetwork depth(*cpu, read_depth_network(file("hourglass.h5")));
  const Hed hed(*cpu, read_hed(file("hed.h5")));
  const Vgg vgg(*cpu, read_vgg(file("vgg16.h5")), feature_distance_layers());
  const Picture photo = e.read("photos/sub/b.png"), result = resize(e.read("changed/sub/b.webp"), 40, 56),
                painting = e.read("painting.png");
  const Found other = result_of(json, "photos/sub/b.png", "other"), figures = other["figures"];
  CHECK(other["result"] == "changed/sub/b.webp");
  CHECK(other["width"] == 80);
  CHECK(other["height"] == 112);
  const auto near = [](double value) { return doctest::Approx(value).epsilon(1e-5); };
  CHECK(figures["depth_error_hourglass"].get<double>() == near(depth_error(depth_map(depth, photo), depth_map(depth, result))));
  CHECK(figures["depth_order_hourglass"].get<double>() == near(depth_order(depth_map(depth, photo), depth_map(depth, result))));
  CHECK(figures["depth_error_second"] != figures["depth_error_hourglass"]);
  CHECK(figures["edge_correlation"].get<double>() == near(correlation(edge_map(hed, photo), edge_map(hed, result))));
  CHECK(figures["edge_f"].get<double>() == near(edge_score(edge_map(hed, photo), edge_map(hed, result)).f));
  CHECK(figures["saliency_correlation"].get<double>() == near(correlation(saliency(photo), saliency(result))));
  CHECK(figures["ssim"].get<double>() == near(ssim(luminance(photo), luminance(result))));
  const SeenFeatures seen = seen_features(vgg, result);
  CHECK(figures["content_distance"].get<double>() == near(content_distance(seen, seen_features(vgg, photo))));
  CHECK(figures["style_distance"].get<double>() == near(style_distance(seen, seen_features(vgg, painting))));
  CHECK(figures["colour_distance"].get<double>() == near(colour_distance(colour_statistics(result), colour_statistics(painting))));
}

TEST_CASE("CSV, JSON and the table say the same; means are of their label") {
  const Exhibition e;
  const Answer answer = e.run("photos same changed --painting painting.png -o out --seed 5", " 2>/dev/null");
  REQUIRE(answer.code == 0);
  const Found json = e.json("out/results.json");
  const std::vector<std::string> lines = lines_of(e.bytes("out/results.csv"));
  REQUIRE(lines.size() == 5);
  std::string head = "photo,label,result,width,height";
  for (const Found& measure : json["measures"]) head += ',' + measure["key"].get<std::string>();
  CHECK(lines[0] == head);
  for (size_t i = 0; i < 4; i++) {
    const Found& r = json["results"][i];
    std::string line = r["photo"].get<std::string>() + ',' + r["label"].get<std::string>() + ',' + r["result"].get<std::string>() + ',' +
                       r["width"].dump() + ',' + r["height"].dump();
    CHECK(lines[i + 1].starts_with(line + ','));
    const std::string last = lines[i + 1].substr(lines[i + 1].rfind(',') + 1);
    CHECK(std::stod(last) == r["figures"]["colour_distance"].get<double>());
  }
  CHECK(json["settings"]["seed"] == 5);
  CHECK(json["settings"]["painting"] == Found{"painting.png"});
  CHECK(json["settings"]["networks"]["depth"] == Found{"cache/hourglass.h5"});
  REQUIRE(json["labels"].size() == 2);
  const Found& changed = json["labels"][1];
  CHECK(changed["label"] == "changed");
  CHECK(changed["painting"] == "painting.png");
  const double a = result_of(json, "photos/a.png", "changed")["figures"]["ssim"],
               b = result_of(json, "photos/sub/b.png", "changed")["figures"]["ssim"];
  CHECK(changed["means"]["ssim"]["mean"].get<double>() == doctest::Approx((a + b) / 2));
  CHECK(changed["means"]["ssim"]["count"] == 2);
  CHECK(changed["means"]["ssim"]["low"].get<double>() == doctest::Approx(std::min(a, b)));
  CHECK(changed["means"]["ssim"]["high"].get<double>() == doctest::Approx(std::max(a, b)));
  CHECK(answer.has("1 (1 to 1)"));
  CHECK(answer.lines() == long(json["measures"].size()) + 2);
  // The same seed gives the same bytes.
  REQUIRE(e.run("photos same changed --painting painting.png -o again --seed 5").code == 0);
  CHECK(e.bytes("again/results.csv") == e.bytes("out/results.csv"));
  CHECK(e.bytes("again/report.html") == e.bytes("out/report.html"));
}

TEST_CASE("each label may have a painting of its own, and one without has no style") {
  const Exhibition e;
  write_picture(e.path + "/other.png", picture(5, 44, 40));
  REQUIRE(e.run("photos same changed same=twin --painting same=painting.png --painting changed=other.png -o out").code == 0);
  const Found own = e.json("out/results.json");
  REQUIRE(e.run("photos same changed same=twin --painting same=other.png --painting painting.png -o rest").code == 0);
  const Found rest = e.json("rest/results.json");
  const auto style = [](const Found& json, const std::string& label) {
    return result_of(json, "photos/a.png", label)["figures"]["style_distance"];
  };
  CHECK(style(own, "twin").is_null());
  CHECK(own["labels"][2]["means"]["colour_distance"]["count"] == 0);
  CHECK(own["labels"][2]["means"]["colour_distance"]["mean"].is_null());
  CHECK(own["missing"].back() == "twin: there is no painting; give one with --painting LABEL=FILE");
  CHECK(style(own, "same") == style(rest, "twin"));
  CHECK(style(own, "same") != style(rest, "same"));
  CHECK(style(own, "changed") != style(rest, "changed"));
  CHECK(rest["labels"][1]["painting"] == "painting.png");
  // The line of a result without style ends in empty fields.
  CHECK(lines_of(e.bytes("out/results.csv"))[3].ends_with(",,"));
}

TEST_CASE("networks that are not there leave their figures out, with a sentence") {
  const Exhibition e;
  const Answer answer = e.shell("IMPASTO_CACHE=nowhere '" IMPASTO_PROGRAM "' evaluate photos same -o out 2>&1");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  CHECK(answer.has("so edges are left out; `impasto weights get hed` fetches it"));
  CHECK(answer.has("so content and style are left out; `impasto weights get vgg16` fetches it"));
  CHECK(answer.has("there is no painting, so style and its colours are left out"));
  const Found figures = e.json("out/results.json")["results"][0]["figures"];
  for (const char* key : {"edge_f", "edge_correlation", "content_distance", "style_distance", "colour_distance"})
    CHECK_FALSE(figures.contains(key));
  CHECK(figures["ssim"].get<double>() == doctest::Approx(1));
  CHECK(answer.has("vgg-depth.h5 stands on VGG-16, which is not there yet: run `impasto weights get vgg16`; so depth is left out"));
  CHECK_FALSE(figures.contains("depth_error_vgg-depth"));
}

TEST_CASE("what is larger than --size is compared at it; small photos stay as they are") {
  const Exhibition e;
  REQUIRE(e.run("photos changed -o out --size 32").code == 0);
  REQUIRE(e.run("photos changed -o whole").code == 0);
  const Picture photo = resize(e.read("photos/a.png"), 32, 24), result = resize(e.read("changed/a.png"), 32, 24);
  const auto found = [&](const std::string& out) {
    return result_of(e.json(out + "/results.json"), "photos/a.png", "changed")["figures"]["ssim"].get<double>();
  };
  CHECK(found("out") == doctest::Approx(ssim(luminance(photo), luminance(result))).epsilon(1e-5));
  CHECK(found("whole") == doctest::Approx(ssim(luminance(e.read("photos/a.png")), luminance(e.read("changed/a.png")))).epsilon(1e-5));
}

TEST_CASE("fields of CSV with commas and quotes are quoted, and what is no number is empty") {
  Evaluation e{.settings = {},
               .seed = 0,
               .measures = {{"one", "One", "", true, {}}},
               .labels = {{"a,b", "x"}},
               .paintings = {""},
               .photos = {{"p", "say \"p\".png", {"r.png"}}},
               .results = {{0, 0, "r.png", 4, 3, {std::nan("")}}},
               .missing = {},
               .failures = {}};
  CHECK(csv_of(e) == "photo,label,result,width,height,one\n\"say \"\"p\"\".png\",\"a,b\",r.png,4,3,\n");
  CHECK(json_of(e)["results"][0]["figures"]["one"].is_null());
  CHECK(text_of(e).find("a,b") != std::string::npos);
}
