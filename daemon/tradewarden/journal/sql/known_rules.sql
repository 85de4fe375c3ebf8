-- name: live
-- The rules whose cancels `repeat` still remembers.
SELECT DISTINCT rule FROM intents WHERE outcome IS NULL OR outcome NOT IN ('rejected', 'not_applied', 'not_sent');

-- name: dry_run
-- The same of the dry run.
SELECT DISTINCT rule FROM log WHERE outcome = 'would_cancel' AND mode = 'dry-run';
