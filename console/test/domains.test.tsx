/** What operators may do with a tenant's domains, what is sent, and what a refusal means. */
import { ApiError } from '@tenantry/sdk';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { translate as t } from '../src/app/texts';
import { TenantDomains } from '../src/pages/tenants/domains/card';
import { type Domain, EMPTY, explain, nameProblem, toNewBody, verbsOf } from '../src/pages/tenants/domains/model';
import { ok, problem, stage } from './stage';

const NEW: Domain = { domain: 'login.umbrella.example', is_primary: false, is_verified: false, is_issuer: false };
const PROVED: Domain = { ...NEW, is_verified: true };
const HOME: Domain = { domain: 'id.umbrella.example', is_primary: true, is_verified: true, is_issuer: true };
const PATH = '/tenants/t-9/domains';

function umbrella(domains: Domain[], status: 'active' | 'deleted' = 'active') {
  return { id: 't-9', name: 'Umbrella Works', status, domains };
}

async function choose(domain: string, verb: string) {
  await userEvent.click(await screen.findByRole('button', { name: t('domains.actionsFor', { domain }) }));
  await userEvent.click(await screen.findByRole('menuitem', { name: verb }));
  return screen.findByRole('dialog');
}

describe('a domain of a tenant', () => {
  it('holds the issuer only once it is verified, and is not removed while it does', () => {
    expect(verbsOf(NEW)).toEqual(['vouch', 'show', 'remove']);
    expect(verbsOf(PROVED)).toEqual(['show', 'move', 'remove']);
    expect(verbsOf(HOME)).toEqual(['leave']);
  });

  it('is sent without what is not ticked, as the server keeps its name', () => {
    expect(toNewBody({ ...EMPTY, domain: ' Login.Umbrella.Example. ' })).toEqual({ domain: NEW.domain });
    expect(toNewBody({ domain: NEW.domain, is_verified: true, is_primary: true })).toEqual({
      domain: NEW.domain,
      is_verified: true,
      is_primary: true,
    });
  });

  it('is not added twice, nor with a name that is none', () => {
    expect(nameProblem('id.umbrella.example', [HOME], t)).toBeTypeOf('string');
    expect(nameProblem('ID.Umbrella.Example.', [HOME], t)).toBe(t('domains.known'));
    for (const wrong of ['umbrella', 'https://umbrella.example', '-a.example', 'bücher.example', 'a b.example']) {
      expect(nameProblem(wrong, [], t), wrong).toBeTypeOf('string');
    }
    expect(nameProblem('login.umbrella.example', [HOME], t)).toBeUndefined();
  });

  it('says what a refusal is about', () => {
    const taken = [{ pointer: '#/is_verified', detail: 'another tenant has proved this domain' }];
    expect(explain(new ApiError(422, 'validation_failed', 'One field.', taken), t)).toBe(taken[0]?.detail);
    expect(explain(new ApiError(409, 'issuer_domain', 'x'), t)).toBe(t('domains.issuerLives'));
    expect(explain(new ApiError(409, 'wrong_state', 'x'), t)).toBeUndefined();
    expect(explain(new TypeError('x'), t)).toBeUndefined();
  });
});

describe('the card of domains', () => {
  it('moves the issuer only after it said what that means, and the name was typed', async () => {
    const script = { [`PUT ${PATH}`]: () => ok({ ...PROVED, is_issuer: true, message: '' }) };
    const { requests } = stage(<TenantDomains tenant={umbrella([PROVED])} />, script, ['tenants:update']);
    const dialog = await choose(PROVED.domain, 'Let the issuer live here');
    for (const point of [/^Clients/, /^Identity providers/, /^Passkeys/]) {
      expect(within(dialog).getByText(point)).toBeInTheDocument();
    }
    const button = within(dialog).getByRole('button', { name: 'Let the issuer live here' });
    expect(button).toBeDisabled();
    await userEvent.type(within(dialog).getByLabelText(/^Type/), PROVED.domain);
    await userEvent.click(button);
    await waitFor(() => expect(requests).toHaveLength(1));
    expect(await requests[0]?.json()).toEqual({ domain: PROVED.domain, is_issuer: true });
  });

  it('explains in the reader’s language that the issuer moved in meanwhile', async () => {
    const refusal = () => problem(409, { code: 'issuer_domain', detail: 'In the server’s words.' });
    const script = { [`DELETE ${PATH}/${PROVED.domain}`]: refusal };
    stage(<TenantDomains tenant={umbrella([PROVED])} />, script, ['tenants:update']);
    const dialog = await choose(PROVED.domain, 'Remove');
    await userEvent.type(within(dialog).getByLabelText(/^Type/), PROVED.domain);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Remove' }));
    const alert = await within(dialog).findByRole('alert');
    expect(alert).toHaveTextContent(t('domains.issuerLives'));
    expect(alert).not.toHaveTextContent('In the server’s words.');
  });

  it('only shows them to those who may not change the tenant, and of a tenant that is deleted', async () => {
    stage(<TenantDomains tenant={umbrella([HOME])} />, {}, ['tenants:read']);
    expect(await screen.findByText(HOME.domain)).toBeInTheDocument();
    expect(screen.getByText('Issuer')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /domain|^Actions/ })).toBeNull();
    stage(<TenantDomains tenant={umbrella([PROVED], 'deleted')} />, {}, ['tenants:update']);
    expect(await screen.findByText(PROVED.domain)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /domain|^Actions/ })).toBeNull();
  });
});
