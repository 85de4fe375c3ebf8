-- name: record_intent
-- The unique indexes refuse a second one.
INSERT INTO intents (
    mode, cycle_id, rule, account_id, smart_trade_id, trade_id, pair, position, price, share_pct, order_type,
    share_without_target_pct, invariants, steps, stop_loss_was_live, trace, generation, at_wall, at_boot_us, at_boot_id
) VALUES (
    :mode, :cycle_id, :rule, :account_id, :smart_trade_id, :trade_id, :pair, :position, :price, :share_pct, :order_type,
    :share_without_target_pct, :invariants, :steps, :stop_loss_was_live, :trace, :generation,
    :at_wall, :at_boot_us, :at_boot_id
);

-- name: record_answer
-- Only while the question is open: an outcome is final.
UPDATE intents
SET answer = :answer, answer_reason = :reason, refusal = :refusal, answered_wall = :at_wall,
    answered_boot_us = :at_boot_us, answered_boot_id = :at_boot_id, window_us = :window_us
WHERE id = :id AND outcome IS NULL;

-- name: settle_intent
-- Only while the question is open: an outcome is final.
UPDATE intents
SET outcome = :outcome, outcome_reason = :reason, outcome_detail = :detail, settled_at = :at
WHERE id = :id AND outcome IS NULL;

-- name: intent
-- One intent, with its answer.
SELECT * FROM intents WHERE id = :id;

-- name: open_intents
-- Every open question, oldest first.
SELECT * FROM intents WHERE outcome IS NULL ORDER BY id;

-- name: forbidden_in_a_row
-- Answered with 403 since the last DELETE that was answered otherwise, and since the owner last ran `arm`. What did not
-- go out, or was not answered, tells nothing.
SELECT DISTINCT smart_trade_id FROM intents
WHERE refusal = 'forbidden'
    AND (:armed_at IS NULL OR at_wall > :armed_at)
    AND id > (
        SELECT coalesce(max(id), 0) FROM intents
        WHERE answer <> 'not_sent' AND (refusal IS NULL OR refusal <> 'forbidden')
    );
