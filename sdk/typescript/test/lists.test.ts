import { describe, expect, it } from 'vitest';
import { call, toCurl } from '../src';
import { readFrames } from '../src/events';
import { clientOf, ok, problem } from './server';

describe('pages', () => {
  it('follow each other until the last', async () => {
    const [client, server] = clientOf([ok([{ id: '1' }, { id: '2' }], { next_cursor: 'c2' }), ok([{ id: '3' }], {})]);
    const ids: string[] = [];
    for await (const project of client.paginate('/projects', { query: { status: 'active' } })) {
      ids.push(project.id);
    }
    expect(ids).toEqual(['1', '2', '3']);
    expect(server.requests.map((request) => new URL(request.url).search)).toEqual([
      '?limit=100&status=active',
      '?limit=100&status=active&cursor=c2',
    ]);
  });

  it('are not fetched before they are needed', async () => {
    const [client, server] = clientOf([ok([{ id: '1' }], { next_cursor: 'c2' })]);
    for await (const project of client.paginate('/projects')) {
      expect(project.id).toBe('1');
      break;
    }
    expect(server.requests).toHaveLength(1);
  });
});

describe('events', () => {
  const stream = (text: string) => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
  const event = (sequence: number) => `id: ${sequence}\nevent: t\ndata: {"sequence":"${sequence}"}\n\n`;

  it('go on after an interruption where they stopped', async () => {
    const [client, server] = clientOf([stream(event(4) + event(5)), new TypeError('cut'), stream(event(6))]);
    const states: string[] = [];
    const seen: string[] = [];
    const onState = (state: string) => states.push(state);
    for await (const { sequence } of client.events({ cursor: '3', onState, longestPause: 1 })) {
      seen.push(sequence);
      if (sequence === '6') {
        break;
      }
    }
    expect(seen).toEqual(['4', '5', '6']);
    expect(server.requests.map((request) => new URL(request.url).search)).toEqual([
      '?cursor=3',
      '?cursor=5',
      '?cursor=5',
    ]);
    expect(states).toEqual(['connecting', 'live', 'connecting', 'waiting', 'connecting', 'live']);
  });

  it('end with the refusal when they are not allowed', async () => {
    const [client] = clientOf([problem(403, 'permission_denied')]);
    await expect(client.events().next()).rejects.toMatchObject({ status: 403 });
  });

  it('are read across packets, whatever ends their lines', async () => {
    const packets = ['id: 1\r\nda', 'ta: {"a"', ':1}\r\n\r\n: comment\n\ndata: x\n', 'data: y\n\n'];
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const packet of packets) {
          controller.enqueue(new TextEncoder().encode(packet));
        }
        controller.close();
      },
    });
    const frames = [];
    for await (const frame of readFrames(body)) {
      frames.push(frame);
    }
    expect(frames).toEqual([
      { id: '1', data: '{"a":1}' },
      { id: undefined, data: 'x\ny' },
    ]);
  });
});

describe('curl', () => {
  it('shows what would be sent, without secrets', () => {
    const body = { email: "o'neil@acme.example", password: 'secret' };
    expect(toCurl(call('post', '/users', { body }), 'http://server.test/v1/acme', ['password'])).toBe(
      [
        'curl',
        '-X POST',
        "'http://server.test/v1/acme/users'",
        '-H "Authorization: Bearer $TENANTRY_TOKEN"',
        "-H 'Content-Type: application/json'",
        `-d '{"email":"o'\\''neil@acme.example","password":"…"}'`,
      ].join(' \\\n  '),
    );
  });

  it('of a list holds its filters', () => {
    const list = call('get', '/projects', { query: { status: 'active', cursor: '' } });
    const logo = call('put', '/config/branding/logo', { body: new Blob(['x']) });
    expect(toCurl(logo, '/v1/acme')).toContain("-H 'Content-Type: application/octet-stream' \\\n  --data-binary @file");
    expect(toCurl(list, '/v1/acme')).toContain("'/v1/acme/projects?status=active'");
  });
});
