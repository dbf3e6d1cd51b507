"""The parts of the comparison that need no other program, on made-up numbers."""
from processes import busy_seconds, last_json, last_words, refusal, share_of_others, TICKS
from table import EXACT, FAST, loss_difference, markdown, result_text, together
from works import WORKS, peers_here, quick


def line(seconds, **more):
    return {"median_seconds": seconds, "minimum_seconds": seconds / 2, "peak_memory_bytes": 5_000_000, "repeats": 3, "others": 0.0} | more


def quiet_check():
    stat = "cpu  100 10 50 1000 7 3 2 5 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n"
    assert busy_seconds(stat) == 170 / TICKS  # neither idle nor waiting for disks
    assert share_of_others(busy=3, own=2, elapsed=5, processors=2) == 0.1
    assert share_of_others(busy=2, own=2.01, elapsed=5, processors=2) == 0
    assert refusal(0.1, 0.01) == ""
    assert "load" in refusal(1.5, 0.01) and "20%" in refusal(0.1, 0.2)


def parsing():
    assert last_json('warming up\n{"a": 1}\n{"a": 2}\nbye\n') == {"a": 2}
    assert last_json("nothing") is None
    assert last_words("Traceback\nValueError: no\n\n") == "ValueError: no"


def figures():
    joined = together([line(1.0), line(3.0, others=0.2), line(2.0, peak_memory_bytes=7_000_000)])
    assert (joined["median_seconds"], joined["minimum_seconds"]) == (2.0, 0.5)
    assert (joined["peak_memory_bytes"], joined["repeats"], joined["others"]) == (7_000_000, 9, 0.2)
    assert loss_difference({"1": 9.0, "2": 2.0, "3": 6.0}, {"2": 1.0, "3": 4.0, "4": 0.0}) == [("2", 1.0), ("3", 0.5)]
    ours = together([line(1.0, steps=3, losses={"total": 4.0, "tv": 1.0}), line(1.0, steps=4, losses={"total": 2.0})])
    assert result_text(ours, ours) == "loss 4 at step 3, loss 2 at step 4"
    theirs = line(1.0, losses={"1": 5.0, "3": 4.0, "4": 2.002})
    assert result_text(theirs, ours) == "loss differs by 0e+00 at step 3, loss differs by 1e-03 at step 4"


def table():
    lines = {EXACT: line(2.0), FAST: "no such option", "onnxruntime f32": line(5.0, max_difference=1e-5, psnr=90.0, others=0.5)}
    text = markdown(["head"], [("a work", lines)], 0.05)
    head, _, titles, _, _, exact, fast, peer = text.splitlines()
    cells = [cell.strip() for cell in peer.strip("|").split("|")]
    assert head == "head" and titles.startswith("| who")
    assert [cell.strip() for cell in exact.strip("|").split("|")][:4] == [EXACT, "2.0000", "1.0000", "1.00"]
    assert "not available: no such option" in fast
    assert cells[:5] == ["onnxruntime f32", "5.0000", "2.5000", "2.50", ""]
    assert cells[6] == "differs by 1e-05, PSNR 90.0 dB DISTURBED, others 50%"
    assert len({len(row) for row in text.splitlines()[2:]}) == 1


def works():
    assert len({work.name for work in WORKS}) == len(WORKS)
    full = WORKS[0]
    assert not any("bf16" in peer for peer in peers_here(full, ["avx2"]))
    assert "openvino bf16" in peers_here(full, ["avx2", "avx512_bf16"])
    assert peers_here(full, ["avx2"], "cuda") == ["pytorch eager", "pytorch bf16_channels_last", "pytorch bf16_compiled"]
    assert next(work for work in WORKS if work.name == "adain-512").peers == full.peers
    assert quick(full).repeats < full.repeats and quick(full).name == full.name


def run():
    for test in (quiet_check, parsing, figures, table, works):
        test()
        print(test.__name__, "passed")
