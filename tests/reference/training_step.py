"""training_step.h5: steps of training a feed-forward network by VGG and the depth network: losses, gradients, and what Adam makes of them."""
import torch
import torch.nn.functional as F

from formula import np, picture, tensor
from hourglass import Hourglass
from nets import STYLE_LAYERS, NarrowVgg, gram, total_variation
from transform import Network

NET = "c9s1-4,c3s2-6,c3s2-8,R8,n2-6,n2-4,c9s1-3;padding=reflect;output=linear"
STEPS = 5


def record_training_step(file):
    """The batch is picture(1, 5) and picture(5, 3) of 16 x 16, RGB 0..255, the painting picture(3, 4) of 36 x 44. VGG sees BGR minus the
    Caffe mean, the depth network RGB / 255. Terms, each the mean over the batch: content relu2_2 (mean squared), the four styles
    (5 times the sum of squared differences of Gram / CHW), TV (1e-6 times the sum), depth (1000 times the mean squared)."""
    f64 = torch.float64
    batch = torch.stack([tensor(picture(seed, block, 16, 16), f64) for seed, block in ((1, 5), (5, 3))])
    painting = tensor(picture(3, 4, 36, 44), f64)[None]
    vgg, depth, net = NarrowVgg(f64), Hourglass(f64), Network(NET, f64, 1, True)
    mean = torch.tensor(np.float32([103.939, 116.779, 123.68]).astype(np.float64)).view(1, 3, 1, 1)
    features = lambda rgb: vgg(rgb.flip(1) - mean)
    seen = lambda rgb: depth(rgb * float(np.float32(1 / 255)))
    styles = {layer: gram(f) for layer, f in features(painting).items() if layer in STYLE_LAYERS}

    def terms_of(x):
        net.count.clear()  # layers are named anew
        y = net(x)
        found = features(y)
        content = F.mse_loss(found["relu2_2"], features(x)["relu2_2"])
        style = [5 * (gram(found[layer]) - styles[layer]).square().sum() / len(x) for layer in STYLE_LAYERS]
        return torch.stack([content, *style, 1e-6 * total_variation(y) / len(x), 1000 * F.mse_loss(seen(y), seen(x))])

    terms_of(batch)  # makes the parameters
    adam, rows = torch.optim.Adam(list(net.parameters.values()), lr=1e-3), []
    for step in range(STEPS):
        adam.zero_grad()
        terms = terms_of(batch)
        terms.sum().backward()
        if step == 0:
            for name, parameter in net.parameters.items():
                file["first_gradient/" + name.replace("/", "_")] = parameter.grad
        adam.step()
        rows.append(terms.detach())
    file["terms"] = torch.stack(rows)  # row t: after t steps
    file["conv1_weight"] = net.parameters["conv1/weight"].detach()
