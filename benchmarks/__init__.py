"""Measured claims: what clearhead costs in time, memory and processor, beside a peer."""
