"""What is going on, counted; reads only, and never what people wrote."""
