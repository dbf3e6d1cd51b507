"""vgg_features.h5, gatys_steps.h5 and masked_style.h5: a VGG-16 of reduced width, its features, losses and three optimisers."""
import numpy as np
import torch
import torch.nn.functional as F

from formula import bias, picture, tensor, value, weight

STYLE_LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu4_3")


class NarrowVgg:
    """VGG-16 to relu4_3 with widths 8, 16, 24, 32. Convolution l (0..9) has weight seed 100 + l and bias seed 200 + l."""

    def __init__(self, dtype):
        self.convs, channels = {}, 3
        for block, (width, depth) in enumerate([(8, 2), (16, 2), (24, 3), (32, 3)], 1):
            for n in range(1, depth + 1):
                l = len(self.convs)
                self.convs[f"{block}_{n}"] = (tensor(weight((width, channels, 3, 3), 100 + l), dtype),
                                              tensor(bias((width,), 200 + l), dtype))
                channels = width

    def __call__(self, x):
        features = {}
        for name, (w, b) in self.convs.items():
            if name.endswith("_1") and name != "1_1":
                x = F.max_pool2d(x, 2)
            x = features["relu" + name] = F.relu(F.conv2d(x, w, b, padding=1))
        return features


def gram(x):
    n, c, h, w = x.shape
    f = x.reshape(n, c, h * w)
    return f @ f.transpose(1, 2) / (c * h * w)


def total_variation(x):
    return (x[..., 1:] - x[..., :-1]).square().sum() + (x[..., 1:, :] - x[..., :-1, :]).square().sum()


def record_vgg_features(file):
    """x = value seed 1, content = value seed 2, both [2, 3, 37, 45], fed as they are.
    loss = sum over the style layers of mean(gram(relu)^2)  +  mean((relu2_2(x) - relu2_2(content))^2)"""
    for name, dtype in (("f64", torch.float64), ("f32", torch.float32)):
        vgg = NarrowVgg(dtype)
        x = tensor(value((2, 3, 37, 45), 1), dtype).requires_grad_()
        content = tensor(value((2, 3, 37, 45), 2), dtype)
        features = vgg(x)
        terms = [gram(features[layer]).square().mean() for layer in STYLE_LAYERS]
        terms.append(F.mse_loss(features["relu2_2"], vgg(content)["relu2_2"]))
        sum(terms).backward()
        group = file.create_group(name)
        group["loss_terms"] = torch.stack(terms).detach()
        group["loss"] = sum(terms).detach()
        group["dx"] = x.grad
        for layer in STYLE_LAYERS:
            y = features[layer].detach()
            group[f"{layer}_sum"] = y.sum((2, 3))
            group[f"{layer}_norm"] = y.square().sum((2, 3)).sqrt()
            if layer in ("relu1_2", "relu2_2"):  # too large to store whole
                group[f"{layer}_top_left"] = y[..., :6, :6].contiguous()
                group[f"{layer}_bottom_right"] = y[..., -6:, -6:].contiguous()
            elif layer == "relu4_3" or name == "f64":
                group[layer] = y


class GatysLoss:
    """Weighted terms: content relu2_2 (mean squared, weight 1), the four styles (sum of squared differences of Gram / CHW,
    weight 5), TV (sum of squared forward differences, weight 1e-6). Loss network input: BGR minus the Caffe mean."""

    def __init__(self, dtype):
        self.vgg = NarrowVgg(dtype)
        self.mean = torch.tensor([103.939, 116.779, 123.68], dtype=dtype).view(1, 3, 1, 1)
        self.photo = tensor(picture(1, 5, 40, 48), dtype)[None]
        painting = tensor(picture(3, 4, 36, 44), dtype)[None]
        self.content = self.features(self.photo)["relu2_2"]
        self.styles = {layer: gram(self.features(painting)[layer]) for layer in STYLE_LAYERS}

    def features(self, rgb):
        return self.vgg(rgb.flip(1) - self.mean)

    def terms(self, x):
        features = self.features(x)
        content = F.mse_loss(features["relu2_2"], self.content)
        styles = [5 * (gram(features[layer]) - self.styles[layer]).square().sum() for layer in STYLE_LAYERS]
        return torch.stack([content, *styles, 1e-6 * total_variation(x)])

    def terms_and_gradient(self, x):
        x = x.detach().requires_grad_()
        terms = self.terms(x)
        terms.sum().backward()
        return terms.detach(), x.grad


def record_adam(loss, results, name, lr):
    x = loss.photo.clone().requires_grad_()
    adam, rows = torch.optim.Adam([x], lr=lr), []
    for step in range(20):
        adam.zero_grad()
        terms = loss.terms(x)
        terms.sum().backward()
        adam.step()
        rows.append(terms.detach())
    rows.append(loss.terms(x).detach())  # row t: the terms at the start of step t; the last row: of the final picture
    results[name + "_terms"] = torch.stack(rows)
    results[name + "_picture"] = x.detach()


