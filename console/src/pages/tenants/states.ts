/** The states and plans of a tenant, in the order in which they are offered. */
export const TENANT_STATES = ['active', 'provisioning', 'inactive', 'suspended', 'deleted'] as const;

/** What a tenant may pay for. */
export const PLANS = ['basic', 'premium', 'enterprise', 'custom'] as const;

/** How a tenant's rows are kept apart. */
export const ISOLATIONS = ['pooled', 'schema', 'dedicated'] as const;
