"""The world: what translates between the model and the places where certificates live.

An adapter knows one place and the model, and decides nothing.
"""
