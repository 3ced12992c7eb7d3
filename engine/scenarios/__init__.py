"""What is told, played: the lines of demo stories, done by their people at their moments.

Start with `story.py`. Lines go through the record service like everybody's deeds, with a clock of
their own; nothing is sent, and nothing here serves pages.
"""
