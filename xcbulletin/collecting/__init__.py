"""From sources to suggestions: fetch, read, fold what is the same, classify, rank.

`items` holds the words of this room; what decides is pure; `fetching`, `inbox` and `stories` touch the world.
"""
