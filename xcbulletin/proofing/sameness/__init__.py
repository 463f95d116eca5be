"""The words that were signed against the text of an output: is each sentence there, once, in its place, as it was?

What typesetting may change does not count: blanks beside Chinese, line breaks, invisible marks, a hyphen at a line's
end. What an output adds around the words does not count either, unless it stands in the middle of them: labels, numbers,
dates, contents. Tables may pass paragraphs, as printers do it; captions, notes and sources may stand elsewhere in their
article.
"""
