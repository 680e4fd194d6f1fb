/** A call as a value: what is sent can be shown (as `curl`) before, after or instead of being sent. */
import { createFinalURL, createQuerySerializer, defaultPathSerializer } from 'openapi-fetch';
import type { AnswerOf, CallOptions, InputArgument, Method, PathOf } from './types';

/** The parameters of a call whose path is not known to the type. */
export interface AnyInput extends CallOptions {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}

/** A call that has not been sent. `Data` is what its answer will hold. */
export interface Call<Data = unknown> {
  method: Method;
  path: string;
  input: AnyInput;
  /** Only for the type checker. */
  readonly answer?: Data;
}

/** Describe a call: `call('put', '/projects/{project_id}', { path: { project_id }, body, ifMatch })`. */
export function call<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  ...[input]: InputArgument<M, P>
): Call<AnswerOf<M, P>> {
  return { method, path: path as string, input: (input ?? {}) as AnyInput };
}

const querySerializer = createQuerySerializer();

/** The address of a call. Parameters without a value are left out. */
export function urlOf(target: Call, baseUrl: string): string {
  const query = Object.fromEntries(Object.entries(target.input.query ?? {}).filter(([, value]) => value !== ''));
  return createFinalURL(target.path, {
    baseUrl,
    params: { path: target.input.path ?? {}, query },
    querySerializer,
    pathSerializer: defaultPathSerializer,
  });
}

/** Quote one word for a POSIX shell. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The call as a `curl` command. The token is not written out: the command reads it from `$TENANTRY_TOKEN`.
 *
 * `secrets` names fields of the body that are shown as `…`.
 */
export function toCurl(target: Call, baseUrl: string, secrets: readonly string[] = []): string {
  const parts = ['curl', `-X ${target.method.toUpperCase()}`, quote(urlOf(target, baseUrl))];
  parts.push('-H "Authorization: Bearer $TENANTRY_TOKEN"');
  if (target.input.ifMatch) {
    parts.push(`-H ${quote(`If-Match: ${target.input.ifMatch}`)}`);
  }
  if (target.input.body instanceof Blob) {
    parts.push(`-H 'Content-Type: application/octet-stream'`, '--data-binary @file');
  } else if (target.input.body !== undefined) {
    const body = JSON.stringify(target.input.body, (name, value) => (secrets.includes(name) && value ? '…' : value));
    parts.push(`-H 'Content-Type: application/json'`, `-d ${quote(body)}`);
  }
  return parts.filter((part) => part !== '-X GET').join(' \\\n  ');
}
