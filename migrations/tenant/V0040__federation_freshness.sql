-- An account elsewhere is one of an issuer, and who leaves may be wanted to sign in anew.

ALTER TABLE federated_identities ADD COLUMN issuer text;
UPDATE federated_identities i SET issuer = p.issuer
    FROM identity_providers p WHERE p.tenant_id = i.tenant_id AND p.id = i.provider_id;
ALTER TABLE federated_identities ALTER COLUMN issuer SET NOT NULL;
ALTER TABLE federated_identities DROP CONSTRAINT federated_identities_subject_key;
ALTER TABLE federated_identities ADD CONSTRAINT federated_identities_subject_key
    UNIQUE (tenant_id, provider_id, issuer, subject);

-- How long ago, in seconds, the person may have signed in there.
ALTER TABLE federation_states ADD COLUMN max_age bigint;
