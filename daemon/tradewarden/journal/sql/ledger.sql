-- name: live_attempts
-- Newest first: all of late (limits), the open ones, the newest of each rule and SmartTrade that consumes `repeat`, and
-- those for which the target is backed off until the owner runs `arm`. Each part has an index: the rows are wide.
WITH counted AS (
    SELECT id FROM intents WHERE at_wall >= :since
    UNION
    SELECT id FROM intents WHERE outcome IS NULL
    UNION
    SELECT id FROM intents
    WHERE outcome IN ('rejected', 'not_applied') AND (:armed_at IS NULL OR at_wall > :armed_at)
    UNION
    SELECT max(id) FROM intents
    WHERE outcome NOT IN ('rejected', 'not_applied', 'not_sent')
    GROUP BY rule, smart_trade_id
)
SELECT rule, smart_trade_id, trade_id, at_wall AS at, outcome, steps FROM intents
WHERE id IN (SELECT id FROM counted)
ORDER BY id DESC;

-- name: dry_run_attempts
-- The ledger of the dry run: what would have been sent. Newest first.
WITH counted AS (
    SELECT id FROM log WHERE outcome = 'would_cancel' AND at >= :since
    UNION
    SELECT max(id) FROM log
    WHERE outcome = 'would_cancel' AND mode = 'dry-run'
    GROUP BY rule, smart_trade_id
)
SELECT rule, smart_trade_id, trade_id, at, outcome, NULL AS steps FROM log
WHERE id IN (SELECT id FROM counted) AND mode = 'dry-run'
ORDER BY id DESC;

-- name: live_resets
-- What was false after the last attempt that consumed `repeat` (an open one does). An attempt that turns out not to
-- have been one does not undo a reset.
SELECT rule, smart_trade_id FROM resets
WHERE mode = 'live' AND after_attempt >= (
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

-- name: put_off
-- What was denied or deferred last time comes after the others.
SELECT rule, smart_trade_id FROM log WHERE latest = 1 AND outcome IN ('denied', 'deferred');

-- name: sent_steps
-- A step for which a DELETE was ever sent, or may have been, never counts again.
SELECT DISTINCT trade_id FROM intents WHERE outcome IS NULL OR outcome <> 'not_sent';
