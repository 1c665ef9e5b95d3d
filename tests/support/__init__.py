"""What several rooms of tests share: real servers, and the facts they are filled with."""
