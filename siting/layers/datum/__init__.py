"""Say where coordinates are: which CRS, which datum, and how sure that is.

`detective.investigate` is the way in, from `verdict.Claims` to `verdict.Verdict`:

- what is said: `crs` (declarations, and those that are refused), `reading` (orders, and what the
  numbers alone tell), `rows` (single records that cannot be what the rest of their file is)
- what may be meant: `hypotheses`, by the `formulas` of GCJ-02 and BD-09
- what speaks for it: `surroundings` (outlines, roads, buildings, places), `names`, `evidence`
- what follows: `judge` (shares), `doubts`, `decide` (which, or a question), `settle` (every row)
"""
