"""What can be learnt from questions that customers asked: proposals for the FAQ, what each would change, and how it is written."""
