#include <cstdio>

#include "engine/optimizer.h"
#include "kernels/cpu/backend.h"
#include "layers/conv2d.h"
#include "layers/gram.h"
#include "layers/instance_norm.h"
#include "layers/losses.h"
#include "loaders/picture.h"

using namespace impasto;

// Noise takes on the texture of a picture: its Gram matrix behind one random convolution.
int main(int count, char** words) {
  auto cpu = make_cpu_backend();
  Picture picture = read_picture(count > 1 ? words[1] : "painting.jpg");
  const Shape shape{1, 3, picture.height, picture.width};

  Tensor filters(*cpu, {32, 3, 3, 3}), noise(*cpu, shape, cpu->lanes_for(3));
  cpu->random_normal(1, 0, filters);
  cpu->random_uniform(2, 0, noise);
  const auto style = [&](const Variable& x) { return gram(instance_norm(conv2d(x, Variable(filters), {}, {.relu = true}), {}, {})); };

  const Tensor wanted = style(Variable(from_host(*cpu, shape, picture.rgb.data(), cpu->lanes_for(3)))).value();
  Variable x(noise, true);  // the picture itself is the parameter
  Adam adam({x}, {.rate = 0.02});
  for (int step = 0; step < 100; ++step) {
    adam.clear_grads();
    const Variable loss = sum_squared_error(style(x), wanted);
    backward(loss);
    adam.step();
    if (step % 33 == 0) std::printf("step %3d   loss %.3g\n", step, scalar(loss.value()));
  }
  picture.rgb = to_host(x.value());
  write_picture("texture.png", picture);
}
