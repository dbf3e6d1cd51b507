"""training_step.h5: steps of training a feed-forward network by VGG and the depth network: losses, gradients, and what Adam makes of them."""
import torch
import torch.nn.functional as F

from formula import np, picture, tensor
from hourglass import Hourglass
from nets import STYLE_LAYERS, NarrowVgg, gram, total_variation
from transform import Network

NET = "c9s1-4,c3s2-6,c3s2-8,R8,n2-6,n2-4,c9s1-3;padding=reflect;output=linear"
STEPS = 5
RUN_STEPS = 60


class Judged:
    """The network and what it is judged by, from the same parameters each time. VGG sees BGR minus the Caffe mean, the depth network
    RGB / 255; the painting is picture(3, 4) of 36 x 44."""

    def __init__(self, dtype, depth_weight):
        self.vgg, self.depth_weight, self.net = NarrowVgg(dtype), depth_weight, Network(NET, dtype, 1, True)
        self.depth = Hourglass(dtype) if depth_weight else None
        self.mean = torch.tensor(np.float32([103.939, 116.779, 123.68]).astype(np.float64), dtype=dtype).view(1, 3, 1, 1)
        painting = self.features(tensor(picture(3, 4, 36, 44), dtype)[None])
        self.styles = {layer: gram(f) for layer, f in painting.items() if layer in STYLE_LAYERS}

    def features(self, rgb):
        return self.vgg(rgb.flip(1) - self.mean)

    def terms_of(self, x):
        """Each the mean over the batch: content relu2_2 (mean squared), the four styles (5 times the sum of squared differences of
        Gram / CHW), TV (1e-6 times the sum), depth (1000 times the mean squared)."""
        self.net.count.clear()  # layers are named anew
        y = self.net(x)
        found = self.features(y)
        content = F.mse_loss(found["relu2_2"], self.features(x)["relu2_2"])
        style = [5 * (gram(found[layer]) - self.styles[layer]).square().sum() / len(x) for layer in STYLE_LAYERS]
        terms = [content, *style, 1e-6 * total_variation(y) / len(x)]
        if self.depth:
            seen = lambda rgb: self.depth(rgb * float(np.float32(1 / 255)))
            terms.append(self.depth_weight * F.mse_loss(seen(y), seen(x)))
        return torch.stack(terms)


def pictures(seeds, dtype):
    """A batch of picture(seed, block) of 16 x 16, RGB 0..255."""
    return torch.stack([tensor(picture(seed, block, 16, 16), dtype) for seed, block in seeds])


def steps(judged, batches):
    """The terms before each step of Adam, lr 1e-3; judged.net then holds the last step's parameters and gradients."""
    judged.terms_of(batches[0])  # makes the parameters
    adam = torch.optim.Adam(list(judged.net.parameters.values()), lr=1e-3)
    for batch in batches:
        adam.zero_grad()
        terms = judged.terms_of(batch)
        terms.sum().backward()
        yield terms.detach(), adam


def record_training_step(file):
    """The same batch at every step, picture(1, 5) and picture(5, 3); with depth."""
    batch = pictures(((1, 5), (5, 3)), torch.float64)
    judged, rows = Judged(torch.float64, 1000), []
    for terms, adam in steps(judged, [batch] * STEPS):
        if not rows:
            for name, parameter in judged.net.parameters.items():
                file["first_gradient/" + name.replace("/", "_")] = parameter.grad
        adam.step()
        rows.append(terms)
    file["terms"] = torch.stack(rows)  # row t: after t steps
    file["conv1_weight"] = judged.net.parameters["conv1/weight"].detach()


def record_training_run(file):
    """A batch of its own for each step, picture(10 + 2 t, 5) and picture(11 + 2 t, 3); without depth; in f64 and in f32."""
    for name, dtype in (("f64", torch.float64), ("f32", torch.float32)):
        rows = []
        for terms, adam in steps(Judged(dtype, 0), [pictures(((10 + 2 * t, 5), (11 + 2 * t, 3)), dtype) for t in range(RUN_STEPS)]):
            adam.step()
            rows.append(terms)
        file[name + "/terms"] = torch.stack(rows)
