"""Stateful doubles of vendor APIs, served from their OpenAPI contracts."""
