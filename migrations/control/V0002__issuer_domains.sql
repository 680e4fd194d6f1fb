-- The domain that a tenant's issuer lives at, if it is not a path of the platform's own address.
ALTER TABLE tenant_domains
    ADD COLUMN is_issuer boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT tenant_domains_issuer_check CHECK (is_verified OR NOT is_issuer);
CREATE UNIQUE INDEX tenant_domains_issuer_key ON tenant_domains (tenant_id) WHERE is_issuer;
CREATE UNIQUE INDEX tenant_domains_primary_key ON tenant_domains (tenant_id) WHERE is_primary;
