"""The hands: claims customers, takes their turns, sends what came of it. Knows `Channel`, not Messenger."""
