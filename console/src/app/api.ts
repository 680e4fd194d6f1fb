/** The client of each tenant, the query cache, and what both do about refusals. */
import { keepPreviousData, QueryCache, QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query';
import {
  type Answer,
  type AnyInput,
  ApiError,
  type Call,
  type ItemOf,
  type ListPath,
  NetworkError,
  paginate,
  Tenantry,
} from '@tenantry/sdk';
import { useState } from 'react';
import { useTenant } from './tenant';

const clients = new Map<string, Tenantry>();

/** The client of a tenant; its session is in cookies that scripts cannot read. */
export function clientOf(slug: string): Tenantry {
  let client = clients.get(slug);
  if (!client) {
    const retry = { attempts: 2, base: 300, cap: 2_000 };
    client = new Tenantry({ url: window.location.origin, tenant: slug, auth: 'cookies', retry });
    clients.set(slug, client);
  }
  return client;
}

/** Use another client for a tenant; without one, its cookies count again. */
export function setClient(slug: string, client: Tenantry | undefined): void {
  if (client) {
    clients.set(slug, client);
  } else {
    clients.delete(slug);
  }
}

type Listener = (error: unknown) => void;
const listeners = new Set<Listener>();

/** Be told about every failed read and write. */
export function onTrouble(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tell about a failure: a revoked session and a lost permission concern the whole page. */
export function reportTrouble(error: unknown): void {
  for (const listener of listeners) {
    listener(error);
  }
}

/** Whether an error is this refusal. */
export function isStatus(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}

/** Whether there was no answer. */
export function isNetworkError(error: unknown): error is NetworkError {
  return error instanceof NetworkError;
}

/** A cache whose reads are repeated by the SDK and not again by the cache. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: reportTrouble }),
    defaultOptions: {
      queries: { retry: false, staleTime: 5_000, refetchOnWindowFocus: true, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

/** The key of a read: tenant, path, parameters. */
export function queryKey(slug: string, target: Call): readonly unknown[] {
  return [slug, target.path, target.input];
}

/** Settings of a read. */
export interface ReadOptions {
  enabled?: boolean;
  /** Show the previous page until the next one is there. */
  keepPrevious?: boolean;
  /** Read again after so many milliseconds. */
  every?: number;
  /** Trust what was read for so many milliseconds. */
  staleFor?: number;
}

/** Read something of the tenant that the page shows. */
export function useRead<Data>(target: Call<Data>, options: ReadOptions = {}): UseQueryResult<Answer<Data>> {
  const { slug, client } = useTenant();
  return useQuery<Answer<Data>>({
    queryKey: queryKey(slug, target),
    queryFn: ({ signal }) => client.send(target, signal),
    enabled: options.enabled ?? true,
    refetchInterval: options.every ?? false,
    staleTime: options.staleFor,
    placeholderData: options.keepPrevious ? keepPreviousData : undefined,
  });
}

/** Read a whole list, page after page: what people choose from has to be complete. */
export function useAll<P extends ListPath>(
  path: P,
  input: Pick<AnyInput, 'path' | 'query'> = {},
  options: ReadOptions = {},
): UseQueryResult<ItemOf<P>[]> {
  const { slug, client } = useTenant();
  return useQuery<ItemOf<P>[]>({
    queryKey: [slug, path, input, 'all'],
    queryFn: async () => {
      const items: ItemOf<P>[] = [];
      for await (const item of paginate<ItemOf<P>>(client, path as string, input)) {
        items.push(item);
      }
      return items;
    },
    enabled: options.enabled ?? true,
    staleTime: options.staleFor,
  });
}

/** A call that is sent when a button is pressed, and what came of it. */
export function useAttempt<Data>() {
  const { client } = useTenant();
  const [state, setState] = useState<{ isBusy: boolean; answer?: Answer<Data>; error?: unknown }>({ isBusy: false });
  const run = async (target: Call<Data>): Promise<Answer<Data> | undefined> => {
    setState({ isBusy: true });
    try {
      const answer = await client.send(target);
      setState({ isBusy: false, answer });
      return answer;
    } catch (error) {
      reportTrouble(error);
      setState({ isBusy: false, error });
      return undefined;
    }
  };
  return { ...state, run, clear: () => setState({ isBusy: false }) };
}

/** Forget what was read of some paths, so that it is read again. `/projects` includes `/projects/{project_id}`. */
export async function invalidate(cache: QueryClient, slug: string, paths: readonly string[]): Promise<void> {
  await cache.invalidateQueries({
    predicate: ({ queryKey: [tenant, path] }) =>
      tenant === slug &&
      typeof path === 'string' &&
      paths.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)),
  });
}
