-- What is asked about the SmartTrades of a cycle must not take longer with every year of the others.
CREATE INDEX intents_by_smart_trade ON intents (smart_trade_id, rule, outcome, trade_id, at_wall);
CREATE INDEX log_latest_by_smart_trade ON log (smart_trade_id, rule, outcome) WHERE latest = 1;
CREATE INDEX resets_by_smart_trade ON resets (mode, smart_trade_id, rule, after_attempt);
