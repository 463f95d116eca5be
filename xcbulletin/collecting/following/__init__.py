"""The sources followed: the list that editors keep, added to, taken in and given out."""
