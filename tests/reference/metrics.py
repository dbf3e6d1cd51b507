"""Records metrics.h5 beside this script: what scikit-image, SciPy, NumPy and PyTorch make of the figures by which pictures are compared.

    python tests/reference/metrics.py

Pictures are those of formula.py / 255: a = picture(1, 5, 40, 48), b = picture(3, 4, 40, 48) and near = 0.7 a + 0.3 b, in f32.
"""
from pathlib import Path

import h5py
import numpy as np
import scipy.linalg
import scipy.ndimage as ndimage
import skimage
import torch
from skimage.color import rgb2lab
from skimage.metrics import structural_similarity

from formula import picture
from nets import STYLE_LAYERS, GatysLoss, gram

WEIGHTS = np.array([0.299, 0.587, 0.114])


def luminance(rgb):
    return np.tensordot(WEIGHTS, rgb.astype(np.float64), 1)


def ssim(x, y):
    return structural_similarity(luminance(x), luminance(y), gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1.0)


def saliency(rgb):
    spectrum = np.fft.fft2(luminance(rgb))
    logs = np.log(np.abs(spectrum))
    residual = logs - ndimage.uniform_filter(logs, 3, mode="nearest")
    power = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    smooth = ndimage.gaussian_filter(power, 2.5, mode="nearest", radius=8)
    return (smooth - smooth.min()) / np.ptp(smooth)


def colours(rgb):
    lab = rgb2lab(rgb.astype(np.float64), channel_axis=0).reshape(3, -1)
    return lab.mean(1), np.cov(lab, bias=True)


def colour_distance(x, y):
    (mx, cx), (my, cy) = colours(x), colours(y)
    root = scipy.linalg.sqrtm(cx)
    return np.sqrt(((mx - my) ** 2).sum() + np.trace(cx + cy - 2 * np.real(scipy.linalg.sqrtm(root @ cy @ root))))


def edges(rgb):
    """A map with few edges: what is brighter than most."""
    return np.clip(2.5 * (luminance(rgb) - 0.6), 0, 1)


def edge_score(photo, result, threshold=0.5, tolerance=2):
    """Tries every threshold by itself."""
    near = np.ones((2 * tolerance + 1,) * 2)
    truth, best = photo >= threshold, (0, 0, 0, 0.01)
    for k in range(1, 100):
        found = result >= k / 100 - 1e-6
        if not (found & ndimage.binary_dilation(truth, near)).any():
            continue
        precision = (found & ndimage.binary_dilation(truth, near)).sum() / found.sum()
        recall = (truth & ndimage.binary_dilation(found, near)).sum() / truth.sum()
        best = max(best, (2 * precision * recall / (precision + recall), precision, recall, k / 100), key=lambda score: score[0])
    return best


def depth_order(photo, result, least=0.02):
    """Of all pairs."""
    p, r = photo.reshape(-1), result.reshape(-1)
    in_photo, in_result = p[:, None] - p, r[:, None] - r
    apart = np.abs(in_photo) > least * np.ptp(p)
    return (in_photo * in_result > 0)[apart].mean()


def min_max(x):
    return (x - x.min()) / np.ptp(x)


def feature_distances(result, photo, painting):
    loss = GatysLoss(torch.float64)
    result, photo, painting = (loss.features(torch.from_numpy(255 * x.astype(np.float64))[None]) for x in (result, photo, painting))
    content = (result["relu2_2"] - photo["relu2_2"]).square().mean()
    layers = [(gram(result[layer]) - gram(painting[layer])).square().sum() / gram(painting[layer]).square().sum() for layer in STYLE_LAYERS]
    return content.item(), torch.stack(layers).mean().item()


def main():
    a, b = (picture(seed, block, 40, 48) / np.float32(255) for seed, block in ((1, 5), (3, 4)))
    near = np.float32(0.7) * a + np.float32(0.3) * b
    path = Path(__file__).parent / "metrics.h5"
    with h5py.File(path, "w", libver=("v108", "v108")) as file:
        file.attrs["made_by"] = np.bytes_(f"metrics.py, scikit-image {skimage.__version__}, numpy {np.__version__}, torch {torch.__version__}")
        file["ssim"] = [ssim(a, b), ssim(a, near)]
        file["saliency"] = saliency(picture(1, 5, 64, 64) / np.float32(255)).astype(np.float32)
        file["colour_mean"], file["colour_covariance"] = colours(a)
        file["colour_distance"] = [colour_distance(a, b), colour_distance(a, 0.25 * b)]
        file["edge_score"] = [edge_score(edges(a), edges(b)), edge_score(edges(a), edges(near))]
        file["depth_error"] = ((min_max(luminance(a)) - min_max(luminance(near))) ** 2).mean()
        file["depth_order"] = [depth_order(luminance(a), luminance(b)), depth_order(luminance(a), luminance(near))]
        file["correlation"] = np.corrcoef(luminance(a).reshape(-1), luminance(near).reshape(-1))[0, 1]
        file["features"] = feature_distances(near, a, picture(3, 4, 36, 44) / np.float32(255))
        for name in file:
            print(name, file[name][()] if file[name].size < 20 else file[name].shape)


if __name__ == "__main__":
    main()
