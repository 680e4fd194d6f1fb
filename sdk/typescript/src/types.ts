/**
 * The API's paths and answers, derived from the generated schema.
 *
 * The document lists every route under `/api/v1`; the client adds that base (or `/v1/{tenant}`) itself, so paths are written
 * without it: `/projects/{project_id}`.
 */
import type { components, paths } from './schema';

/** The schemas of the OpenAPI document: `Schemas['ProjectView']`. */
export type Schemas = components['schemas'];

/** Every route, without its base. */
export type Paths = {
  [Path in keyof paths as Path extends `/api/v1${infer Rest}` ? Rest : never]: paths[Path];
};

/** The methods that the API uses. */
export type Method = 'get' | 'post' | 'put' | 'delete';

/** The paths that have a method. */
export type PathOf<M extends Method> = {
  [P in keyof Paths]: Paths[P] extends Record<M, unknown> ? P : never;
}[keyof Paths];

/** One operation of the document. */
export type Operation<M extends Method, P extends PathOf<M>> = Paths[P] extends Record<M, infer Op> ? Op : never;

type PathPart<Op> = Op extends { parameters: { path: infer Values extends object } }
  ? { path: Values }
  : { path?: never };
type QueryPart<Op> = Op extends { parameters: { query?: infer Values } }
  ? [NonNullable<Values>] extends [never]
    ? { query?: never }
    : { query?: NonNullable<Values> }
  : { query?: never };
type BodyPart<Op> = Op extends { requestBody: { content: { 'application/json': infer Body } } }
  ? { body: Body }
  : Op extends { requestBody: { content: { 'application/octet-stream': string } } }
    ? { body: Blob }
    : { body?: never };

/** What every call may add. */
export interface CallOptions {
  /** Only when the resource still has this `ETag`; otherwise the answer is 412. */
  ifMatch?: string;
  /** The key of this write; the client makes one when it is absent. */
  idempotencyKey?: string;
}

/** The parameters of an operation: `path`, `query`, `body` and the call's options. */
export type Input<M extends Method, P extends PathOf<M>> = PathPart<Operation<M, P>> &
  QueryPart<Operation<M, P>> &
  BodyPart<Operation<M, P>> &
  CallOptions;

/** An input that may be left out when nothing in it is required. */
export type InputArgument<M extends Method, P extends PathOf<M>> =
  Record<never, never> extends Input<M, P> ? [input?: Input<M, P>] : [input: Input<M, P>];

type Content<Response> = Response extends { content: { 'application/json': infer Body } }
  ? Body
  : Response extends { content: { 'text/csv': infer Text } }
    ? { data: Text }
    : { data: undefined };
type SuccessOf<Op> = Op extends { responses: infer Responses }
  ? Content<Responses[Extract<keyof Responses, 200 | 201 | 202 | 204>]>
  : never;

/** What an operation answers, out of its envelope. */
export type AnswerOf<M extends Method, P extends PathOf<M>> =
  SuccessOf<Operation<M, P>> extends { data: infer Data } ? Data : undefined;

/** The paths that answer pages of items. */
export type ListPath = {
  [P in PathOf<'get'>]: SuccessOf<Operation<'get', P>> extends { data: unknown[]; meta: unknown } ? P : never;
}[PathOf<'get'>];

/** One item of a list. */
export type ItemOf<P extends ListPath> = AnswerOf<'get', P> extends (infer Item)[] ? Item : never;

/** An answer out of its envelope. */
export interface Answer<Data> {
  data: Data;
  /** Of lists: where the next page begins, and the total when it was asked for. */
  meta?: Schemas['Meta'];
  /** The version, for `ifMatch`. */
  etag?: string;
  /** The id that stands in the server's log and audit trail. */
  requestId?: string;
  /** Whether this is the kept answer of an earlier request with the same key. */
  isReplayed: boolean;
}
