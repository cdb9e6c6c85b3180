"""What can be wrong: one function for each rule, named as the rule, giving the problems it finds. Never changes anything."""
