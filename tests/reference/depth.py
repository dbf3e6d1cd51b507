"""depth_loss.h5: what a map z of log depth costs against depth with holes and a sky, in f64: the three terms and their gradients by z."""
import torch
import torch.nn.functional as F

from formula import tensor, value

SHAPE = (2, 1, 24, 32)


def depth_of_formula():
    """exp(2 v) of value seed 31; what value seed 32 puts below -0.6 is unknown, what it puts above 0.7 is sky."""
    place = tensor(value(SHAPE, 32), torch.float32)
    depth = torch.exp(2 * tensor(value(SHAPE, 31), torch.float32))
    return torch.where(place < -0.6, 0, torch.where(place > 0.7, 5000, depth)).double()


def logarithm(depth):
    """Of depth over its median without the sky, within a factor of 12; the upper one of two medians."""
    land = depth[(depth > 0) & (depth < 1000 * depth[depth > 0].min())]
    usual = land.sort().values[len(land) // 2]
    return torch.where(depth > 0, (depth / usual).clamp_min(1e-9).log().clamp(-2.485, 2.485), 0)


def terms(z, depth, sharpness=3):
    known = (depth > 0).double()
    target = torch.stack([logarithm(image) for image in depth])
    count = known.sum((1, 2, 3), keepdim=True)
    d = (z - target) * known
    d = (d - d.sum((1, 2, 3), keepdim=True) / count) * known
    log = (d.square().sum((1, 2, 3), keepdim=True) / count).mean()
    gradient = 0
    for scale in range(4):
        if scale > 0:
            d = F.avg_pool2d(d, 2)
        gradient = gradient + ((d[..., 1:] - d[..., :-1]).abs().sum() + (d[..., 1:, :] - d[..., :-1, :]).abs().sum()) / d.numel()
    # Pairs (5 k + n) and (7 k + 3) of image n, k < 300, of known pixels; those within 2 % are as far.
    rank, flat, far = 0, sharpness * z.flatten(1), depth.flatten(1)
    for n in range(len(z)):
        k = torch.arange(300)
        a, b = (5 * k + n) % far.shape[1], (7 * k + 3) % far.shape[1]
        both = (far[n, a] > 0) & (far[n, b] > 0)
        a, b = a[both], b[both]
        relation = (far[n, a] > 1.02 * far[n, b]).double() - (far[n, b] > 1.02 * far[n, a]).double()
        difference = flat[n, a] - flat[n, b]
        rank = rank + torch.where(relation == 0, difference.square(), F.softplus(-relation * difference)).sum()
    return {"rank": rank / (300 * len(z)), "log": log, "gradient": gradient}


def record_depth_loss(file):
    depth = depth_of_formula()
    for name in ("rank", "log", "gradient"):
        z = tensor(value(SHAPE, 33), torch.float64).requires_grad_()
        loss = terms(z, depth)[name]
        loss.backward()
        file[f"{name}/loss"], file[f"{name}/dz"] = loss.detach(), z.grad
