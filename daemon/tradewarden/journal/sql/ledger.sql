-- name: live_late
-- All of late (limits), the open ones, and those for which the target is backed off until the owner runs `arm`, with what
-- the target was then. Each part has an index: the rows are wide.
WITH late AS (
    SELECT id FROM intents WHERE at_wall >= :since
    UNION
    SELECT id FROM intents WHERE outcome IS NULL
    UNION
    SELECT id FROM intents
    WHERE outcome IN ('rejected', 'not_applied') AND (:armed_at IS NULL OR at_wall > :armed_at)
)
SELECT id, rule, smart_trade_id, trade_id, at_wall AS at, outcome, steps FROM intents
WHERE id IN (SELECT id FROM late);

-- name: live_kept
-- The newest of each rule and SmartTrade that consumes `repeat`. (Beside max(), SQLite takes the other columns from the
-- row that has the maximum.)
SELECT max(id) AS id, rule, smart_trade_id, trade_id, at_wall AS at, outcome, NULL AS steps FROM intents
WHERE outcome NOT IN ('rejected', 'not_applied', 'not_sent')
GROUP BY rule, smart_trade_id;

-- name: live_kept_of
-- The same of some SmartTrades: of thousands that the account had over the years, a cycle asks about a few.
SELECT max(intents.id) AS id, rule, smart_trade_id, trade_id, at_wall AS at, outcome, NULL AS steps
FROM json_each(:asked) AS asked CROSS JOIN intents ON intents.smart_trade_id = asked.value
WHERE outcome NOT IN ('rejected', 'not_applied', 'not_sent')
GROUP BY rule, smart_trade_id;

-- name: dry_run_late
-- The ledger of the dry run: what would have been sent of late.
SELECT id, rule, smart_trade_id, trade_id, at, outcome, NULL AS steps FROM log
WHERE outcome = 'would_cancel' AND at >= :since AND mode = 'dry-run';

-- name: dry_run_kept
-- The newest of each rule and SmartTrade.
SELECT max(id) AS id, rule, smart_trade_id, trade_id, at, outcome, NULL AS steps FROM log
WHERE outcome = 'would_cancel' AND mode = 'dry-run'
GROUP BY rule, smart_trade_id;

-- name: dry_run_kept_of
-- The same of some SmartTrades.
SELECT max(log.id) AS id, rule, smart_trade_id, trade_id, at, outcome, NULL AS steps
FROM json_each(:asked) AS asked CROSS JOIN log ON log.smart_trade_id = asked.value
WHERE outcome = 'would_cancel' AND mode = 'dry-run'
GROUP BY rule, smart_trade_id;

-- name: live_resets
-- What was false after the last attempt that consumed `repeat` (an open one does). An attempt that turns out not to
-- have been one does not undo a reset.
SELECT rule, smart_trade_id FROM resets
WHERE mode = 'live' AND after_attempt >= (
    SELECT coalesce(max(intents.id), 0) FROM intents
    WHERE intents.rule = resets.rule AND intents.smart_trade_id = resets.smart_trade_id
        AND (intents.outcome IS NULL OR intents.outcome NOT IN ('rejected', 'not_applied', 'not_sent'))
);

-- name: live_resets_of
-- The same of some SmartTrades.
SELECT resets.rule, resets.smart_trade_id
FROM json_each(:asked) AS asked
CROSS JOIN resets ON resets.mode = 'live' AND resets.smart_trade_id = asked.value
WHERE after_attempt >= (
    SELECT coalesce(max(intents.id), 0) FROM intents
    WHERE intents.rule = resets.rule AND intents.smart_trade_id = resets.smart_trade_id
        AND (intents.outcome IS NULL OR intents.outcome NOT IN ('rejected', 'not_applied', 'not_sent'))
);

-- name: dry_run_resets
-- The same for the ledger of the dry run.
SELECT rule, smart_trade_id FROM resets
WHERE mode = 'dry-run' AND after_attempt >= (
    SELECT coalesce(max(log.id), 0) FROM log
    WHERE log.rule = resets.rule AND log.smart_trade_id = resets.smart_trade_id
        AND log.outcome = 'would_cancel' AND log.mode = 'dry-run'
);

-- name: dry_run_resets_of
-- The same of some SmartTrades.
SELECT resets.rule, resets.smart_trade_id
FROM json_each(:asked) AS asked
CROSS JOIN resets ON resets.mode = 'dry-run' AND resets.smart_trade_id = asked.value
WHERE after_attempt >= (
    SELECT coalesce(max(log.id), 0) FROM log
    WHERE log.rule = resets.rule AND log.smart_trade_id = resets.smart_trade_id
        AND log.outcome = 'would_cancel' AND log.mode = 'dry-run'
);

-- name: put_off
-- What was denied or deferred last time comes after the others: what was deferred first, each by how long it has waited.
SELECT rule, smart_trade_id FROM log WHERE latest = 1 AND outcome IN ('denied', 'deferred')
ORDER BY outcome = 'denied', at, id;

-- name: put_off_of
-- The same of some SmartTrades.
SELECT rule, smart_trade_id
FROM json_each(:asked) AS asked
CROSS JOIN log INDEXED BY log_latest_by_smart_trade ON log.smart_trade_id = asked.value
WHERE latest = 1 AND outcome IN ('denied', 'deferred')
ORDER BY outcome = 'denied', at, log.id;

-- name: sent_steps
-- A step for which a DELETE was ever sent, or may have been, never counts again.
SELECT DISTINCT trade_id FROM intents WHERE outcome IS NULL OR outcome <> 'not_sent';

-- name: sent_steps_of
-- The same of some SmartTrades.
SELECT DISTINCT trade_id
FROM json_each(:asked) AS asked CROSS JOIN intents ON intents.smart_trade_id = asked.value
WHERE outcome IS NULL OR outcome <> 'not_sent';

-- name: ledger_version
-- Changes when another connection has written.
PRAGMA data_version;