def record_lbfgs(loss, results):
    x, rows = loss.photo.clone().requires_grad_(), []
    lbfgs = torch.optim.LBFGS([x], lr=1, history_size=10, line_search_fn="strong_wolfe", max_iter=20)

    def closure():
        lbfgs.zero_grad()
        terms = loss.terms(x)
        terms.sum().backward()
        rows.append(terms.sum().item())
        return terms.sum()

    lbfgs.step(closure)
    results["lbfgs_loss"] = torch.tensor(rows, dtype=x.dtype)  # one a closure evaluation, line searches included
    results["lbfgs_picture"] = x.detach()


def record_lbfgs_torch7(loss, results, steps=20, history=100):
    """torch/optim lbfgs.lua without line search: one evaluation an iteration, step 1 but for the first."""
    x, pairs, diagonal, rows = loss.photo.clone(), [], 1.0, []
    terms, g = loss.terms_and_gradient(x)
    for step in range(steps):
        rows.append(terms.sum())
        if step > 0:
            y, s = g - g_old, d * t
            if (y * s).sum() > 1e-10:
                pairs = (pairs + [(y, s)])[-history:]
                diagonal = (y * s).sum() / (y * y).sum()
        q, alphas = -g, []
        for y, s in reversed(pairs):
            alphas.append((s * q).sum() / (y * s).sum())
            q = q - alphas[-1] * y
        d = q * diagonal
        for y, s in pairs:
            d = d + s * (alphas.pop() - (y * d).sum() / (y * s).sum())
        t = 1.0 if step > 0 else min(1.0, 1.0 / g.abs().sum().item())
        x, g_old = x + t * d, g
        terms, g = loss.terms_and_gradient(x)
    results["lbfgs_torch7_loss"] = torch.stack(rows + [terms.sum()])  # the last one is of the final picture
    results["lbfgs_torch7_picture"] = x


def record_gatys_steps(file):
    """Picture [1, 3, 40, 48] = picture(1, 5) to begin with; it is the content too. Style: picture(3, 4) of 36 x 44.
    At lr 3 rounding errors grow from step 5 on: the f32 and f64 pictures end 4 grey levels apart. At lr 1 they
    stay within 0.0002, so that is the run to hold f32 code against."""
    exact = {}
    for name, dtype in (("f64", torch.float64), ("f32", torch.float32)):
        loss, results, group = GatysLoss(dtype), {}, file.create_group(name)
        results["first_gradient"] = loss.terms_and_gradient(loss.photo)[1]
        record_adam(loss, results, "adam_lr3", 3)
        record_adam(loss, results, "adam_lr1", 1)
        record_lbfgs(loss, results)
        record_lbfgs_torch7(loss, results)
        for key, result in results.items():
            if name == "f64" or result.dim() < 4:
                group[key] = result
            else:  # pictures in f32: only how far they are from the f64 ones, a yardstick for tolerances
                group[key + "_max_error"] = (result - exact[key]).abs().max()
        exact = results


def mask(seed, dtype):
    """floor(4 (value + 1)) / 8: eighths from 0 to 7/8, of the photo's size; the averages down to relu4 are exact in f32."""
    return tensor(np.floor((value((1, 1, 40, 48), seed) + np.float32(1)) * np.float32(4)) / np.float32(8), dtype)


def at_layer(m, layer):
    for _ in range(int(layer[4]) - 1):
        m = F.avg_pool2d(m, 2)
    return m


def record_masked_style(file):
    """The terms and gradient of GatysLoss at picture(7, 3), with masks: on the photo that of seed 33, and two paintings with a
    style term each, picture(3, 4) of 36 x 44 behind the mask of seed 31 and picture(5, 4) of 32 x 36 behind that of seed 32,
    blended 3 : 1, so that their weights are 1.5 and 0.5 of 5."""
    exact = None
    for name, dtype in (("f64", torch.float64), ("f32", torch.float32)):
        loss, group = GatysLoss(dtype), file.create_group(name)
        paintings = [tensor(picture(3, 4, 36, 44), dtype)[None], tensor(picture(5, 4, 32, 36), dtype)[None]]
        targets = [{layer: gram(f) for layer, f in loss.features(p).items()} for p in paintings]
        x = tensor(picture(7, 3, 40, 48), dtype)[None].requires_grad_()
        features = loss.features(x)
        content = (at_layer(mask(33, dtype), "relu2_2") * (features["relu2_2"] - loss.content)).square().mean()
        terms = [content]
        for layer in STYLE_LAYERS:
            for k, share in enumerate((1.5, 0.5)):
                m = at_layer(mask(31 + k, dtype), layer)
                g = gram(features[layer] * m) / m.square().mean()
                terms.append(5 * share * (g - targets[k][layer]).square().sum())
        terms.append(1e-6 * total_variation(x))
        sum(terms).backward()
        group["terms"] = torch.stack(terms).detach()
        if name == "f64":
            group["gradient"] = exact = x.grad
        else:
            group["gradient_max_error"] = (x.grad - exact).abs().max()
