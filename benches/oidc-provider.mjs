// npm's oidc-provider with one client for itself and its store in memory, for the scenario `identity`. Prints its address.

import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const client = {
  client_id: 'bench',
  client_secret: 'bench-secret',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
};

const server = createServer((request, response) => provider(request, response));
let provider = () => {};
server.listen(0, '127.0.0.1', () => {
  const base = `http://127.0.0.1:${server.address().port}`;
  const made = new Provider(base, {
    clients: [client],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  });
  provider = made.callback();
  process.stdout.write(`${base}\n`);
});
