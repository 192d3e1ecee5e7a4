"""The card on which a person answers what an agent asks for."""
