-- How the markets stood that the rules look at: what was asked of 3Commas is in no SmartTrade's column. Of cycles before
-- this, and of rules that look at no market, there is nothing.
ALTER TABLE samples ADD COLUMN prices TEXT; -- JSON: by pair, bid, ask, last, day change and volume of the day
