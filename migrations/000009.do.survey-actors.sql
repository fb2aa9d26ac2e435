-- Who had a hand in a delivery besides who announced it: sent its files, or started its load. None of
-- them is the second person who approves it.

ALTER TABLE delivery ADD COLUMN senders text[] NOT NULL DEFAULT '{}';
