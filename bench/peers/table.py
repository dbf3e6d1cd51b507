"""The table: what each did in all its runs together, beside impasto."""
import statistics

EXACT, FAST = "impasto exact", "impasto fast"
HEAD = ("who", "median s", "minimum s", "against exact", "against fast", "peak MB", "result, beside impasto exact", "runs")


def together(lines):
    """One line of several of the same work: medians of medians, minima of minima, the largest of the rest."""
    joined = dict(lines[-1])
    if "losses" in joined:
        joined["losses"] = {step: loss for line in lines for step, loss in losses_of(line).items()}
    joined["median_seconds"] = statistics.median(line["median_seconds"] for line in lines)
    joined["minimum_seconds"] = min(line["minimum_seconds"] for line in lines)
    joined["peak_memory_bytes"] = max(line["peak_memory_bytes"] for line in lines)
    joined["repeats"] = sum(line["repeats"] for line in lines)
    joined["others"] = max(line["others"] for line in lines)
    return joined


def losses_of(line):
    """Step -> the loss it began with. impasto says only its last one."""
    losses = line.get("losses", {})
    return {str(line["steps"]): losses["total"]} if "total" in losses else losses


def loss_difference(losses, ours):
    """Relative, at the first step and the last of which both are known: (step, difference) each."""
    steps = sorted(set(losses) & set(ours), key=int)
    return [(step, abs(losses[step] - ours[step]) / abs(ours[step])) for step in steps[:1] + steps[1:][-1:]]


def result_text(line, ours):
    """How a result compares with that of impasto exact."""
    if "losses" in line:
        if line is ours or "losses" not in ours:
            return ", ".join(f"loss {loss:.6g} at step {step}" for step, loss in line["losses"].items())
        return ", ".join(f"loss differs by {difference:.0e} at step {step}" for step, difference in loss_difference(line["losses"], ours["losses"]))
    if "max_difference" in line:
        psnr = "" if line["psnr"] is None else f", PSNR {line['psnr']:.1f} dB"
        return f"differs by {line['max_difference']:.0e}{psnr}"
    return ""


def ratio(line, base):
    return f"{line['median_seconds'] / base['median_seconds']:.2f}" if base else ""


def rows(lines, busy_share):
    """lines: who -> line, or the sentence why there is none."""
    figures = {who: line for who, line in lines.items() if isinstance(line, dict)}
    exact, fast = figures.get(EXACT), figures.get(FAST)
    for who, line in lines.items():
        if who not in figures:
            yield (who, "", "", "", "", "", "not available: " + line, "")
            continue
        mark = f" DISTURBED, others {line['others']:.0%}" if line["others"] > busy_share else ""
        yield (who, f"{line['median_seconds']:.4f}", f"{line['minimum_seconds']:.4f}", ratio(line, exact), ratio(line, fast),
               f"{line['peak_memory_bytes'] / 1e6:.0f}", result_text(line, exact or {}) + mark, str(line["repeats"]))


def markdown(about, works, busy_share):
    """about: lines of text. works: (title, lines) each. One table, with a row for every work's title."""
    body = [HEAD]
    for title, lines in works:
        body.append((f"**{title}**",) + ("",) * (len(HEAD) - 1))
        body += rows(lines, busy_share)
    widths = [max(len(row[i]) for row in body) for i in range(len(HEAD))]
    texts = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in body]
    texts.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(about) + "\n\n" + "\n".join(texts) + "\n"
