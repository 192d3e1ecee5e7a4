"""The composer: where one writes to the agent."""
