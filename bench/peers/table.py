"""The table: what each did in all its runs together, beside impasto."""
import statistics

EXACT, FAST = "impasto exact", "impasto fast"
HEAD = ("who", "median s", "minimum s", "against exact", "against fast", "peak MB", "result, beside impasto exact", "runs")


def together(lines):
    """One line of several of the same work: medians of medians, minima of minima, the largest of the rest."""
    joined = dict(lines[-1])
    joined["median_seconds"] = statistics.median(line["median_seconds"] for line in lines)
    joined["minimum_seconds"] = min(line["minimum_seconds"] for line in lines)
    joined["peak_memory_bytes"] = max(line["peak_memory_bytes"] for line in lines)
    joined["repeats"] = sum(line["repeats"] for line in lines)
    joined["others"] = max(line["others"] for line in lines)
    return joined


def loss_difference(losses, ours):
    """Relative, of the first step's loss and of the last that both have."""
    last = min(len(losses), len(ours)) - 1
    return [abs(losses[i] - ours[i]) / abs(ours[i]) for i in (0, last)]


def result_text(line, ours):
    """How a result compares with that of impasto exact."""
    if "losses" in line:
        if line is ours or "losses" not in ours:
            return f"loss {line['losses'][0]:.6g}, then {line['losses'][-1]:.6g}"
        first, last = loss_difference(line["losses"], ours["losses"])
        return f"loss differs by {first:.0e}, then {last:.0e}"
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
