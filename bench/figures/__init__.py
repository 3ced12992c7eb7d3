"""Figures that have no rival: what checking, rules, memory, starting and applying cost."""
