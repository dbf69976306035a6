"""The conformance replay: recorded exchanges of a real Essex cloud, sent again to the lab.

What is counted: distinct exchange shapes, that is (method, path shape, status, type tree of the body). A
shape is a hit when every recorded exchange of that shape was answered in that shape.
"""
