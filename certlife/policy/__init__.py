"""What is right: pure judgements about one Certificate at one instant, with their evidence.

Nothing here acts, and nothing here knows how an action is carried out or stored.
"""
