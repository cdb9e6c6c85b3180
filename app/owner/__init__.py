"""The owner runs the shop: who is in the team, what was done. Rooms with pages; they change nothing by themselves."""
