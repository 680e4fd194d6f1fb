/** An identity provider of somebody else, on this machine: whoever is sent there comes back at once. */
import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const JWK = { ...publicKey.export({ format: 'jwk' }), kid: 'e2e', use: 'sig', alg: 'RS256' };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Asked {
  nonce: string | null;
  challenge: string | null;
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  const parts: Buffer[] = [];
  for await (const part of request) {
    parts.push(part as Buffer);
  }
  return new URLSearchParams(Buffer.concat(parts).toString());
}

/** The provider. */
export class Idp {
  readonly client = 'tenantry';
  readonly secret = 's3cret:/+';
  /** What it says of whoever comes. */
  claims: Record<string, unknown> = { sub: randomUUID(), email: 'nora@corp.example', email_verified: true };
  /** Its pages let no other window look at them, nor keep hold of them. */
  isShy = false;
  private readonly codes = new Map<string, Asked>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  /** Start one. */
  static async start(): Promise<Idp> {
    const idp = new Idp();
    await new Promise<void>((ready) => idp.server.listen(0, '127.0.0.1', ready));
    return idp;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    const json = (body: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === '/.well-known/openid-configuration') {
      json({
        issuer: this.issuer,
        authorization_endpoint: `${this.issuer}/authorize`,
        token_endpoint: `${this.issuer}/token`,
        jwks_uri: `${this.issuer}/keys`,
      });
    } else if (url.pathname === '/keys') {
      json({ keys: [JWK] });
    } else if (url.pathname === '/authorize') {
      this.authorize(url.searchParams, response);
    } else if (url.pathname === '/token') {
      const form = await bodyOf(request);
      const asked = this.codes.get(form.get('code') ?? '');
      const proof = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      this.codes.delete(form.get('code') ?? '');
      const isGood = asked !== undefined && asked.challenge === proof && this.isClient(request.headers.authorization);
      json(
        isGood ? { access_token: 'x', token_type: 'Bearer', id_token: this.token(asked) } : { error: 'invalid_grant' },
        isGood ? 200 : 400,
      );
    } else {
      response.writeHead(404).end();
    }
  }

  /** RFC 6749, 2.3.1: both parts are form-encoded. */
  private isClient(header: string | undefined): boolean {
    const basic = Buffer.from(header?.replace(/^Basic /, '') ?? '', 'base64').toString();
    const [id = '', secret = ''] = basic.split(':').map((part) => new URLSearchParams(`x=${part}`).get('x') ?? '');
    return id === this.client && secret === this.secret;
  }

  /** Back with a code; a shy one asks for a click first, on a page of its own. */
  private authorize(asked: URLSearchParams, response: ServerResponse): void {
    const code = randomUUID();
    this.codes.set(code, { nonce: asked.get('nonce'), challenge: asked.get('code_challenge') });
    const back = new URL(asked.get('redirect_uri') ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', asked.get('state') ?? '');
    if (this.isShy) {
      const page = `<!doctype html><title>Corp</title><a href="${back.href.replaceAll('&', '&amp;')}">Go back</a>`;
      response.writeHead(200, { 'content-type': 'text/html', 'cross-origin-opener-policy': 'same-origin' }).end(page);
    } else {
      response.writeHead(303, { location: back.href }).end();
    }
  }

  private token({ nonce }: Asked): string {
    const now = Math.floor(Date.now() / 1000);
    const about = { iss: this.issuer, aud: this.client, nonce, iat: now, exp: now + 300, ...this.claims };
    const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: JWK.kid })}.${encode(about)}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
  }
}
