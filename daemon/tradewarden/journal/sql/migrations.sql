-- name: create_migrations
-- The record of what was applied; it is there before everything else.
CREATE TABLE IF NOT EXISTS migrations (
    name TEXT PRIMARY KEY,
    applied_at TEXT NOT NULL
) WITHOUT ROWID;

-- name: tables
-- Tell a new file from a journal, and a journal from somebody else's database.
SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%';

-- name: not_ours
-- A journal has tables and indexes only: a trigger would act on its own, against `disarm` too.
SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view') LIMIT 1;

-- name: applied_migrations
-- What this file went through.
SELECT name FROM migrations;

-- name: record_migration
-- Runs in the transaction of the migration itself.
INSERT INTO migrations (name, applied_at) VALUES (:name, :applied_at);
