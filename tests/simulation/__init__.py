"""The real intake, worker and store in virtual time, in a world that is hostile by seed. A failing seed replays exactly.

python -m tests.simulation --seeds 100       the product as it is, in every kind of world
python -m tests.simulation --seed 17 -v      one seed again, with its trace
python -m tests.simulation --bugs            every planted bug, until it is found
"""
