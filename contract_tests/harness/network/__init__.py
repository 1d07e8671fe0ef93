"""The way to a server: targets, credentials, requests and answers, and the one wire that they pass."""
