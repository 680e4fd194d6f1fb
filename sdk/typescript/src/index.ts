/** The TypeScript client of the Tenantry API. Start with `new Tenantry({ url, tenant })`. */
export type { Credentials, Tokens } from './auth';
export { type AnyInput, type Call, call, toCurl, urlOf } from './call';
export { type ClientOptions, Tenantry } from './client';
export { ApiError, type FieldProblem, NetworkError } from './error';
export { type EventOptions, readFrames, type StreamState } from './events';
export { paginate, type Sender } from './paginate';
export { DEFAULT_RETRY, type RetryPolicy } from './retry';
export type { Answer, AnswerOf, Input, ItemOf, ListPath, Method, PathOf, Paths, Schemas } from './types';
