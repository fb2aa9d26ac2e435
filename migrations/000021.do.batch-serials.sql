-- Which serials the codes of a batch bear, by what stands before them: what landed does not change, so it is read
-- once, when codes are allotted first, and costs no load an index. `firsts` and `lasts` are runs. The row of the
-- empty prefix says that the batch was read with so many digits for the serial.
CREATE TABLE batch_serial (
  district text NOT NULL,
  batch    integer NOT NULL,
  digits   smallint NOT NULL,
  prefix   text NOT NULL,
  firsts   integer[] NOT NULL,
  lasts    integer[] NOT NULL,
  PRIMARY KEY (district, batch, digits, prefix),
  FOREIGN KEY (district, batch) REFERENCES batch (district, no) ON DELETE CASCADE
);
CREATE INDEX batch_serial_prefix ON batch_serial (district, digits, prefix);
