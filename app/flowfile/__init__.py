"""The owner's YAML in; a checked flow, or every problem with its place, out. Never runs a flow, never talks to anyone.

Map:

    check.check(folder) -> Checked(flow, problems, revision, files)     everything wrong, at once
    check.read_flow(folder) -> Flow                                     or FlowError with every problem
    live.LiveFlows                                                      the flows of a running server, changed in place
    content                                                             a folder's files as one value, for revisions
    plan.compare(before, after, waiting) -> Plan                        what a change means for customers in the middle
    problems.Problem, limits                                            a problem and its place; Messenger's numbers

    source/   bytes to a tree of nodes with places: limits, traps of YAML, includes
    parts/    nodes to the values of `app.engine.flow`, one module for each part of a bot
    rules/    one function for each thing that can be wrong, named as the rule

How to add a problem code:

1. a function in `rules/` that yields the problem, as `structure.unknown_team` does, with a stable code of its family;
2. `known.report.take(...)` where the part is read, as `parts/states.py` does with it;
3. `### F2xx` with a wrong and a right example in `flows/README.md`: `tests/flowfile/test_readme_examples.py` runs both.
"""
