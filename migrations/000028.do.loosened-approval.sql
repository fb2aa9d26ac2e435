-- Until when it was that a district asked for a second person: what was announced or proposed before that moment
-- keeps the rule under which it came, whatever holds now.
ALTER TABLE district ADD COLUMN second_person_until timestamptz;
