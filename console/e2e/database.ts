/**
 * The server's PostgreSQL, for what the product cannot make by itself: a failed job, a table of a million rows. Tests that need it
 * are left out unless `TENANTRY_E2E_DATABASE` is a connection string (of a superuser) that `psql` understands.
 */
import { execFileSync } from 'node:child_process';

/** The connection string. */
export const DATABASE = process.env.TENANTRY_E2E_DATABASE ?? '';

/** Run statements; the answer is what they print, one row a line, fields divided by `|`. */
export function sql(text: string): string {
  const options = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1'];
  return execFileSync('psql', [...options, '--dbname', DATABASE], { input: text, encoding: 'utf8' }).trim();
}

/** The id of a tenant. */
export function tenantId(slug: string): string {
  return sql(`SELECT id FROM control.tenants WHERE slug = '${slug}'`);
}

/** A background job of the platform that was given up, as the server leaves it behind. */
export function deadLetter(): string {
  return sql(`
    INSERT INTO app.jobs (tenant_id, id, kind, lane, position, payload, state, due_at, attempts, last_error, created_at, finished_at)
    SELECT '${tenantId('platform')}', gen_random_uuid(), 'platform.maintenance', 'retry', 0, '{}', 'dead', now(), 12,
      'the database did not answer', now(), now()
    RETURNING id`);
}

/** So many entries of the audit trail, spread over the last year. */
export function fillAudit(slug: string, count: number): void {
  sql(`
    INSERT INTO app.audit_log (tenant_id, id, at, actor_type, action, outcome, resource_type, resource_id, new_values, ip, request_id)
    SELECT '${tenantId(slug)}',
      (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(number % 4096), 3, '0')
        || '8' || substr(md5(number::text), 1, 15))::uuid,
      at, 'system', (ARRAY['projects:create', 'projects:update', 'users:update', 'sessions:create'])[1 + number % 4], 'success',
      (ARRAY['project', 'user', 'session'])[1 + number % 3], md5(number::text)::uuid, '{"name": "Harbour"}', '192.0.2.7',
      gen_random_uuid()
    FROM (SELECT number, now() - number * (interval '1 year' / ${count}) AS at FROM generate_series(1, ${count}) AS number) AS rows;
    ANALYZE app.audit_log;`);
}
