/** Chromium's own virtual authenticator: it has passkeys, and somebody who always says yes. */
import { type Page, test } from './world';

/** Plug one in. Browsers have no passkeys at addresses without a name; there the test is left out. */
export async function plugIn(page: Page, baseURL: string | undefined): Promise<void> {
  const { hostname } = new URL(baseURL ?? 'http://127.0.0.1');
  test.skip(hostname !== 'localhost', `passkeys need a name: start the server as http://localhost:…, not ${hostname}`);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}
