"""A home as one zip, and back. It holds `backup.json`, which says what it is; `studio.db`, the ledger as it was at one
moment; `library/`, every file that the ledger names, each under the hash of its bytes; and `models.toml`, if there is
one. Weights, caches, settings and their secrets stay where they are."""
