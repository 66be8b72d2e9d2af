"""Write the tables of inputs and outputs into the READMEs."""
