"""What leaves the house: a ticket for one cause, a page to sign, a report that names nobody.

Made of a report and, for a ticket's bundle, of the run's own files; nothing is judged anew.
"""
