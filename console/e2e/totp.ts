/** Codes of an authenticator app. */
import { createHmac } from 'node:crypto';
import { apiOf, type Page } from './world';

/** The code of an authenticator app, so many steps from now (RFC 6238; RFC 4648 for the secret). */
export function codeOf(secret: string, steps = 0): string {
  const bits = [...secret].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  const seed = Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac('sha1', seed).update(counter).digest();
  const number = mac.readUInt32BE((mac[19] as number) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Give whoever the page is signed in as an app, without the page. */
export async function setUpApp(page: Page, tenant: string): Promise<void> {
  const api = apiOf(page, tenant);
  const { data } = await api.post('/auth/mfa/setup', { type: 'totp' });
  await api.post('/auth/mfa/verify', { type: 'totp', code: codeOf(data.secret) });
}
