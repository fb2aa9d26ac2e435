-- The files of a delivery as they arrived: whose, how long, and the checksum that proves them.

CREATE TABLE delivery_file (
  district    text NOT NULL,
  delivery_id uuid NOT NULL,
  name        text NOT NULL,
  bytes       bigint NOT NULL,
  sha256      text NOT NULL,
  -- the resumable upload it came by: one that is written here has landed, whatever happened after
  upload_id   uuid,
  sent_by     text NOT NULL,
  sent_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (district, delivery_id, name),
  FOREIGN KEY (district, delivery_id) REFERENCES delivery (district, id)
);
CREATE UNIQUE INDEX delivery_file_upload ON delivery_file (district, upload_id);
