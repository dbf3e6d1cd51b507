// The text of feed-forward architectures, what it refuses, and the sizes and parameter counts that follow from it.
#include "nets/transform_architecture.h"

#include <doctest/doctest.h>

#include "nets/conditional.h"
#include "nets/transform.h"
#include "tests/nets/narrow_vgg.h"

using namespace impasto;
using narrow::has;
using Kind = TransformLayer::Kind;

namespace {

TransformArchitecture parsed(const std::string& text) { return transform_architecture("transform:" + text); }

std::string refused(const std::string& text) {
  return narrow::refusal<UsageError>([&] { parsed(text); });
}

int64_t parameters(const TransformArchitecture& architecture) {
  int64_t count = 0;
  for (const auto& [name, shape] : transform_parameters(architecture)) count += shape.elements();
  return count;
}

const std::string five_blocks = "R128,R128,R128,R128,R128,";

}  // namespace

TEST_CASE("every token is read as the layer it names") {
  const TransformArchitecture a = parsed("c9s2-32,d64,R64,C16,u32,f5s4-32,c7s4-8,U2,c3s2-8,n2-3");
  const std::vector<TransformLayer> wanted{{Kind::conv, 9, 2, 32},       {Kind::down, 3, 2, 64},   {Kind::residual, 3, 1, 64},
                                           {Kind::plain, 3, 1, 16},      {Kind::up, 3, 2, 32},     {Kind::full_conv, 5, 4, 32},
                                           {Kind::conv, 7, 4, 8},        {Kind::nearest, 3, 2, 0}, {Kind::conv, 3, 2, 8},
                                           {Kind::nearest_conv, 3, 2, 3}};
  CHECK(a.layers == wanted);
}

TEST_CASE("options that are not named have fast-neural-style's defaults") {
  const TransformArchitecture a = parsed("c3s1-3");
  CHECK(a.padding == TransformPadding::reflect_start);
  CHECK(a.norm == TransformNorm::instance);
  CHECK(a.eps == 1e-5);
  CHECK(a.bias);
  CHECK_FALSE(a.norm_last);
  CHECK(a.output == TransformOutput::tanh);
  CHECK(a.output_scale == 150);
  CHECK(a.output_offset == 0);
  CHECK(a.styles == 0);
  CHECK(a.text() == "transform:c3s1-3");
}

TEST_CASE("an architecture survives being written and read") {
  for (const char* text :
       {"transform:c9s1-32,d64,C64,f3s2-32,U2,c3s2-8,n1-8,c9s1-3", "transform:c3s1-3;padding=none", "transform:c3s1-3;padding=zero",
        "transform:c3s1-3;padding=reflect", "transform:c3s1-3;padding=replicate", "transform:c3s1-3;padding=same",
        "transform:c3s1-3;norm=batch;eps=0.0012345678901234567", "transform:c3s1-3;bias=no;norm-last=yes", "transform:c3s1-3;output=linear",
        "transform:c3s1-3;output=sigmoid;styles=26", "transform:c3s1-3;output=tanh:0.1", "transform:c3s1-3;output=tanh:127.5:127.5"}) {
    CAPTURE(text);
    const TransformArchitecture a = transform_architecture(text);
    CHECK(transform_architecture(a.text()) == a);
    if (!has(text, "eps")) CHECK(a.text() == text);
  }
  CHECK(parsed("c3s1-3;eps=1e-05;output=tanh:150;bias=yes").text() == "transform:c3s1-3");
}

TEST_CASE("short names are the networks they name, and take options") {
  CHECK(parsed("johnson").text() == "transform:c9s1-32,d64,d128," + five_blocks + "u64,u32,c9s1-3");
  CHECK(parsed("johnson-half;padding=zero").text() == "transform:c9s1-16,d32,d64,R64,R64,R64,R64,R64,u32,u16,c9s1-3;padding=zero");
  CHECK(parsed("pytorch-examples").text() ==
        "transform:c9s1-32,c3s2-64,c3s2-128," + five_blocks + "n2-64,n2-32,c9s1-3;padding=reflect;output=linear");
  CHECK(parsed("lengstrom").text() == "transform:c9s1-32,c3s2-64,c3s2-128," + five_blocks +
                                          "u64,u32,c9s1-3;padding=same;eps=0.001;bias=no;norm-last=yes;output=tanh:150:127.5");
}

