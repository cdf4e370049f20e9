"""Rules that bind several people at once.

``rules`` says what they are, ``choice`` and ``building`` which of them a network holds. For the others
``program`` puts them beside the open flows as rows of numbers, ``relaxation`` and ``model`` are the
two solvers of such a program, ``bounds`` proves by whole numbers alone what no round can beat,
``descent`` brings one level down and ``search`` decides level after level.
"""
