"""The picture of the reference workload: who imports how many actors per second."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cases import Measured
from benchmarks.reference import OURS

_COLOURS = {"sqlite": "#3d6bb3", "postgresql": "#2f8f83", "mariadb": "#b3703d"}
_HEIGHT = 0.8


def draw(path: Path, measured: Measured) -> None:
    """Bars on a logarithmic scale, as SVG."""
    import matplotlib  # an extra of its own, slow to load

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "bench", "font.family": "sans-serif", "svg.fonttype": "none"})
    from matplotlib import pyplot

    sides = list(dict.fromkeys(side for database in measured.databases for side in measured.sides(database)))
    figure, axes = pyplot.subplots(figsize=(9, 0.5 + 0.55 * len(sides)), layout="constrained")
    thick = _HEIGHT / max(1, len(measured.databases))
    for at, database in enumerate(measured.databases):
        own = [(place, side) for place, side in enumerate(sides) if measured.has(database, side)]
        speeds = [measured.median(database, side, "actors_per_second") for _, side in own]
        places = [place + (at + 0.5) * thick - _HEIGHT / 2 for place, _ in own]
        drawn = axes.barh(places, speeds, thick, label=database, color=_COLOURS[database])
        axes.bar_label(drawn, [f"{speed:,.0f}" for speed in speeds], padding=3, fontsize=8)
    axes.set(xscale="log", xlabel="actors per second (logarithmic)")
    axes.set_yticks(range(len(sides)), sides)
    axes.get_yticklabels()[sides.index(OURS)].set_fontweight("bold")
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None})
