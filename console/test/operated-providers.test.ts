/** What operators send of a tenant's identity provider. */
import { describe, expect, it } from 'vitest';
import { EMPTY, type IdentityProvider, toValues } from '../src/pages/identity-providers/model';
import { toBody, toNewBody } from '../src/pages/tenants/identity-providers/model';

const ENTRA: IdentityProvider = {
  id: 'p-1',
  slug: 'microsoft',
  name: 'Guests',
  type: 'microsoft',
  issuer: 'https://login.microsoftonline.com/5d0a6f3e-7a10-4c5c-9b3e-2f1d1c0b9a87/v2.0',
  directory_id: '5d0a6f3e-7a10-4c5c-9b3e-2f1d1c0b9a87',
  client_id: 'acme',
  callback_url: 'https://id.example/api/v1/auth/oauth/microsoft/callback/acme',
  email_domains: ['guest.example'],
  trusts_email: true,
  auto_provision: true,
  default_role_id: 'r-1',
  groups_claim: 'groups',
  group_roles: { Engineers: 'r-1' },
  redirect_uris: ['https://app.example.com/callback'],
  enabled: true,
  created_at: '2026-11-21T10:00:00Z',
  updated_at: '2026-11-21T10:00:00Z',
};

describe('what operators send', () => {
  it('is only what differs, so that what the tenant changes meanwhile stays', () => {
    const values = toValues(ENTRA);
    expect(toBody(values, ENTRA)).toEqual({});
    expect(toBody({ ...values, name: ' Crew ' }, ENTRA)).toEqual({ name: 'Crew' });
    const changed = { ...values, client_secret: 'new', directory_id: 'other', email_domains: [' Crew.Example ', ''] };
    expect(toBody({ ...changed, auto_provision: false }, ENTRA)).toEqual({
      client_secret: 'new',
      directory_id: 'other',
      email_domains: ['crew.example'],
      auto_provision: false,
    });
  });

  it('says nothing of roles, trust and pages, which are the tenant’s to decide', () => {
    const values = { ...toValues(ENTRA), trusts_email: false, group_roles: [], redirect_uris: [], groups_claim: 'x' };
    expect(toBody(values, ENTRA)).toEqual({});
    const body = toNewBody({ ...EMPTY, client_id: 'a', client_secret: 's' });
    expect(Object.keys(body).sort()).toEqual([
      'auto_provision',
      'client_id',
      'client_secret',
      'directory_id',
      'email_domains',
      'enabled',
      'name',
    ]);
  });

  it('belongs to its kind', () => {
    const google = toNewBody({ ...EMPTY, type: 'google', hosted_domain: ' guest.example ' });
    expect(google).toMatchObject({ hosted_domain: 'guest.example' });
    expect(google).not.toHaveProperty('directory_id');
    const known: IdentityProvider = { ...ENTRA, type: 'google', hosted_domain: 'guest.example' };
    expect(toBody({ ...toValues(known), hosted_domain: 'crew.example', directory_id: 'x' }, known)).toEqual({
      hosted_domain: 'crew.example',
    });
  });
});
