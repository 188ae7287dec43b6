-- Amounts in minor units.
CREATE TABLE loans (
  loan_id uuid PRIMARY KEY,
  borrower_id text NOT NULL,
  borrower_email text NOT NULL,
  amount bigint NOT NULL,
  currency text NOT NULL,
  decimals smallint NOT NULL,
  interest_rate integer NOT NULL,
  term_months smallint NOT NULL,
  purpose text,
  total_invited bigint NOT NULL DEFAULT 0,
  total_accepted bigint NOT NULL DEFAULT 0,
  lender_count integer NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'open',
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  CHECK (total_invited BETWEEN 0 AND amount)
) WITH (fillfactor = 70); -- room for updates in the same page, which leave the indexes alone

CREATE INDEX loans_by_borrower ON loans (borrower_id, created_at);

CREATE TABLE lenders (
  lender_id uuid PRIMARY KEY,
  loan_id uuid NOT NULL REFERENCES loans,
  email text NOT NULL,
  name text,
  user_id text,
  contribution bigint NOT NULL CHECK (contribution > 0),
  status text NOT NULL,
  round integer NOT NULL,
  invited_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  UNIQUE (loan_id, email)
);

-- Invitations of an address.
CREATE INDEX lenders_by_email ON lenders (email);

-- What was used of a limit in the current period.
CREATE TABLE usage (
  user_id text NOT NULL,
  what text NOT NULL,
  period text NOT NULL,
  used integer NOT NULL,
  PRIMARY KEY (user_id, what)
) WITH (fillfactor = 70);

CREATE TABLE idempotency (
  user_id text NOT NULL,
  scope text NOT NULL,
  key text NOT NULL,
  fingerprint text NOT NULL,
  status smallint NOT NULL,
  body text NOT NULL,
  request_id text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, scope, key)
);
