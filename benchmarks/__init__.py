"""What is measured, how, and the peers. Never imported by the product and never asserted in tests."""
