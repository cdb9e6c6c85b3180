"""An owner's tests in trouble: the real intake, store and worker with a Messenger that misbehaves, in time that costs nothing.
Never speaks to a network, never touches the database of the installation.

time.py        an event loop whose time jumps, and a clock that stands still until it is moved
messenger.py   the channel: what reaches the customer, and what the bot gets to hear of it
process.py     intake and worker of one process, until it is killed
house.py       one customer with all of these around: a scene for a conversation
replays.py     each kind of trouble, and a conversation replayed in it
"""
