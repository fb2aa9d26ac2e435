-- The survey's own number of a component and whose number it is, kept beside a code too: a row that brings another
-- code, or its first, is known by it where it stands on the same spot.
ALTER TABLE component ADD COLUMN survey_no text;
