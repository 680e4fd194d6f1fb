/** Programs that connect a client: what a developer copies to begin with. No secret is in them. */
import type { Issuer } from './issuer';
import { type Client, hasSecret } from './model';

const PROOFS: Record<Client['token_endpoint_auth_method'], string> = {
  client_secret_basic: 'client.ClientSecretBasic(process.env.CLIENT_SECRET)',
  client_secret_post: 'client.ClientSecretPost(process.env.CLIENT_SECRET)',
  private_key_jwt: 'client.PrivateKeyJwt(privateKey) // a CryptoKey whose public half is registered',
  none: 'client.None()',
};

const scopesOf = ({ scopes }: Client) => scopes.join(' ');

/** With openid-client for Node. */
export function nodeSample(client: Client, { issuer }: Issuer): string {
  const begin = [
    "import * as client from 'openid-client';",
    '',
    `const proof = ${PROOFS[client.token_endpoint_auth_method]};`,
    `const issuer = new URL('${issuer}');`,
    `const config = await client.discovery(issuer, '${client.id}', undefined, proof);`,
  ];
  if (client.kind === 'machine') {
    const scope = scopesOf(client) ? `{ scope: '${scopesOf(client)}' }` : '{}';
    return [...begin, '', `const tokens = await client.clientCredentialsGrant(config, ${scope});`].join('\n');
  }
  return [
    ...begin,
    '',
    '// 1. Send the browser here, and keep verifier and state in its session.',
    'const verifier = client.randomPKCECodeVerifier();',
    'const state = client.randomState();',
    'const signIn = client.buildAuthorizationUrl(config, {',
    `  redirect_uri: '${client.redirect_uris[0] ?? 'https://app.example.com/callback'}',`,
    `  scope: '${scopesOf(client)}',`,
    '  state,',
    "  code_challenge_method: 'S256',",
    '  code_challenge: await client.calculatePKCECodeChallenge(verifier),',
    '});',
    '',
    '// 2. When it comes back, with the whole address that was called:',
    'const tokens = await client.authorizationCodeGrant(config, new URL(request.url), {',
    '  pkceCodeVerifier: verifier,',
    '  expectedState: state,',
    '});',
    'const person = tokens.claims();',
  ].join('\n');
}

/** With curl: tokens for a machine, else the metadata, and the exchange of a code. */
export function curlSample(client: Client, { issuer, token_endpoint }: Issuer): string {
  const proof = hasSecret(client)
    ? client.token_endpoint_auth_method === 'client_secret_basic'
      ? [`-u "${client.id}:$CLIENT_SECRET"`]
      : [`-d client_id=${client.id}`, '-d client_secret="$CLIENT_SECRET"']
    : client.token_endpoint_auth_method === 'none'
      ? [`-d client_id=${client.id}`]
      : [
          '-d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          '-d client_assertion="$ASSERTION"',
        ];
  const grant =
    client.kind === 'machine'
      ? ['-d grant_type=client_credentials', ...(scopesOf(client) ? [`-d scope="${scopesOf(client)}"`] : [])]
      : [
          '-d grant_type=authorization_code',
          '-d code="$CODE" -d code_verifier="$VERIFIER"',
          `--data-urlencode redirect_uri='${client.redirect_uris[0] ?? 'https://app.example.com/callback'}'`,
        ];
  const exchange = [`curl '${token_endpoint}'`, ...proof, ...grant].join(' \\\n  ');
  return client.kind === 'machine' ? exchange : `curl '${issuer}/.well-known/openid-configuration'\n\n${exchange}`;
}
