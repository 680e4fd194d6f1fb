/** Apache's mod_auth_openidc, configured by its documentation alone, protects a page with each tenant's issuer. */

import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, Browser, type Tenant, tenants } from './tenant';

const MODULES = '/usr/lib/apache2/modules';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

function configuration(folder: string, port: number, tenant: Tenant, app: App): string {
  const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'auth_openidc'];
  return `
ServerRoot "${folder}"
ServerName localhost
Listen 127.0.0.1:${port}
PidFile "${folder}/pid"
ErrorLog "${folder}/error.log"
DocumentRoot "${folder}/pages"
${modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
User www-data
Group www-data
OIDCProviderMetadataURL ${tenant.issuer.href}/.well-known/openid-configuration
OIDCClientID ${app.id}
OIDCClientSecret ${app.secret}
OIDCRedirectURI http://localhost:${port}/protected/callback
OIDCCryptoPassphrase only-for-this-test
OIDCScope "openid email profile"
OIDCPKCEMethod S256
OIDCRemoteUserClaim email
OIDCCookieSameSite On
OIDCUnAuthAction auth true
<Location /protected>
  AuthType openid-connect
  Require valid-user
</Location>
<Location /protected/ours>
  Require claim email:${tenant.email}
</Location>
<Location /protected/theirs>
  Require claim email:somebody@else.example
</Location>
`;
}

describe.each(tenants)('mod_auth_openidc and the issuer of $slug', (tenant) => {
  let folder: string;
  let apache: ChildProcess;
  let origin: string;

  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    const app = await tenant.app({
      preset: 'partner',
      redirect_uris: [`${origin}/protected/callback`],
      post_logout_redirect_uris: [`${origin}/`],
    });
    folder = await mkdtemp(join(tmpdir(), 'tenantry-apache-'));
    for (const page of ['', 'protected', 'protected/ours', 'protected/theirs']) {
      await mkdir(join(folder, 'pages', page), { recursive: true });
      await writeFile(join(folder, 'pages', page, 'page.html'), `the page /${page}`);
    }
    await writeFile(join(folder, 'httpd.conf'), configuration(folder, port, tenant, app));
    // Apache as www-data must be able to read what it serves, and only that.
    await chmod(folder, 0o755);
    apache = spawn('apache2', ['-X', '-f', join(folder, 'httpd.conf')], { stdio: 'inherit' });
    for (let attempt = 0; ; attempt++) {
      try {
        await fetch(`${origin}/page.html`);
        break;
      } catch (error) {
        if (attempt > 100)
          throw new Error(
            `Apache does not start: ${await readFile(join(folder, 'error.log'), 'utf8').catch(() => error)}`,
          );
        await new Promise((done) => setTimeout(done, 100));
      }
    }
  }, 30_000);

  afterAll(async () => {
    apache.kill('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  });

  /** Follow redirects between Apache and the issuer, signing in where that is asked for. */
  async function open(browser: Browser, page: string): Promise<Response> {
    let answer = await browser.send(new URL(page, origin));
    for (let step = 0; step < 6; step++) {
      const location = answer.headers.get('location');
      if (location === null) return answer;
      const url = new URL(location, origin);
      const next = url.origin === tenant.issuer.origin ? await browser.visit(url, tenant) : url;
      answer = await browser.send(next as URL);
    }
    throw new Error('the redirects do not end');
  }

  it('lets in who signs in there, and by what the token says', async () => {
    const stranger = await fetch(`${origin}/protected/page.html`, { redirect: 'manual' });
    expect(stranger.status).toBe(302);
    expect(stranger.headers.get('location')).toContain(`${tenant.issuer.href}/oauth2/authorize?`);
    const browser = new Browser();
    const answer = await open(browser, '/protected/page.html');
    expect([answer.status, await answer.text()]).toEqual([200, 'the page /protected']);
    expect((await open(browser, '/protected/ours/page.html')).status).toBe(200);
    expect((await open(browser, '/protected/theirs/page.html')).status).toBe(401);
  });

  it('signs out there as well', async () => {
    const browser = new Browser();
    await open(browser, '/protected/page.html');
    const out = await browser.send(new URL(`/protected/callback?logout=${encodeURIComponent(`${origin}/`)}`, origin));
    const there = new URL(out.headers.get('location') ?? '');
    expect(there.href).toContain(tenant.issuer.href);
    await browser.visit(there, tenant);
    const again = await browser.send(new URL('/protected/page.html', origin));
    expect(again.status).toBe(302);
    // The provider asks anew.
    const page = await browser.send(new URL(again.headers.get('location') ?? ''));
    expect(await page.text()).toContain('type="password"');
  });

  it('does not take the other tenant’s answer', async () => {
    const other = tenants.find((one) => one !== tenant) as Tenant;
    const browser = new Browser();
    const began = await browser.send(new URL('/protected/page.html', origin));
    const asked = new URL(began.headers.get('location') ?? '');
    const app = await other.app({ preset: 'partner', redirect_uris: [`${origin}/protected/callback`] });
    const theirs = new URL(`${other.issuer.href}/oauth2/authorize${asked.search}`);
    theirs.searchParams.set('client_id', app.id);
    const answer = (await new Browser().visit(theirs, other)) as URL;
    expect(answer.searchParams.get('code')).not.toBeNull();
    const refused = await browser.send(answer);
    // Its page of an error has the status 200.
    expect([refused.headers.get('location'), await refused.text()]).toEqual([null, expect.stringContaining('Error')]);
    expect((await browser.send(new URL('/protected/page.html', origin))).status).toBe(302);
  });
});
