"""The edge of the core: one package for each kind of agent."""
