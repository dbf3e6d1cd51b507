// What may stand behind --style, taken apart and looked up.
#include "tools/style_choice.h"

#include <doctest/doctest.h>

#include "engine/error.h"

using namespace impasto;

namespace {

StyleText parse(const std::string& text) {
  return parse_style(text, [](const std::string& name) { return name == "mine" || name == "wave"; });
}

// "net | style weight | style weight"
std::string apart(const std::string& text) {
  const StyleText style = parse(text);
  std::string out = style.net;
  for (const auto& choice : style.choices)
    out += " | " + choice.style + (choice.weight ? ' ' + std::to_string(*choice.weight).substr(0, 4) : "");
  return out;
}

template <class Call>
std::string refusal(Call&& call) {
  try {
    call();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "not refused";
}

const std::vector<WeightFile::Style> three{{"la muse", ""}, {"Scream", ""}, {"rain-princess", ""}};

ChosenStyle choose(const std::string& text) { return choose_style(parse(text), 3, three); }

}  // namespace

TEST_CASE("a style is taken apart into network, choices and weights") {
  CHECK(apart("scream") == "styles26 | scream");
  CHECK(apart("7") == "styles26 | 7");
  CHECK(apart("styles26:7") == "styles26 | 7");
  CHECK(apart("styles26") == "styles26");
  CHECK(apart("mine") == "mine");
  CHECK(apart("mine:scream") == "mine | scream");
  CHECK(apart("mine,7") == "styles26 | mine | 7");
  CHECK(apart("scream:0.5,7:2") == "styles26 | scream 0.50 | 7 2.00");
  CHECK(apart("7:0.5,mine:0.5") == "styles26 | 7 0.50 | mine 0.50");
  CHECK(apart("mine:7:0.5,8:1e0") == "mine | 7 0.50 | 8 1.00");
  CHECK(apart("a b/NET.H5") == "a b/NET.H5");
  CHECK(apart("net.h5:3") == "net.h5 | 3");
  CHECK(apart("x:y,z/net.onnx:3:.5,7:.5") == "x:y,z/net.onnx | 3 0.50 | 7 0.50");
  CHECK(apart("candy.t7:1") == "candy.t7 | 1");
  CHECK(apart("mosaic.pth") == "mosaic.pth");
  CHECK(apart("net.h5.safetensors:la muse") == "net.h5.safetensors | la muse");
  CHECK(apart("net.h5:net.h5") == "net.h5 | net.h5");
}

TEST_CASE("what is written wrongly is refused by name") {
  for (const std::string text : {"", ",", "7,", ",7", "mine:", "mine:7,", "net.h5:", ":0.5,7:0.5"})
    CHECK(refusal([&] { parse(text); }).find("names no style") != std::string::npos);
  for (const std::string weight : {"", "x", "-1", "nan", "inf", "0.5x", "1:2"})
    CHECK(refusal([&] { parse("7:" + weight + ",8:1"); }).find(" is no weight") != std::string::npos);
  CHECK(refusal([] { parse("7:0.5,8"); }).find("some styles a weight and others none") != std::string::npos);
  CHECK(refusal([] { parse("scream:0.5"); }).find("--strength") != std::string::npos);
  CHECK(refusal([] { parse("net.h5:3:0.5,net.h5:7:0.5"); }).find("\"7:0.5\" in \"net.h5:7:0.5\" is no weight") != std::string::npos);
}

TEST_CASE("choices become one weight a style, of sum 1") {
  CHECK(choose("2").blend == std::vector<double>{0, 0, 1});
  CHECK(choose("SCREAM").blend == std::vector<double>{0, 1, 0});
  CHECK(choose("LA_muse").blend == std::vector<double>{1, 0, 0});
  CHECK(choose("Rain Princess:3,0:1").blend == std::vector<double>{0.25, 0, 0.75});
  CHECK(choose("0,1").blend == std::vector<double>{0.5, 0.5, 0});
  CHECK(choose("scream").label == "1 Scream");
  CHECK(choose("0,1").label == "0,1");
  const ChosenStyle blend = choose("2:3,0:1");
  CHECK(blend.parts[0].name == "rain-princess");
  CHECK(blend.parts[0].weight == 0.75);
  CHECK(blend.parts[1].number == 0);
  CHECK(choose_style(parse("net.h5:1"), 2, {}).label == "1");
}

TEST_CASE("what the network does not hold is refused with what it holds") {
  const auto refused = [](const std::string& text) { return refusal([&] { choose(text); }); };
  CHECK(refused("screem") == "--style: styles26 has no style \"screem\"; did you mean Scream?");
  CHECK(refused("princess") == "--style: styles26 has no style \"princess\"; did you mean rain-princess?");
  CHECK(refused("mine:starry") == "--style: mine has no style \"starry\"; there are 0 la muse, 1 Scream, 2 rain-princess");
  CHECK(refused("3") == "--style: styles26 has no style 3; its styles have the numbers 0 to 2");
  CHECK(refused("-1").find("numbers 0 to 2") != std::string::npos);
  CHECK(refused("99999999999999").find("numbers 0 to 2") != std::string::npos);
  CHECK(refused("0:0,1:0").find("every style the weight 0") != std::string::npos);
  CHECK(refused("scream,1").find("names style 1 twice") != std::string::npos);
  CHECK(refused("styles26").find("holds 3 styles: choose one") != std::string::npos);
  CHECK(refusal([] { choose_style(parse("net.h5:x"), 2, {}); }).find("only numbers from 0 to 1") != std::string::npos);
}

TEST_CASE("a network of one style is chosen by its name alone") {
  CHECK(choose_style(parse("dir/net.h5"), 0, {}).blend.empty());
  CHECK(choose_style(parse("dir/net.h5"), 0, {}).label == "net");
  CHECK(choose_style(parse("net.h5"), 1, {{"wave", ""}}).blend == std::vector<double>{1});
  CHECK(choose_style(parse("net.h5"), 1, {{"wave", ""}}).label == "wave");
  for (const int count : {0, 1})
    CHECK(refusal([&] { choose_style(parse("net.h5:0"), count, {}); }).find("holds one style only") != std::string::npos);
}
