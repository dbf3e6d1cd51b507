// --precision in every command, and `impasto bench accuracy` from outside.
#include "tools/precision.h"

#include "tests/tools/gallery.h"
#include "tests/tools/studio.h"
#include "tools/backend_choice.h"

using namespace impasto;
using namespace impasto::studio;

TEST_CASE("a word comes to what it says; the reference backend is exact, and says so when asked for less") {
  const Precision exact = chosen_precision("exact"), fast = chosen_precision("fast"), automatic = chosen_precision("auto");
  CHECK_FALSE(exact.fast);
  CHECK(fast.fast);
  CHECK(automatic.fast);
  CHECK(chosen_precision("fast", "cuda").fast);
  CHECK_FALSE(chosen_precision("auto", "cuda").fast);
  for (const char* word : {"exact", "auto"}) {
    CHECK_FALSE(chosen_precision(word, "reference").fast);
    CHECK(chosen_precision(word, "reference").used() == "exact");
  }
  CHECK_THROWS_AS(chosen_precision("fast", "reference"), UsageError);
  CHECK(make_backend("reference", exact)->master_dtype() == Dtype::f64);
  CHECK(std::string(make_backend("cpu", fast)->name()) == "cpu");
}

TEST_CASE("every command that computes takes it, on any processor, and the reports say what was asked for and what was used") {
  const Gallery gallery;
  write_picture(gallery.path + "/a.png", picture(3, 50, 60));
  write_weight_file(gallery.path + "/vgg.h5", narrow_vgg());
  for (const std::string word : {"exact", "fast", "auto"}) {
    CAPTURE(word);
    const bool automatic = word == "auto";
    for (const std::string command :
         {"stylize photo.png --style one.h5 -o out.png --json report.json",
          "optimize photo.png a.png -o out.png --net vgg.h5 --iterations 2 --json report.json",
          "bench net one.h5 --size 32 --repeats 1 --json report.json", "bench layers --filter concat --repeats 1 --json report.json"}) {
      CAPTURE(command);
      const Answer answer = gallery.run(command + " --precision " + word);
      CAPTURE(answer.said);
      REQUIRE(answer.code == 0);
      const auto report = gallery.json("report.json");
      const auto precision = report.contains("settings") ? report["settings"]["precision"] : report["precision"];
      CHECK(precision["asked"] == word);
      CHECK(precision["used"] == (automatic ? chosen_precision("auto").used() : word));
    }
    CHECK(gallery.run("styles --sheet photo.png --style one.h5 -o sheet.png --precision " + word).code == 0);
  }
  const Answer wrong = gallery.run("stylize photo.png --style one.h5 -o out.png --precision quick");
  CHECK(wrong.code == 2);
  CHECK(wrong.has("--precision"));
  const Answer reference = gallery.run("stylize photo.png --style one.h5 -o out.png --precision fast --backend reference");
  CHECK(reference.code == 2);
  CHECK(reference.has("--precision fast is for the cpu and cuda backends"));
}

TEST_CASE("bench accuracy measures layers, pictures and an optimisation") {
  const Gallery gallery;
  write_picture(gallery.path + "/a.png", picture(3, 50, 60));
  write_weight_file(gallery.path + "/vgg.h5", narrow_vgg());
  const Answer answer = gallery.run(
      "bench accuracy --photo photo.png --painting a.png --net one.h5 --vgg vgg.h5 --size 24 --picture-size 40 --gatys --gatys-size 32 "
      "--steps 5 --json report.json");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  const auto report = gallery.json("report.json");
  size_t vgg = 0, net = 0;
  for (const auto& line : report["layers"]) {
    CHECK(line["relative_l2"].get<double>() > 0);
    CHECK(line["relative_l2"].get<double>() < (line["path"] == "fast" ? 1e-2 : 1e-4));
    CHECK(line["largest"].get<double>() < (line["path"] == "fast" ? 1e-2 : 1e-4));
    (line["network"] == "one.h5" ? net : vgg)++;
  }
  CHECK(vgg == 20 * 3);
  CHECK(net == 17 * 3);
  REQUIRE(report["pictures"].size() == 2);
  CHECK(report["pictures"][0]["psnr"].get<double>() > 80);
  CHECK((report["pictures"][1]["psnr"].is_null() || report["pictures"][1]["psnr"].get<double>() > 40));
  CHECK(report["gatys"]["ratio"].get<double>() == doctest::Approx(1).epsilon(0.02));
  CHECK(answer.has("conv4_3"));
  CHECK(answer.has("res1/a"));
}

TEST_CASE("bench accuracy without VGG leaves it out and says so; what is missing is a sentence") {
  const Gallery gallery;
  const Answer answer = gallery.run("bench accuracy --photo photo.png --net one.h5 --size 16 --picture-size 16");
  CHECK(answer.code == 0);
  CHECK(answer.has("layers of VGG-16 are left out"));
  CHECK_FALSE(answer.has("conv4_3"));
  CHECK(gallery.run("bench accuracy --photo photo.png --net one.h5 --gatys").code == 2);
  CHECK(gallery.run("bench accuracy --net one.h5").code == 2);
  write_weight_file(gallery.path + "/vgg.h5", narrow_vgg());
  const Answer no_style = gallery.run("bench accuracy --photo photo.png --net one.h5 --vgg vgg.h5");
  CHECK(no_style.code == 2);
  CHECK(no_style.has("--painting is missing"));
}
