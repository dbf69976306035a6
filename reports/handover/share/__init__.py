"""A report that can be published: who and where are renamed, what happened stays.

``names`` knows what must go, ``pseudonyms`` what stands instead, ``renaming`` does it in any text, ``proof``
looks for what is left, ``sharing`` is the whole.
"""
