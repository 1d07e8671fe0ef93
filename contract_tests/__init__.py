"""The contract suite: holds doubles and real vendors to the promises in `specs/`."""
