-- The class of the row that a finding is about, so that findings can be sifted by class; null where no row or no
-- class is known. Those of earlier loads stay without.
ALTER TABLE finding ADD COLUMN class text;
