/**
 * The tables that Hufu keeps in the database: what is encrypted how, and the wrapped data keys. Nothing in
 * them is secret. Any role that may create a schema can make them.
 */
export const schemaSql: readonly string[] = [
  'CREATE SCHEMA IF NOT EXISTS hufu',
  `CREATE TABLE IF NOT EXISTS hufu.columns (
  id uuid PRIMARY KEY,
  type text NOT NULL,
  key text NOT NULL,
  search text[] NOT NULL,
  case_insensitive boolean NOT NULL,
  is_unique boolean NOT NULL,
  group_name text NOT NULL,
  tenant text,
  row_column text,
  plain_type text NOT NULL,
  phase text NOT NULL CHECK (phase IN ('backfill', 'encrypted', 'revert'))
)`,
  `CREATE TABLE IF NOT EXISTS hufu.data_keys (
  column_id uuid NOT NULL,
  number bigint NOT NULL CHECK (number BETWEEN 0 AND 4294967295),
  tenant text NOT NULL,
  wrapped bytea,
  key_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz,
  shredded_at timestamptz,
  PRIMARY KEY (column_id, number)
)`,
  'CREATE INDEX IF NOT EXISTS data_keys_newest ON hufu.data_keys (column_id, tenant, number)',
  `CREATE TABLE IF NOT EXISTS hufu.index_keys (
  group_name text NOT NULL,
  tenant text NOT NULL,
  wrapped bytea,
  key_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  shredded_at timestamptz,
  PRIMARY KEY (group_name, tenant)
)`,
  `CREATE OR REPLACE FUNCTION hufu.bound(cell bytea, tenant text, row_id text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT cell || coalesce(convert_to(tenant, 'UTF8'), '') || coalesce(convert_to(row_id, 'UTF8'), '')
  || int4send(coalesce(octet_length(tenant), -1)) || int4send(coalesce(octet_length(row_id), -1)) || '\\xfc'::bytea
$$`,
  `CREATE OR REPLACE FUNCTION hufu.tokens(cell bytea) RETURNS bigint[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT CASE WHEN get_byte(cell, 0) >= 252 THEN coalesce((
  SELECT array_agg(('x' || encode(substr(cell, 40 + 16 * (get_byte(cell, 0) & 1) + 8 * i, 8), 'hex'))::bit(64)::bigint)
  FROM generate_series(0, 256 * get_byte(cell, 37 + 16 * (get_byte(cell, 0) & 1)) + get_byte(cell, 38 + 16 * (get_byte(cell, 0) & 1)) - 1) AS i
), '{}') END
$$`,
  `CREATE OR REPLACE FUNCTION hufu.guard(moving regclass, known integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('LOCK TABLE %s IN ACCESS SHARE MODE', moving);
  IF (SELECT generation FROM hufu.state) <> known THEN
    RAISE EXCEPTION 'hufu: the encrypted columns of % have changed', moving USING ERRCODE = 'HUF01';
  END IF;
END $$`,
  'CREATE TABLE IF NOT EXISTS hufu.reverted (path text PRIMARY KEY)',
  'CREATE TABLE IF NOT EXISTS hufu.state (one boolean PRIMARY KEY DEFAULT true CHECK (one), generation integer NOT NULL)',
  'INSERT INTO hufu.state (generation) VALUES (0) ON CONFLICT DO NOTHING',
]

/** The name of the constraint that says of a table's column that it holds the cells of this column id. */
export const constraintName = (columnId: string): string => `hufu_cell_${columnId.replaceAll('-', '')}`
