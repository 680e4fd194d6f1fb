/** One event stream for the whole page: its state is the badge in the header, its events tell lists that they are out of date. */
import type { StreamState } from '@tenantry/sdk';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { reportTrouble } from './api';
import { useTenant } from './tenant';

/** `off`: the user may not read events. */
export type LiveState = StreamState | 'off';

type Handler = (type: string) => void;

interface Live {
  state: LiveState;
  handlers: Set<Handler>;
}

const LiveContext = createContext<Live>({ state: 'off', handlers: new Set() });

/** Whether events arrive. */
export function useLiveState(): LiveState {
  return useContext(LiveContext).state;
}

/** Be told the type of each event. */
export function useEvents(handler: Handler): void {
  const { handlers } = useContext(LiveContext);
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    const relay = (type: string) => latest.current(type);
    handlers.add(relay);
    return () => {
      handlers.delete(relay);
    };
  }, [handlers]);
}

/** Follows the tenant's events while the page is open. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const { client, can } = useTenant();
  const [state, setState] = useState<LiveState>('off');
  const [handlers] = useState(() => new Set<Handler>());
  const isAllowed = can('events:read');

  useEffect(() => {
    if (!isAllowed) {
      setState('off');
      return;
    }
    const end = new AbortController();
    const follow = async () => {
      try {
        for await (const event of client.events({ signal: end.signal, onState: setState })) {
          for (const handler of handlers) {
            handler(event.type);
          }
        }
      } catch (error) {
        setState('off');
        reportTrouble(error);
      }
    };
    void follow();
    return () => end.abort();
  }, [client, handlers, isAllowed]);

  const live = useMemo(() => ({ state, handlers }), [state, handlers]);
  return <LiveContext value={live}>{children}</LiveContext>;
}
