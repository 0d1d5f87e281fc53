"""The charts, described once: what is drawn where, in words and numbers. Painters only draw.

A chart is JSON: `headline` (the finding), `subtitle` (unit, sample, interval), `alt` (the same
in words), axes `x` and `y`, `bands`, `rules`, `lines`, `points`, `labels` for three canvases
(`wide`, `narrow`, `print`), a `legend`, a `note`, and `columns` with `rows`, the numbers as a
table. `plotly` paints it for the page, `typst/charts.typ` for the PDF.
"""

from .change import quality_change
from .cost import quality_against_cost
from .latency import latency
from .running_cost import running_cost

__all__ = ["latency", "quality_against_cost", "quality_change", "running_cost"]
