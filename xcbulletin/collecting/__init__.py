"""From sources to suggestions, a room for each stage of an item's way.

`following` (which sources) → `fetching` (asked) → `reading` (entries) → `inbox` (kept) → `stories` (the same once) →
`classifying` (whose) → `suggesting` (shown, picked). `collect` is one round of the first half; `items` holds the words.
"""