TEST_CASE("a wrong token or option is named") {
  const auto names = [](const std::string& text, const std::string& part) {
    CAPTURE(text);
    const std::string message = refused(text);
    CAPTURE(message);
    CHECK(has(message, part));
  };
  for (const char* token :
       {"x9", "c9-32", "c0s1-8", "c9s0-8", "c12s1-8", "d", "d-4", "d+4", "d04", "R6x", "U", "U0", "n2", "f3s2", "", "c9s1-99999999999"})
    names(std::string("c9s1-4,") + token + ",c9s1-3", '"' + std::string(token) + '"');
  names("", "\"\"");
  names("c9s1-3,", "\"\"");
  names("c9s1-3;", "\"\"");
  names("c4s1-3", "\"c4s1-3\" must have an odd kernel");
  names("d0,u3", "\"d0\" must have 1 to 4096 channels");
  names("c9s1-5000,c9s1-3", "\"c9s1-5000\"");
  names("c9s1-8,R16,c9s1-3", "\"R16\" adds its input, so it must have as many channels: 8");
  names("c9s1-8", "\"c9s1-8\" gives 8 channels");
  names("d8,c9s1-3", "is 1/2 of its size");
  names("d8,d8,d8,d8,d8,d8,d8,U8,U8,U2,c3s1-3", "behind the layer \"d8\"");
  names("U9,U9,c9s9-3,c9s9-3", "behind the layer \"U9\"");
  names("c3s1-3;colour=red", "\"colour=red\" is no option");
  names("c3s1-3;padding", "padding= must be reflect-start, none, zero, reflect, replicate or same");
  names("c3s1-3;padding=mirror", "padding=mirror");
  names("c3s1-3;norm=layer", "norm=layer must be instance or batch");
  names("c3s1-3;bias=1", "bias=1 must be no or yes");
  names("c3s1-3;eps=", "eps= must be a number");
  names("c3s1-3;eps=-1", "eps");
  names("c3s1-3;eps=nan", "eps");
  names("c3s1-3;output=relu", "output=relu must be linear, tanh or sigmoid");
  names("c3s1-3;output=sigmoid:2", "output=sigmoid:2");
  names("c3s1-3;output=tanh:1:2:3", "output=tanh:1:2:3");
  names("c3s1-3;output=tanh:", "output=tanh: must be a number");
  names("c3s1-3;output=tanh:0", "output=tanh");
  names("c3s1-3;styles=2.5", "styles=2.5 must be a number");
  names("c3s1-3;styles=-1", "styles");
  names("c3s1-3;styles=2;norm=batch", "styles needs norm=instance");
  std::string long_one = "c3s1-3";
  for (int i = 0; i < 100; i++) long_one += ",c3s1-3";
  names(long_one, "1 to 100 layers");
  CHECK(has(narrow::refusal<UsageError>([] { transform_architecture("vgg16"); }), "\"vgg16\" is no feed-forward network"));
}

TEST_CASE("the published networks have their published numbers of parameters") {
  CHECK(parameters(parsed("johnson")) == 1679235);
  CHECK(parameters(parsed("lengstrom")) == 1677638);
  CHECK(parameters(conditional_architecture(1)) == 1677638);
  for (int styles : {2, 32}) CHECK(parameters(conditional_architecture(styles)) == 1677638 + (styles - 1) * 3206);
  // Batch norm keeps two more numbers a channel.
  CHECK(parameters(parsed("johnson;norm=batch")) == 1679235 + 2 * 1600);
}

TEST_CASE("parameters are listed layer by layer under the names that files use") {
  const auto all = transform_parameters(parsed("c9s1-4,d6,C6,R6,f3s2-5,U2,c3s2-4,n1-3;norm=batch;norm-last=yes"));
  std::vector<std::string> names;
  for (const auto& [name, shape] : all)
    if (name.ends_with("weight") || name.starts_with("up2")) names.push_back(name + ' ' + shape.text());
  const std::vector<std::string> wanted{"conv1/weight [4, 3, 9, 9]",     "down1/weight [6, 4, 3, 3]",    "plain1/a/weight [6, 6, 3, 3]",
                                        "plain1/b/weight [6, 6, 3, 3]",  "res1/a/weight [6, 6, 3, 3]",   "res1/b/weight [6, 6, 3, 3]",
                                        "up1/weight [6, 5, 3, 3]",       "up2/gamma [1, 5, 1, 1]",       "up2/beta [1, 5, 1, 1]",
                                        "up2/running_mean [1, 5, 1, 1]", "up2/running_var [1, 5, 1, 1]", "conv2/weight [4, 5, 3, 3]",
                                        "up3/weight [3, 4, 3, 3]"};
  CHECK(names == wanted);
  CHECK(all.back().first == "up3/running_var");
  CHECK(transform_parameters(parsed("c9s1-4,c9s1-3;styles=7"))[2] == std::pair<std::string, Shape>{"conv1/gamma", {1, 1, 7, 4}});
}

TEST_CASE("the start pad is what the blocks take from the picture") {
  CHECK(parsed("johnson").start_pad() == 40);
  CHECK(parsed("johnson").lost_border() == 40);
  CHECK(parsed("johnson;padding=none").start_pad() == 0);
  CHECK(parsed("johnson;padding=none").lost_border() == 40);
  CHECK(parsed("johnson;padding=reflect").lost_border() == 0);
  CHECK(parsed("d8,R8,C8,u8,R8,c3s1-3").start_pad() == 4 + 4 + 2);
  CHECK(parsed("c3s1-8,c3s1-3").start_pad() == 0);
}

TEST_CASE("sizes") {
  using Size = std::pair<int, int>;
  const TransformArchitecture johnson = parsed("johnson");
  CHECK(johnson.multiple() == 4);
  CHECK(johnson.least_side() == 44);
  CHECK(johnson.output_size(256 + 80, 300 + 80) == Size{256, 300});
  CHECK(johnson.output_size(257 + 80, 256 + 80) == Size{260, 256});
  CHECK(parsed("johnson;padding=none").least_side() == 84);
  CHECK(parsed("johnson;padding=zero").least_side() == 4);
  CHECK(parsed("johnson;padding=reflect").least_side() == 8);
  CHECK(parsed("johnson;padding=same").output_size(1, 5) == Size{4, 8});
  CHECK(parsed("c9s3-4,U3,c3s2-4,U2,c3s1-3").multiple() == 6);
  CHECK(parsed("U4,c3s4-3").multiple() == 1);
  CHECK(has(narrow::refusal<ShapeError>([&] { johnson.output_size(20, 300); }), "300x20 pixels is too small"));
}
