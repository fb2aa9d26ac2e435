-- 现场照片: photos taken as evidence, of which the bytes are kept, not a name. One belongs to what it is evidence of
-- (a change request, a report, an inspection); until then to who sent it, and is forgotten after a day. Bytes lie in the
-- file store under the photo's id, without what the camera wrote beside the picture.

CREATE TABLE evidence (
  district   text NOT NULL REFERENCES district (code),
  -- the resumable upload it came by
  id         uuid NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('image/jpeg', 'image/png', 'image/webp')),
  -- as it came, and as it is kept
  sent_bytes bigint NOT NULL,
  bytes      bigint NOT NULL,
  width      integer NOT NULL,
  height     integer NOT NULL,
  sha256     text NOT NULL,
  -- an account, or the plate in the street
  sent_by    text NOT NULL,
  sent_at    timestamptz NOT NULL DEFAULT now(),
  holder     text CHECK (holder IN ('change', 'report', 'inspection')),
  holder_id  uuid,
  no         integer NOT NULL DEFAULT 0,
  -- what it was evidence of came to nothing: that it was there is kept, the picture is not
  removed_at timestamptz,
  bytes_gone boolean NOT NULL DEFAULT false,
  PRIMARY KEY (district, id),
  CHECK ((holder IS NULL) = (holder_id IS NULL))
);
CREATE INDEX evidence_holder ON evidence (district, holder_id, no) WHERE holder_id IS NOT NULL;
CREATE INDEX evidence_waiting ON evidence (district, sent_by, sent_at) WHERE holder_id IS NULL;
CREATE INDEX evidence_removed ON evidence (district, id) WHERE removed_at IS NOT NULL AND NOT bytes_gone;

-- names that were typed where photos belong stay readable
UPDATE change_request SET reason = reason || '（照片：' || array_to_string(photos, '、') || '）' WHERE photos <> '{}';
ALTER TABLE change_request DROP COLUMN photos;
UPDATE component_report SET text = text || '（照片：' || photo || '）' WHERE photo IS NOT NULL;
ALTER TABLE component_report DROP COLUMN photo;
